package dev.orrery.conformance.cluster;

import dev.orrery.conformance.Requirements;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
  private final Set<Image> loaded = ConcurrentHashMap.newKeySet();

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
  static KubernetesCluster start(int id) {
    var cluster = running(id);
    String here = String.valueOf(ProcessHandle.current().pid());
    cluster.cluster("up", "--for", here, "--with", "kwok");
    return cluster;
  }

  /**
   * Adds that many nodes, which are simulated: a pod there is said to run as soon as it is
   * scheduled, has an address, and nothing runs. They have the label {@code simulated=yes}. While
   * they are there, pods that are to run need to say where.
   */
  public void addSimulatedNodes(int nodes) {
    for (int node = 0; node < nodes; node++) {
      apply(
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
    kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=150s");
  }

  /** Removes them, and what is said to run there. */
  public void removeSimulatedNodes() {
    kubectl("delete", "nodes", "--selector=simulated=yes", "--timeout=150s");
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

  /** What kubectl prints of a namespace; it has to succeed. */
  public String kubectlIn(String namespace, String... arguments) {
    return kubectl(
        Stream.concat(Stream.of("--namespace=" + namespace), Stream.of(arguments))
            .toArray(String[]::new));
  }

  /** Makes the objects of a manifest, or brings them to what it says. */
  public void apply(String manifest) {
    kubectlWith(manifest, "apply", "-f", "-");
  }

  /** The same in a namespace, where objects name none. */
  public void applyIn(String namespace, String manifest) {
    kubectlWith(manifest, "--namespace=" + namespace, "apply", "-f", "-");
  }

  private String kubectlWith(String input, String... arguments) {
    var line = new ArrayList<String>(List.of(programs.resolve("kubectl").toString()));
    line.add("--kubeconfig=" + kubeconfig());
    line.addAll(List.of(arguments));
    return run(input, line);
  }

  private String run(String input, List<String> line) {
    return new Command(line, Map.of("ORRERY_CLUSTER", programs.toString()), LIMIT).run(input);
  }

  /** Puts an image into the node, once. */
  public void load(Image image) {
    if (loaded.add(image)) {
      cluster("load", image.archive().toString());
    }
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
    line.add(Path.of("cluster", "cluster").toAbsolutePath().toString());
    line.addAll(List.of(command, id));
    line.addAll(List.of(arguments));
    return run("", line);
  }
}
