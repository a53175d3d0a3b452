package dev.orrery.kubernetes.api;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the surroundings name a cluster at all: {@link ApiServer} would guess one. */
public final class ClusterSearch {

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  /** What the client takes where nothing names a cluster. */
  private static final String GUESS = "https://kubernetes.default.svc";

  private ClusterSearch() {}

  /** Whether there were files, and none of them named this address. */
  public static boolean isGuess(String url) {
    return url.equals(GUESS) && !Files.isRegularFile(SERVICE_ACCOUNT);
  }

  /**
   * Why there is no cluster to ask, in sentences for who has to do something about it; nothing
   * where there is one.
   *
   * @param env of the process
   * @param home of the user
   */
  public static Optional<String> failure(Map<String, String> env, Path home) {
    String named = env.getOrDefault("KUBECONFIG", "");
    if (!named.isEmpty()) {
      List<String> files =
          Arrays.stream(named.split(File.pathSeparator)).filter(file -> !file.isEmpty()).toList();
      return files.stream().anyMatch(ClusterSearch::isFile)
          ? Optional.empty()
          : Optional.of(
              "No cluster is found: KUBECONFIG is '"
                  + named
                  + "', and there is no such file. Set it to the file that whoever runs the cluster"
                  + " gave you");
    }
    Path usual = home.resolve(".kube").resolve("config");
    return Files.isRegularFile(usual) || Files.isRegularFile(SERVICE_ACCOUNT)
        ? Optional.empty()
        : Optional.of(
            "No cluster is found: KUBECONFIG is not set, there is no file "
                + usual
                + ", and this is no pod with a service account. Put the kubeconfig file that whoever"
                + " runs the cluster gave you there, or set KUBECONFIG to its path");
  }

  private static boolean isFile(String path) {
    try {
      return Files.isRegularFile(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
