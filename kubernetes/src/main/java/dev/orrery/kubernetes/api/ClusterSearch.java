package dev.orrery.kubernetes.api;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the cluster that settings or surroundings name; where they name none, it guesses none. */
public final class ClusterSearch {

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  /** What the client takes where nothing names a cluster. */
  private static final String GUESS = "https://kubernetes.default.svc";

  private ClusterSearch() {}

  /**
   * Finds the API server; nothing is asked of it yet.
   *
   * @param address what settings say of it
   * @param env of the process
   * @param home of the user
   * @param patience how long one request may take
   * @throws IllegalArgumentException with sentences for who has to do something about it, when
   *     there is none, or what names it can't be read
   */
  public static ApiServer open(
      ApiAddress address, Map<String, String> env, Path home, Duration patience) {
    if (address.host().isEmpty()) {
      failure(env, home)
          .ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
          });
    }
    ApiServer server;
    try {
      server = ApiServer.open(address, patience);
    } catch (RuntimeException e) {
      // The client tells of a broken file with whatever its parser throws.
      throw new IllegalArgumentException(
          "The kubeconfig file can't be read: " + firstLine(e) + ". Get a new one, or repair it",
          e);
    }
    if (server.url().equals(GUESS) && !Files.isRegularFile(SERVICE_ACCOUNT)) {
      server.close();
      throw new IllegalArgumentException(
          "The kubeconfig file names no cluster: its current-context is missing, or none of its"
              + " contexts. Choose one of 'kubectl config get-contexts' with 'kubectl config"
              + " use-context'");
    }
    return server;
  }

  private static String firstLine(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; depth < 10 && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * Why there is no cluster to ask, in sentences for who has to do something about it; nothing
   * where there is one.
   *
   * @param env of the process
   * @param home of the user
   */
  static Optional<String> failure(Map<String, String> env, Path home) {
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
