package dev.orrery.conformance.cluster;

import dev.orrery.conformance.Requirements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Kubernetes with one node, as {@code conformance/cluster/cluster} brings it up. Clusters of
 * different numbers run side by side. One that is not closed, because its test died, ends when the
 * next one starts.
 */
public final class KubernetesCluster implements AutoCloseable {

  /** For anything that is not a wait of the caller's own. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final Pattern SETTING = Pattern.compile("export (\\w+)=(.*)");

  private final String id;
  private final Path programs;
  private final Map<String, String> settings;

  private KubernetesCluster(String id, Path programs) {
    this.id = id;
    this.programs = programs;
    settings = new TreeMap<>();
    for (String line : cluster("env").lines().toList()) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        settings.put(setting.group(1), setting.group(2));
      }
    }
  }

  /**
   * Brings one up; its node is ready. Where this machine can't, the test is skipped.
   *
   * @param id from 0 to 255, and of no other cluster that runs now
   */
  public static KubernetesCluster start(int id) {
    return up(id);
  }

  /**
   * The same with that many nodes more, which are simulated: a pod there is said to run as soon as
   * it is scheduled, has an address, and nothing runs. They have the label {@code simulated=yes}.
   */
  public static KubernetesCluster startWithSimulatedNodes(int id, int nodes) {
    KubernetesCluster cluster = up(id, "--with", "kwok");
    for (int node = 0; node < nodes; node++) {
      cluster.apply(
          """
          apiVersion: v1
          kind: Node
          metadata:
            name: simulated-%1$d
            annotations: {kwok.x-k8s.io/node: fake}
            labels: {simulated: "yes"}
          spec: {podCIDR: 10.243.%1$d.0/24}
          """
              .formatted(node));
    }
    cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s");
    return cluster;
  }

  private static KubernetesCluster up(int id, String... more) {
    var cluster = running(id);
    var arguments =
        new ArrayList<String>(List.of("--for", String.valueOf(ProcessHandle.current().pid())));
    arguments.addAll(List.of(more));
    cluster.cluster("up", arguments.toArray(String[]::new));
    return cluster;
  }

  /** One that somebody else brought up. */
  static KubernetesCluster running(int id) {
    return new KubernetesCluster(String.valueOf(id), Requirements.cluster());
  }

  /** What clients need to be its administrator. */
  public Path kubeconfig() {
    return Path.of(setting("KUBECONFIG"));
  }

  /** The address of this machine, seen from pods. */
  public String hostAddress() {
    return setting("CLUSTER_HOST");
  }

  /** Its state, with a log of each program in {@code log}. */
  public Path folder() {
    return Path.of(setting("CLUSTER_FOLDER"));
  }

  private String setting(String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new AssertionError("'cluster env' told no " + name + ", only " + settings.keySet());
    }
    return value;
  }

  /** What kubectl prints; it has to succeed. */
  public String kubectl(String... arguments) {
    return kubectlWith("", arguments);
  }

  /** Makes the objects of a manifest, or brings them to what it says. */
  public void apply(String manifest) {
    kubectlWith(manifest, "apply", "-f", "-");
  }

  private String kubectlWith(String input, String... arguments) {
    var line = new ArrayList<String>(List.of(programs.resolve("kubectl").toString()));
    line.add("--kubeconfig=" + kubeconfig());
    line.addAll(List.of(arguments));
    return run(input, programs, line);
  }

  /** Puts the images of an archive into the node. */
  public void load(Path archive) {
    cluster("load", archive.toString());
  }

  /** Kills the API server, as a crash would. */
  public void stopApi() {
    cluster("stop-api");
  }

  /** Starts the API server on the state that it had. */
  public void startApi() {
    cluster("start-api");
  }

  /** Both, one after the other. */
  public void restartApi() {
    cluster("restart-api");
  }

  /** Stops kubelet and containerd where they are; what runs in pods goes on. */
  public void pauseNode() {
    cluster("pause-node");
  }

  /** Lets them go on. */
  public void resumeNode() {
    cluster("resume-node");
  }

  /** Ends all of it; nothing is left of it on this machine. */
  @Override
  public void close() {
    cluster("down");
  }

  /** Runs the command of {@code conformance/cluster}, in whose module tests run. */
  private String cluster(String command, String... arguments) {
    var line = new ArrayList<String>();
    line.addAll(List.of(program(), command, id));
    line.addAll(List.of(arguments));
    return run("", programs, line);
  }

  private static String program() {
    return Path.of("cluster", "cluster").toAbsolutePath().toString();
  }

  private static String run(String input, Path programs, List<String> line) {
    try {
      // In files, so that nothing that goes on in the background keeps them from ending.
      Path told = Files.createTempFile("cluster-", ".out");
      Path complaints = Files.createTempFile("cluster-", ".err");
      try {
        var builder = new ProcessBuilder(line);
        builder.environment().put("ORRERY_CLUSTER", programs.toString());
        Process process =
            builder.redirectOutput(told.toFile()).redirectError(complaints.toFile()).start();
        try (var standardInput = process.getOutputStream()) {
          standardInput.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(
              line + " takes more than " + LIMIT + "\n" + Files.readString(complaints));
        }
        if (process.exitValue() != 0) {
          throw new AssertionError(
              line + " ended with " + process.exitValue() + "\n" + Files.readString(complaints));
        }
        return Files.readString(told);
      } finally {
        Files.deleteIfExists(told);
        Files.deleteIfExists(complaints);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
