package dev.orrery.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.orrery.conformance.Eventually;
import dev.orrery.conformance.Requirements;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Kubernetes of other tests is one: pods run, keep files, are reached and reach out. */
@Tag("cluster")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterTest {

  private static final String SLEEP = "sleep 1000";

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private KubernetesCluster cluster;

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
  }

  @AfterEach
  void removePods() {
    cluster.kubectl("delete", "pods,pvc", "--all", "--timeout=150s");
  }

  @Test
  void aPodAnswersThisMachineAtItsAddress() throws Exception {
    cluster.apply(
        pod("answers", "exec python3 -m http.server 8080 --directory /etc", "")
            + "    readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}\n");
    waitUntilReady(cluster, "answers");
    String address = cluster.kubectl("get", "pod", "answers", "-o", "jsonpath={.status.podIP}");

    assertThat(get("http://" + address + ":8080/hostname")).isEqualTo("answers\n");
  }

  @Test
  void aClaimKeepsWhatItsPodWrote() {
    cluster.apply(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: home}
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
        """);
    String home = "  volumes: [{name: home, persistentVolumeClaim: {claimName: home}}]\n";
    String mounted = "    volumeMounts: [{name: home, mountPath: /home}]\n";
    cluster.apply(pod("writes", SLEEP, home) + mounted);
    waitUntilReady(cluster, "writes");
    cluster.kubectl("exec", "writes", "--", "sh", "-c", "echo kept >/home/file");
    cluster.kubectl("delete", "pod", "writes", "--timeout=150s");

    cluster.apply(pod("reads", SLEEP, home) + mounted);
    waitUntilReady(cluster, "reads");

    assertThat(cluster.kubectl("exec", "reads", "--", "cat", "/home/file")).isEqualTo("kept\n");
  }

  @Test
  void aPodReachesThisMachine() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(cluster.hostAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "from this machine".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      cluster.apply(pod("asks", SLEEP, ""));
      waitUntilReady(cluster, "asks");
      String url = "http://" + cluster.hostAddress() + ":" + server.getAddress().getPort() + "/";
      String ask =
          "import urllib.request as r; print(r.urlopen('" + url + "', timeout=20).read().decode())";

      assertThat(cluster.kubectl("exec", "asks", "--", "python3", "-c", ask))
          .isEqualTo("from this machine\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theApiServerStartsAgainOnItsState() {
    cluster.kubectl("create", "configmap", "kept");
    String before = apiServerBegan();

    cluster.stopApi();
    assertThatThrownBy(() -> cluster.kubectl("get", "configmap", "kept"))
        .hasMessageContaining("refused");
    cluster.startApi();

    assertThat(cluster.kubectl("get", "configmap", "kept", "-o", "name"))
        .isEqualTo("configmap/kept\n");
    assertThat(apiServerBegan()).isNotEqualTo(before);
  }

  @Test
  void aPausedNodeSaysNothingAndComesBack() {
    cluster.pauseNode();
    try {
      cluster.apply(pod("waits", SLEEP, ""));
      cluster.kubectl("wait", "--for=condition=Ready=Unknown", "node", "--all", "--timeout=150s");
      assertThat(cluster.kubectl("get", "pod", "waits", "-o", "jsonpath={.status.phase}"))
          .isEqualTo("Pending");
    } finally {
      cluster.resumeNode();
    }
    cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=150s");
    waitUntilReady(cluster, "waits");
  }

  @Test
  void oneBesideItTakesThePlaceOfALeftOneAndLeavesNothing() throws Exception {
    int id = 242;
    String name = "orrery-k8s-" + id;
    // Its caller is a process that ends and doesn't end it.
    var caller = new ProcessBuilder("sh", "-c", "cluster/cluster up " + id + " --for $$; exit $?");
    caller.environment().put("ORRERY_CLUSTER", Requirements.cluster().toString());
    assertThat(caller.inheritIO().start().waitFor(3, TimeUnit.MINUTES)).isTrue();
    List<ProcessHandle> left = processes(KubernetesCluster.running(id));
    List<ProcessHandle> ended;

    try (var other = KubernetesCluster.start(id)) {
      assertThat(left).hasSizeGreaterThan(8);
      awaitEnd(left);
      other.apply(pod("runs", SLEEP, ""));
      waitUntilReady(other, "runs");
      ended = processes(other);
      assertThat(ended).hasSizeGreaterThan(left.size()).allMatch(ProcessHandle::isAlive);
      assertThat(traces(name)).hasSize(4).allSatisfy((place, found) -> assertThat(found).isTrue());
    }

    awaitEnd(ended);
    assertThat(traces(name)).allSatisfy((place, found) -> assertThat(found).isFalse());
    assertThat(cluster.kubectl("get", "--raw=/readyz")).isEqualTo("ok");
  }

  /**
   * They are dead at once; whoever has to bury them may take a while, and until then they count.
   */
  private static void awaitEnd(List<ProcessHandle> processes) {
    Eventually.holds(
        "all of them have ended",
        Duration.ofMinutes(1),
        () -> processes.stream().noneMatch(ProcessHandle::isAlive),
        () -> processes.stream().filter(ProcessHandle::isAlive).toList().toString());
  }

  /** Where a cluster could leave something on this machine, and whether there is something. */
  private static Map<String, Boolean> traces(String name) throws IOException {
    try (var folders = Files.walk(Path.of("/sys/fs/cgroup"), 2)) {
      return Map.of(
          "interface", NetworkInterface.getByName(name) != null,
          "route", Files.readString(Path.of("/proc/net/route")).contains(name),
          "cgroup", folders.anyMatch(folder -> folder.endsWith(name)),
          "folder", Files.exists(Path.of("/var/tmp", name)));
    }
  }

  /** All of a cluster, pods included. */
  private static List<ProcessHandle> processes(KubernetesCluster of) throws IOException {
    String parent = Files.readString(of.folder().resolve("parent")).split(" ", 2)[0];
    var handle = ProcessHandle.of(Long.parseLong(parent)).orElseThrow();
    return Stream.concat(Stream.of(handle), handle.descendants()).toList();
  }

  /** Of a user that is not root, and whose group its volumes have. */
  private static String pod(String name, String command, String volumes) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      terminationGracePeriodSeconds: 0
      securityContext: {runAsUser: 1000, runAsGroup: 100, fsGroup: 100}
    %s  containers:
      - name: python
        image: localhost/orrery/python:1
        command: [sh, -c, "%s"]
    """
        .formatted(name, volumes, command);
  }

  private static void waitUntilReady(KubernetesCluster of, String pod) {
    try {
      of.kubectl("wait", "--for=condition=Ready", "pod/" + pod, "--timeout=150s");
    } catch (AssertionError e) {
      throw new AssertionError(of.kubectl("describe", "pod", pod), e);
    }
  }

  /** When the process that answers was started. */
  private String apiServerBegan() {
    return cluster
        .kubectl("get", "--raw=/metrics")
        .lines()
        .filter(line -> line.startsWith("process_start_time_seconds "))
        .findFirst()
        .orElseThrow();
  }

  private static String get(String url) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
