package dev.orrery.kubernetes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The objects that plans make. */
class NotebookManifestsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static NotebookPlan plan(String... arguments) {
    return ((NotebookCommand.Print) NotebookReader.read(List.of(arguments))).plan();
  }

  private static JsonNode part(NotebookPlan plan, Part part) {
    return JSON.valueToTree(NotebookManifests.of(plan).get(part));
  }

  private static JsonNode pod(NotebookPlan plan) {
    return part(plan, Part.DEPLOYMENT).path("spec").path("template");
  }

  private static JsonNode container(NotebookPlan plan) {
    return pod(plan).path("spec").path("containers").path(0);
  }

  @Test
  void allObjectsHaveTheNameAndTheLabelsOfTheNotebook() {
    var manifests = NotebookManifests.of(plan("mine", "--host=a.b", "--namespace=n"));
    assertThat(manifests.keySet()).containsExactly(Part.values());
    manifests.forEach((part, manifest) -> {
      JsonNode object = JSON.valueToTree(manifest);
      JsonNode labels = object.path("metadata").path("labels");
      assertThat(object.path("kind").asString()).isEqualTo(part.title());
      assertThat(object.at("/metadata/name").asString()).isEqualTo("mine");
      assertThat(object.at("/metadata/namespace").asString()).isEqualTo("n");
      assertThat(labels.path("app.kubernetes.io/instance").asString()).isEqualTo("mine");
      assertThat(labels.path("app.kubernetes.io/managed-by").asString()).isEqualTo("orrery");
      assertThat(labels.path("app.kubernetes.io/component").asString()).isEqualTo("notebook");
      assertThat(labels.has("app.kubernetes.io/name")).isTrue();
      assertThat(Ownership.isOurs(object, "mine")).isTrue();
      assertThat(Ownership.isOurs(object, "other")).isFalse();
    });
  }

  @Test
  void theContainerStartsTheServerWithItsSettings() {
    JsonNode container = container(plan());
    assertThat(container.path("args").toString())
        .isEqualTo(
            "[\"start-notebook.sh\",\"--config\",\"/var/run/jupyter/jupyter_server_config.json\"]");
    assertThat(container.has("command")).as("the image's entrypoint").isFalse();
    assertThat(container.has("imagePullPolicy")).isFalse();
    assertThat(container.path("volumeMounts").toString())
        .contains("{\"name\":\"files\",\"mountPath\":\"/home/jovyan\"}")
        .contains("\"mountPath\":\"/var/run/jupyter\",\"readOnly\":true");
    assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/api");
    assertThat(container.at("/readinessProbe/httpGet/port").asInt()).isEqualTo(8888);
    assertThat(part(plan(), Part.SETTINGS).at("/data").propertyNames())
        .containsExactly("jupyter_server_config.json");
  }

  @Test
  void theServiceAndTheIngressLeadToThePod() {
    NotebookPlan plan = plan("--host=a.b", "--ingress-class=c", "--tls-secret=t");
    JsonNode service = part(plan, Part.SERVICE).path("spec");
    assertThat(service.path("ports").toString())
        .isEqualTo("[{\"name\":\"8888-tcp\",\"port\":8888,\"targetPort\":8888}]");
    service
        .path("selector")
        .properties()
        .forEach(label ->
            assertThat(pod(plan).at("/metadata/labels").path(label.getKey()))
                .isEqualTo(label.getValue()));
    assertThat(part(plan, Part.DEPLOYMENT).at("/spec/selector/matchLabels"))
        .isEqualTo(service.path("selector"));
    JsonNode ingress = part(plan, Part.INGRESS);
    assertThat(ingress.at("/spec/ingressClassName").asString()).isEqualTo("c");
    assertThat(ingress.at("/spec/tls").toString())
        .isEqualTo("[{\"hosts\":[\"a.b\"],\"secretName\":\"t\"}]");
    assertThat(ingress.at("/spec/rules/0/http/paths/0/backend/service/port/name").asString())
        .isEqualTo("8888-tcp");
    assertThat(ingress.at("/metadata/annotations").properties())
        .allSatisfy(annotation -> assertThat(annotation.getValue().isString()).isTrue());
    assertThat(
            ingress
                .at("/metadata/annotations")
                .path("nginx.ingress.kubernetes.io/proxy-read-timeout")
                .asString())
        .isEqualTo("3600");
    assertThat(
            ingress
                .at("/metadata/annotations")
                .path("projectcontour.io/websocket-routes")
                .asString())
        .isEqualTo("/");
    assertThat(part(plan("--host=a.b"), Part.INGRESS).path("spec").has("tls")).isFalse();
  }

  /** What the strictest of the Pod Security Standards asks for. */
  @Test
  void thePodHasNoRightsItDoesNotNeed() {
    JsonNode spec = pod(plan()).path("spec");
    assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(spec.path("enableServiceLinks").asBoolean(true)).isFalse();
    assertThat(spec.at("/securityContext/runAsUser").asInt()).isEqualTo(1000);
    assertThat(spec.at("/securityContext/fsGroup").asInt()).isEqualTo(100);
    assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean(false)).isTrue();
    assertThat(spec.at("/securityContext/seccompProfile/type").asString())
        .isEqualTo("RuntimeDefault");
    JsonNode security = container(plan()).path("securityContext");
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
  }

  @Test
  void onePodAtATimeHasTheVolume() {
    JsonNode spec = part(plan(), Part.DEPLOYMENT).path("spec");
    assertThat(spec.at("/strategy/type").asString()).isEqualTo("Recreate");
    assertThat(spec.path("replicas").asInt()).isEqualTo(1);
    JsonNode claim = part(plan("--storage-class=fast"), Part.CLAIM).path("spec");
    assertThat(claim.toString())
        .isEqualTo(
            "{\"accessModes\":[\"ReadWriteOnce\"],\"storageClassName\":\"fast\","
                + "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}");
    NotebookPlan without = plan("--no-storage");
    assertThat(NotebookManifests.of(without)).doesNotContainKey(Part.CLAIM);
    assertThat(pod(without).at("/spec/volumes/0").toString())
        .isEqualTo("{\"name\":\"files\",\"emptyDir\":{}}");
  }

  @Test
  void whatIsAskedForIsWhatItGets() {
    assertThat(container(plan()).path("resources").toString())
        .isEqualTo("{\"requests\":{\"memory\":\"512Mi\"}}");
    assertThat(container(plan("--cpu=2", "--memory=4Gi", "--gpu=1")).path("resources").toString())
        .isEqualTo(
            "{\"requests\":{\"cpu\":\"2\",\"memory\":\"4Gi\"},"
                + "\"limits\":{\"cpu\":\"2\",\"memory\":\"4Gi\",\"nvidia.com/gpu\":1}}");
  }

  @Test
  void variablesReachTheServerAsTheyWereGiven() {
    assertThat(container(plan("--env=B=$(A) $$ $x", "--env=A=1")).path("env").toString())
        .isEqualTo(
            "[{\"name\":\"B\",\"value\":\"$$(A) $$$$ $$x\"},{\"name\":\"A\",\"value\":\"1\"}]");
  }

  @Test
  void anotherPasswordIsAnotherPod() {
    NotebookPlan one = plan().withPassword("argon2:one");
    NotebookPlan other = plan().withPassword("argon2:other");
    assertThat(pod(one)).isEqualTo(pod(plan().withPassword("argon2:one")));
    assertThat(pod(one)).isNotEqualTo(pod(other));
    assertThat(part(one, Part.SETTINGS).toString()).contains("argon2:one");
    assertThat(pod(one).toString()).doesNotContain("argon2:one");
  }

  @Test
  void theTextIsWhatTheManifestsAreWhateverTheirValues() {
    NotebookPlan plan =
        plan(
                "mine",
                "--host=a.b",
                "--no-storage",
                "--env=A=y",
                "--env=B=1e3",
                "--env=C= - x: # \"'\n",
                "--env=D=a\r\n\tb\u0001\n",
                "--env=E=2026-01-01",
                "--env=F=\u00fc \ud83d\ude00",
                "--env=G=null",
                "--env=H=12:30:00",
                "--env=I=~",
                "--env=Y=",
                "--env=J=0x1F",
                "--env=K=" + "long ".repeat(100),
                "--env=L=" + "x".repeat(100_000))
            .withPassword("argon2:$argon2id$v=19$x+y/z");
    String text = ManifestText.of(plan);
    var read = new ArrayList<Object>();
    new Yaml().loadAll(text).forEach(read::add);

    assertThat(read).isEqualTo(List.copyOf(NotebookManifests.of(plan).values()));
    assertThat(text).isEqualTo(ManifestText.of(plan));
    assertThat(text).doesNotContain("&id", "*id");
    // Which 1.1 readers of other languages take for true, and this one does not.
    assertThat(text).contains("value: \"y\"", "name: \"Y\"", "value: \"12:30:00\"");
  }

  @Test
  void theHeadOfTheTextSaysHowToUseIt() {
    assertThat(ManifestText.of(plan("mine", "--namespace=n")).lines().limit(5).toList())
        .allSatisfy(line -> assertThat(line).startsWith("# "))
        .anySatisfy(line -> assertThat(line).contains("kubectl apply -f"))
        .anySatisfy(line ->
            assertThat(line)
                .contains(
                    "kubectl -n n port-forward service/mine 8888:8888", "http://127.0.0.1:8888/"))
        .anySatisfy(line -> assertThat(line).contains("kubectl -n n logs deployment/mine"))
        .anySatisfy(line ->
            assertThat(line).contains("orrery deploy notebook mine --namespace n --delete"));
    assertThat(ManifestText.of(plan("--host=a.b").withPassword("argon2:x")))
        .contains("http://a.b/", "with the password");
  }

  @Test
  void theBasePathIsThatOfTheSettings() {
    NotebookPlan plan =
        plan().with(new NotebookSettings(Map.of("ServerApp", Map.of("base_url", "user/x"))));
    assertThat(container(plan).at("/readinessProbe/httpGet/path").asString())
        .isEqualTo("/user/x/api");
    assertThat(new WaysIn(plan).url()).isEqualTo("http://127.0.0.1:8888/user/x/");
  }
}
