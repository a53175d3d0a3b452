package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.Image;
import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** A hub beside a real cluster gives everybody a pod there. */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class KubeSpawnerTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String FILE = "/api/contents/kept.txt";

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private KubernetesCluster cluster;

  /** Each test starts the one it wants. */
  @SuppressWarnings("NullAway.Init")
  private OurHub hub;

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
  }

  @AfterEach
  void closeHub() {
    Optional.ofNullable(hub).ifPresent(OurHub::close);
    cluster.kubectl("delete", "pods,pvc", "--all", "--timeout=150s");
  }

  private void hub(String more) {
    hub = PodHub.start(cluster, more);
  }

  private JsonNode api(String method, String path, String body) {
    HttpResponse<String> answer = hub.ask(PodHub.TOKEN, method, "/hub/api" + path, body);
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
    return answer.body().isEmpty() ? Texts.json("{}") : Texts.json(answer.body());
  }

  private boolean isReady(String user) {
    return api("GET", "/users/" + user, "").path("servers").path("").path("ready").asBoolean(false);
  }

  private boolean isActive(String user) {
    return api("GET", "/users/" + user, "").path("servers").has("");
  }

  private void start(String user) {
    start(user, "{}");
  }

  private void start(String user, String options) {
    if (hub.ask(PodHub.TOKEN, "GET", "/hub/api/users/" + user, "").statusCode() == 404) {
      api("POST", "/users/" + user, "");
    }
    api("POST", "/users/" + user + "/server", options);
    Eventually.holds("the server of " + user + " is ready", LIMIT, () -> isReady(user), this::told);
  }

  private void stop(String user) {
    api("DELETE", "/users/" + user + "/server", "");
    Eventually.holds(
        "the pod of " + user + " is gone",
        LIMIT,
        () -> pods().stream().noneMatch(pod -> pod.contains(user)),
        this::told);
  }

  private String told() {
    return hub.output() + "\n" + cluster.kubectl("get", "pods,pvc,events");
  }

  private List<String> pods() {
    return names("pods");
  }

  private List<String> names(String kind) {
    return cluster
        .kubectl("get", kind, "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}")
        .lines()
        .sorted()
        .toList();
  }

  private String uid(String pod) {
    return cluster.kubectl("get", "pod", pod, "-o", "jsonpath={.metadata.uid}");
  }

  @Test
  void everybodyHasAPodAndTheirFilesSurviveIt() {
    hub("");
    start("ada");
    start("bob%20b");
    assertThat(pods())
        .hasSize(2)
        .contains("jupyter-ada")
        .anyMatch(pod -> pod.matches("jupyter-bob-b---[0-9a-f]{8}"));
    assertThat(names("pvc")).contains("claim-ada");

    String token = api("POST", "/users/ada/tokens", "{}").path("token").asString();
    String file = "{\"type\":\"file\",\"format\":\"text\",\"content\":\"of ada\"}";
    assertThat(hub.ask(token, "PUT", "/user/ada" + FILE, file).statusCode()).isEqualTo(201);
    String other = api("POST", "/users/bob%20b/tokens", "{}").path("token").asString();
    assertThat(hub.ask(other, "GET", "/user/ada" + FILE, "").statusCode())
        .as("whoever it is not shared with")
        .isEqualTo(403);

    stop("ada");
    assertThat(names("pvc")).contains("claim-ada");
    start("ada");
    assertThat(Texts.json(hub.ask(token, "GET", "/user/ada" + FILE, "").body()).path("content"))
        .hasToString("\"of ada\"");

    hub.terminate();
    assertThat(pods()).as("cleanup_servers").isEmpty();
    assertThat(names("pvc")).contains("claim-ada");
  }

  @Test
  void namesAreThoseOfTheFormerSchemeWhereThatIsSet() {
    hub("c.KubeSpawner.slug_scheme = 'escape'\n");
    start("03d1bf03-6c4c-4b0f-8364-c30a32f3fd47");
    assertThat(pods()).containsExactly("jupyter-03d1bf03-2d6c4c-2d4b0f-2d8364-2dc30a32f3fd47");
    assertThat(names("pvc")).containsExactly("claim-03d1bf03-2d6c4c-2d4b0f-2d8364-2dc30a32f3fd47");

    hub.interrupt();
    assertThat(pods()).as("Ctrl-C ends what cleanup_servers says").isEmpty();
    assertThat(hub.output()).contains("Received SIGINT");
  }

  @Test
  void jupyterHubsOwnServerRunsInAPod() {
    Image theirs = Image.of("jupyterhub-singleuser");
    cluster.load(theirs);
    hub(
        """
        c.KubeSpawner.image = "%s"
        c.KubeSpawner.http_timeout = 120
        """
            .formatted(theirs.name()));
    start("ada");
    String token = api("POST", "/users/ada/tokens", "{}").path("token").asString();
    HttpResponse<String> status = hub.ask(token, "GET", "/user/ada/api/status", "");
    assertThat(status.statusCode()).isEqualTo(200);
    assertThat(status.headers().firstValue("X-JupyterHub-Version")).contains("6.1.1");
    assertThat(hub.ask("0123", "GET", "/user/ada/api/status", "").statusCode()).isEqualTo(403);
    Eventually.holds(
        "the server has told the hub that it is used",
        LIMIT,
        () -> api("GET", "/users/ada", "").path("servers").path("").hasNonNull("last_activity"),
        this::told);
    stop("ada");
  }

  @Test
  void podOfAnotherHubInTheNamespaceIsLeftAlone() {
    hub("");
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: jupyter-ada
          annotations: {hub.jupyter.org/username: ada}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - name: notebook
              image: %s
              command: [sleep, "1000"]
              env: [{name: JUPYTERHUB_API_URL, value: "http://other:8081/hub/api"}]
        """
            .formatted(Image.of("base-notebook").name()));
    String theirs = uid("jupyter-ada");
    api("POST", "/users/ada", "");
    HttpResponse<String> refused = hub.ask(PodHub.TOKEN, "POST", "/hub/api/users/ada/server", "{}");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(500);
    assertThat(refused.body())
        .contains("default/jupyter-ada")
        .contains("http://other:8081/hub/api")
        .contains("pod_name_template");
    assertThat(uid("jupyter-ada")).isEqualTo(theirs);

    cluster.kubectl("delete", "pod", "jupyter-ada", "--timeout=150s");
    start("ada");
  }

  @Test
  void podsThatNoRecordHasAreReportedAndRemovedWhereThatIsSet() {
    // A pod that is as those of the hub whose API is at the second place.
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          labels: {component: singleuser-server}
          annotations: {hub.jupyter.org/username: bob}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
            - name: notebook
              image: %s
              command: [sleep, "1000"]
              env: [{name: JUPYTERHUB_API_URL, value: "%s"}]
        """;
    String image = Image.of("base-notebook").name();
    hub("c.JupyterHub.cleanup_orphans = True\nc.Spawner.poll_interval = 2\n");
    start("ada");
    String ada = uid("jupyter-ada");
    String ours =
        cluster.kubectl(
            "get",
            "pod",
            "jupyter-ada",
            "-o",
            "jsonpath={.spec.containers[0].env[?(@.name=='JUPYTERHUB_API_URL')].value}");
    cluster.apply(pod.formatted("jupyter-lost", image, ours));
    cluster.apply(pod.formatted("jupyter-of-others", image, "http://other:8081/hub/api"));

    Eventually.holds(
        "the hub says that the pod without a record is stopped",
        LIMIT,
        () -> hub.output().contains("The pod default/jupyter-lost of bob/ is stopped"),
        this::told);
    assertThat(pods()).containsExactly("jupyter-ada", "jupyter-of-others");
    assertThat(hub.output()).doesNotContain("jupyter-of-others");
    assertThat(uid("jupyter-ada")).isEqualTo(ada);
    assertThat(isReady("ada")).isTrue();
    assertThat(names("pvc")).as("volumes stay").containsExactly("claim-ada");
  }

  @Test
  void everybodyHasANamespaceWhereThatIsSet() {
    hub("c.KubeSpawner.enable_user_namespaces = True\n");
    start("ada");
    assertThat(cluster.kubectl("get", "pods,pvc", "--namespace=user-ada", "-o", "name").lines())
        .containsExactly("pod/jupyter-ada", "persistentvolumeclaim/claim-ada");
    assertThat(pods()).isEmpty();

    hub.terminate();
    assertThat(cluster.kubectl("get", "pods,pvc", "--namespace=user-ada", "-o", "name").lines())
        .as("the namespace and what is saved stay")
        .containsExactly("persistentvolumeclaim/claim-ada");
    cluster.kubectl("delete", "namespace", "user-ada", "--timeout=150s");
  }

  @Test
  void hubThatIsKilledFindsItsPodsAgain() {
    hub("");
    start("ada");
    String pod = uid("jupyter-ada");
    hub.kill();
    hub.startAgain();
    assertThat(isReady("ada")).isTrue();
    assertThat(hub.ask(PodHub.TOKEN, "GET", "/user/ada/api", "").statusCode()).isEqualTo(200);
    assertThat(uid("jupyter-ada")).isEqualTo(pod);

    // By hand, behind the hub's back.
    cluster.kubectl("delete", "pod", "jupyter-ada", "--timeout=150s");
    Eventually.holds("the hub has seen it", LIMIT, () -> !isActive("ada"), this::told);
    start("ada");
    assertThat(uid("jupyter-ada")).isNotEqualTo(pod);
  }

  @Test
  void apiServerAndNodeMayGoAndComeBack() {
    hub("");
    start("ada");
    cluster.restartApi();
    assertThat(isReady("ada")).isTrue();
    start("bob");

    cluster.pauseNode();
    try {
      api("POST", "/users/cy", "");
      api("POST", "/users/cy/server", "{}");
      assertThat(isReady("cy")).isFalse();
    } finally {
      cluster.resumeNode();
    }
    Eventually.holds("the server of cy is ready", LIMIT, () -> isReady("cy"), this::told);
    assertThat(pods()).containsExactly("jupyter-ada", "jupyter-bob", "jupyter-cy");
  }

  @Test
  void whoWaitsReadsWhatIsMissingAndWhoChoosesWrongIsTold() {
    hub(
        """
        c.KubeSpawner.profile_list = [
            {"display_name": "Small"},
            {"display_name": "Huge", "kubespawner_override": {"mem_guarantee": "900G"}},
            {"display_name": "Other", "kubespawner_override": {
                "extra_pod_config": {"noSuchField": 1}}},
        ]
        """);
    api("POST", "/users/ada", "");
    HttpResponse<String> wrong =
        hub.ask(PodHub.TOKEN, "POST", "/hub/api/users/ada/server", "{\"profile\": \"tiny\"}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("tiny").contains("small, huge");

    HttpResponse<String> invalid =
        hub.ask(PodHub.TOKEN, "POST", "/hub/api/users/ada/server", "{\"profile\": \"other\"}");
    assertThat(invalid.statusCode()).isEqualTo(500);
    assertThat(invalid.body()).contains("noSuchField");

    api("POST", "/users/ada/server", "{\"profile\": \"huge\"}");
    HttpResponse<String> progress =
        hub.ask(PodHub.TOKEN, "DELETE", "/hub/api/users/ada/server", "");
    assertThat(progress.statusCode()).isLessThan(300);
    Eventually.holds("nothing of the start is left", LIMIT, () -> pods().isEmpty(), this::told);
    start("ada", "{\"profile\": \"small\"}");
  }
}
