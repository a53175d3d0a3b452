package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** JupyterHub 6.1.1, unchanged, with {@code orrery proxy} in the place of its own. */
@Tag("hub")
class HubOnProxyTest {

  private static final Duration SPAWN = Duration.ofSeconds(60);
  private static final Duration NOTICE = Duration.ofSeconds(30);

  @Test
  void aHubThatStartsTheProxyServesAUserThroughACrashOfIt() {
    try (var hub = RealHub.withItsProxy()) {
      aUserWorks(
          hub,
          anna -> {
            aBackendThatIsGoneGetsThePageOfTheHub(hub, anna);
            ProcessHandle first = hub.proxyProcess();
            hub.killProxy();
            Eventually.holds(
                "the hub starts another proxy",
                NOTICE,
                () -> hub.runningProxy().filter(now -> now.pid() != first.pid()).isPresent(),
                hub::output);
          });

      ProcessHandle last = hub.proxyProcess();
      hub.terminate();
      Eventually.holds("the proxy ends with its hub", NOTICE, () -> !last.isAlive(), hub::output);
    }
  }

  @Test
  void aHubThatIsToldOfAProxyBringsItsRoutesBackAfterACrash() {
    try (var hub = RealHub.besideAProxy()) {
      aUserWorks(
          hub,
          anna -> {
            hub.killProxy();
            hub.startProxy();
          });

      hub.terminate();
      assertThat(hub.proxyProcess().isAlive()).as("an external proxy outlives the hub").isTrue();
    }
  }

  private static void aUserWorks(RealHub hub, Consumer<HubSession> restartOfTheProxy) {
    try (var anna = HubSession.logIn(hub.origin(), "anna")) {
      anna.get("/hub/spawn");
      Eventually.holds(
          "the server of anna is ready",
          SPAWN,
          () ->
              anna.json("GET", "/hub/api/users/anna", "")
                  .path("servers")
                  .path("")
                  .path("ready")
                  .asBoolean(),
          hub::output);
      assertThat(hub.routes().path("/user/anna").path("user").asString()).isEqualTo("anna");
      assertThat(hub.routes().path("/").path("hub").asBoolean()).isTrue();

      // Over the hub's OAuth pages and back, twice through the proxy.
      var lab = anna.get("/user/anna/lab");
      assertThat(lab.uri().getPath()).isEqualTo("/user/anna/lab");
      assertThat(lab.statusCode()).isEqualTo(200);
      assertThat(lab.body()).contains("jupyter-config-data");
      String id = anna.json("POST", "/user/anna/api/kernels", "{}").path("id").asString();
      try (var kernel = anna.kernel(id)) {
        assertThat(kernel.execute("x = 6 * 7\nprint(x)")).isEqualTo("42\n");
        // More than fits into the buffers on the way, in both directions.
        assertThat(kernel.execute("print(len('" + "a".repeat(300_000) + "') * 'b')"))
            .hasSize(300_001);
      }

      restartOfTheProxy.accept(anna);
      Eventually.holds(
          "the server of anna is reached through the new proxy",
          NOTICE,
          () -> reaches(anna, "/user/anna/api/status"),
          hub::output);
      assertThat(hub.routes().propertyNames()).containsExactlyInAnyOrder("/", "/user/anna");
      try (var kernel = anna.kernel(id)) {
        assertThat(kernel.execute("print(x)")).as("the kernel is the same").isEqualTo("42\n");
      }

      assertThat(anna.ask("DELETE", "/hub/api/users/anna/server", "").statusCode()).isIn(202, 204);
      Eventually.holds(
          "the route of anna's server is gone",
          NOTICE,
          () -> !hub.routes().has("/user/anna"),
          hub::output);
      var stopped = anna.get("/user/anna/lab");
      assertThat(stopped.uri().getPath()).isEqualTo("/hub/user/anna/lab");
      assertThat(stopped.statusCode()).isEqualTo(424);
    }
  }

  private static void aBackendThatIsGoneGetsThePageOfTheHub(RealHub hub, HubSession anna) {
    hub.addRoute("/gone", "http://127.0.0.1:1");
    var answer = anna.get("/gone/page");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("Your server appears to be down");
  }

  private static boolean reaches(HubSession anna, String path) {
    try {
      var answer = anna.get(path);
      return answer.statusCode() == 200 && answer.uri().getPath().equals(path);
    } catch (UncheckedIOException e) {
      return false;
    }
  }
}
