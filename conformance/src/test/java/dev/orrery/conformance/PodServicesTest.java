package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * With {@code services_enabled} a server is reached by the name of its Service. The cluster has no
 * DNS: what names there are a file says, which the runtime of the hub and of its proxy reads.
 */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class PodServicesTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String NAME = "jupyter-ada.default.svc.cluster.local";
  private static final String OWN_NAME = "127.0.0.1 localhost\n";

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @TempDir Path folder;

  private KubernetesCluster cluster;
  private Path hosts;

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
    hosts = folder.resolve("hosts");
    Texts.write(hosts, OWN_NAME);
  }

  @AfterEach
  void clean() {
    cluster.kubectl("delete", "pods,pvc", "--all", "--timeout=150s");
    awaitNoService();
  }

  /** One whose starts go on while who asked for them is answered. */
  private OurHub hub(String more) {
    return PodHub.startWith(
        cluster,
        "-Djdk.net.hosts.file=" + hosts,
        """
        c.KubeSpawner.services_enabled = True
        c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 1}
        """
            + more);
  }

  private static void start(OurHub hub) {
    HttpResponse<String> answer = PodHub.startServer(hub, "ada");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static JsonNode json(OurHub hub, String method, String path) {
    return Texts.json(hub.ask(PodHub.TOKEN, method, "/hub/api" + path, "{}").body());
  }

  private String of(String object, String field) {
    return cluster.kubectl("get", object, "--ignore-not-found", "-o", "jsonpath={" + field + "}");
  }

  /** It goes with its pod, when the cluster gets to it. */
  private void awaitNoService() {
    Eventually.holds(
        "the Service is gone",
        LIMIT,
        () -> of("service/jupyter-ada", ".metadata.name").isEmpty(),
        () -> cluster.kubectl("get", "pods,services", "-o", "yaml"));
  }

  @Test
  void serverIsReachedByTheNameOfAServiceThatGoesWithItsPod() {
    try (var hub = hub("")) {
      start(hub);
      Eventually.holds(
          "the Service has an address",
          LIMIT,
          () -> !of("service/jupyter-ada", ".spec.clusterIP").isEmpty(),
          hub::output);
      Texts.write(hosts, OWN_NAME + of("service/jupyter-ada", ".spec.clusterIP") + " " + NAME);
      Eventually.holds(
          "the server of ada is ready",
          LIMIT,
          () ->
              json(hub, "GET", "/users/ada")
                  .path("servers")
                  .path("")
                  .path("ready")
                  .asBoolean(false),
          () -> hub.output() + cluster.kubectl("get", "pods,services,events"));
      assertThat(of("service/jupyter-ada", ".metadata.ownerReferences[*].uid"))
          .isEqualTo(of("pod/jupyter-ada", ".metadata.uid"));
      assertThat(json(hub, "GET", "/proxy").path("/user/ada/").path("target").asString(""))
          .isEqualTo("http://" + NAME + ":8888");
      String token = json(hub, "POST", "/users/ada/tokens").path("token").asString();
      assertThat(hub.ask(token, "GET", "/user/ada/api/status", "").statusCode()).isEqualTo(200);

      assertThat(hub.ask(PodHub.TOKEN, "DELETE", "/hub/api/users/ada/server", "").statusCode())
          .isLessThan(300);
      awaitNoService();
    }
  }

  @Test
  void nameThatTheHubCanNotLookUpIsNamedAndNothingIsLeft() {
    try (var hub = hub("c.KubeSpawner.http_timeout = 3\n")) {
      start(hub);
      String progress =
          hub.ask(PodHub.TOKEN, "GET", "/hub/api/users/ada/server/progress", "").body();
      assertThat(progress.strip().lines().toList().getLast())
          .as(progress)
          .contains("\"failed\":true", "the name " + NAME + " is not known", "services_enabled")
          .doesNotContain("Exception");
      awaitNoService();
      assertThat(of("pod/jupyter-ada", ".metadata.name")).isEmpty();
      assertThat(of("pvc/claim-ada", ".metadata.name")).isEqualTo("claim-ada");
    }
  }
}
