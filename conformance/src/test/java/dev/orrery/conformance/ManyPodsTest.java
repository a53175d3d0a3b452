package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.orrery.conformance.cluster.CountedAccount;
import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Hundreds of pods at once cost the API server a request each, and while they run next to nothing.
 * {@code -Dorrery.pods} says how many. Nodes are simulated, and one server here answers for all.
 */
@Tag("cluster")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ManyPodsTest {

  private static final int PODS = Integer.getInteger("orrery.pods", 300);
  private static final int AT_ONCE = 50;
  private static final int NODES = 5;
  private static final String NAMESPACE = "many";
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  /** Several rounds of looking after servers, by the settings below. */
  private static final Duration QUIET = Duration.ofSeconds(20);

  /**
   * What following pods and events takes besides: a list when it begins, in parts of 500 pods, and
   * a watch anew each minute, for some minutes. It does not grow with the number of starts.
   */
  private static final int FOLLOWING = 30;

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @TempDir Path folder;

  @Test
  void aThousandPodsAreStartedFoundAgainAndStopped() throws Exception {
    KubernetesCluster cluster = CLUSTER.get();
    HttpServer servers = servers();
    cluster.addSimulatedNodes(NODES);
    try {
      var account = CountedAccount.make(cluster, NAMESPACE);
      Path kubeconfig = folder.resolve("kubeconfig");
      account.kubeconfig(kubeconfig);
      String settings = settings(servers.getAddress().getPort());
      Map<String, String> environment = Map.of("KUBECONFIG", kubeconfig.toString());
      try (var hub = OurHub.withConfig(settings, environment)) {
        goThrough(cluster, account, hub);
      }
    } finally {
      servers.stop(0);
      cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false");
      cluster.removeSimulatedNodes();
    }
  }

  private void goThrough(KubernetesCluster cluster, CountedAccount account, OurHub hub)
      throws Exception {
    List<String> people = IntStream.range(0, PODS).mapToObj(i -> "person" + i).toList();
    String names = String.join("\",\"", people);
    assertThat(hub.ask(TOKEN, "POST", "/hub/api/users", "{\"usernames\":[\"" + names + "\"]}"))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(201);

    var counts = new Counts(account);
    assertThat(all(hub, "POST", people)).as(hub::output).isEqualTo(Map.of(201, PODS));
    List<String> pods = uids(cluster);
    assertThat(pods).hasSize(PODS);
    Map<String, Integer> started = counts.since();
    assertThat(started).as("one request for each start").containsEntry("create", PODS);
    assertThat(others(started, "create")).as("%s", started).isLessThan(FOLLOWING);

    hub.kill();
    counts.since();
    hub.startAgain();
    // Also for polls: what each of them would ask would be seen.
    Thread.sleep(QUIET);
    Map<String, Integer> foundAgain = counts.since();
    assertThat(others(foundAgain, "")).as("%s", foundAgain).isLessThan(FOLLOWING);
    assertThat(ready(hub)).isEqualTo(PODS);
    Thread.sleep(QUIET);
    Map<String, Integer> quiet = counts.since();
    assertThat(others(quiet, "watch")).as("%s", quiet).isZero();
    assertThat(quiet.getOrDefault("watch", 0)).as("%s", quiet).isLessThan(3);
    assertThat(ready(hub)).isEqualTo(PODS);
    assertThat(uids(cluster)).isEqualTo(pods);

    assertThat(all(hub, "DELETE", people)).as(hub::output).isEqualTo(Map.of(204, PODS));
    assertThat(uids(cluster)).isEmpty();
    Map<String, Integer> stopped = counts.since();
    assertThat(stopped).as("one request for each stop").containsEntry("delete", PODS);
    assertThat(others(stopped, "delete")).as("%s", stopped).isLessThan(FOLLOWING);
  }

  /** What stands behind the address of every pod. */
  private static HttpServer servers() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer servers = HttpServer.create(address, 1000);
    servers.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    servers.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    servers.start();
    return servers;
  }

  private static String settings(int port) {
    return """
    c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.services = [{"name": "test", "api_token": "%TOKEN%", "admin": True}]
    c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 120, "slow_stop_timeout": 120}
    c.Spawner.poll_interval = 5
    c.KubeSpawner.namespace = "%NAMESPACE%"
    c.KubeSpawner.image = "localhost/simulated:1"
    c.KubeSpawner.node_selector = {"simulated": "yes"}
    c.KubeSpawner.start_timeout = 120
    # Nothing listens in a pod that is simulated.
    c.KubeSpawner.pod_connect_ip = "127.0.0.1"
    c.KubeSpawner.port = %PORT%
    """
        .replace("%TOKEN%", TOKEN)
        .replace("%NAMESPACE%", NAMESPACE)
        .replace("%PORT%", String.valueOf(port));
  }

  /** Requests of an account from one reading to the next. */
  private static final class Counts {

    private final CountedAccount account;
    private Map<String, Integer> before;

    Counts(CountedAccount account) {
      this.account = account;
      this.before = account.requests();
    }

    Map<String, Integer> since() {
      Map<String, Integer> now = account.requests();
      var since = new TreeMap<String, Integer>();
      now.forEach((verb, count) -> {
        int more = count - before.getOrDefault(verb, 0);
        if (more > 0) {
          since.put(verb, more);
        }
      });
      before = now;
      return since;
    }
  }

  private static int others(Map<String, Integer> requests, String verb) {
    return requests.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(verb))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Asks for the server of each, some at a time; how many were answered with which status. */
  private Map<Integer, Integer> all(OurHub hub, String method, List<String> people)
      throws Exception {
    var statuses = new TreeMap<Integer, Integer>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      var answers = new ArrayList<Future<HttpResponse<String>>>();
      for (String person : people) {
        String path = "/hub/api/users/" + person + "/server";
        answers.add(threads.submit(() -> hub.ask(TOKEN, method, path, "")));
      }
      for (Future<HttpResponse<String>> answer : answers) {
        statuses.merge(answer.get().statusCode(), 1, Integer::sum);
      }
    }
    return statuses;
  }

  private int ready(OurHub hub) {
    int count = 0;
    for (JsonNode page = null; page == null || !page.isEmpty(); count += page.size()) {
      String query = "?state=ready&limit=200&offset=" + count;
      page = Texts.json(hub.ask(TOKEN, "GET", "/hub/api/users" + query, "").body());
    }
    return count;
  }

  private List<String> uids(KubernetesCluster cluster) {
    return cluster
        .kubectl(
            "get", "pods", "-n", NAMESPACE, "-o", "jsonpath={range .items[*]}{.metadata.uid} {end}")
        .lines()
        .flatMap(line -> List.of(line.strip().split(" ")).stream())
        .filter(uid -> !uid.isEmpty())
        .sorted()
        .toList();
  }
}
