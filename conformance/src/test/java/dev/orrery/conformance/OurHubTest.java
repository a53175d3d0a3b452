package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Our hub as people get it: from the first link to the last server. */
@Tag("hub")
class OurHubTest {

  private static final Duration SPAWN = Duration.ofSeconds(60);

  @Test
  void anEmptyFolderBecomesAHubWhoseFirstLinkMakesTheAdministrator() {
    try (var hub = OurHub.fresh()) {
      String link = hub.invitation();
      try (var ada = HubSession.accept(hub.origin(), link, "ada", "correct horse")) {
        JsonNode me = ada.json("GET", "/hub/api/user", "");
        assertThat(me.path("name").asString()).isEqualTo("ada");
        assertThat(me.path("admin").asBoolean()).isTrue();
        works(hub, ada, "ada");
      }
      try (var again = HubSession.visitor(hub.origin())) {
        assertThat(again.get(link.substring(hub.origin().length())).statusCode())
            .as("the link is used up")
            .isEqualTo(404);
      }
      assertThat(hub.output()).doesNotContain(link.substring(link.indexOf('=') + 1) + " (");
      hub.terminate();
      assertThat(hub.proxy()).as("the proxy ends with its hub").isEmpty();
    }
  }

  @Test
  void serversOfJupyterHubRunUnchangedAndOutliveACrashOfOurs() {
    try (var hub = OurHub.withRealServers()) {
      try (var anna = HubSession.logIn(hub.origin(), "anna")) {
        works(hub, anna, "anna");
      }
    }
  }

  private static void works(OurHub hub, HubSession person, String name) {
    String api = "/hub/api/users/" + name;
    person.get("/hub/spawn");
    Eventually.holds(
        "the server of " + name + " is ready",
        SPAWN,
        () -> person.json("GET", api, "").path("servers").path("").path("ready").asBoolean(),
        hub::output);
    // Over the hub's OAuth pages and back, twice through the proxy.
    var lab = person.get(person.base() + "lab");
    assertThat(lab.uri().getPath()).isEqualTo(person.base() + "lab");
    assertThat(lab.statusCode()).isEqualTo(200);
    assertThat(lab.body()).contains("jupyter-config-data");
    String id = person.json("POST", person.base() + "api/kernels", "{}").path("id").asString();
    try (var kernel = person.kernel(id)) {
      assertThat(kernel.execute("x = 6 * 7\nprint(x)")).isEqualTo("42\n");
      long proxy = hub.proxy().orElseThrow().pid();

      hub.kill();

      assertThat(kernel.execute("print(x)"))
          .as("a crash of the hub cuts no WebSocket")
          .isEqualTo("42\n");
      hub.startAgain();
      assertThat(kernel.execute("print(x + 1)")).as("nor does its start").isEqualTo("43\n");
      assertThat(hub.proxy().orElseThrow().pid()).as("the proxy is found again").isEqualTo(proxy);
    }
    assertThat(person.json("GET", api, "").path("servers").path("").path("ready").asBoolean())
        .as("the server is found again")
        .isTrue();
    assertThat(reaches(person, person.base() + "api/status")).isTrue();

    assertThat(person.ask("DELETE", api + "/server", "").statusCode()).isIn(202, 204);
    Eventually.holds(
        "the server of " + name + " is stopped",
        SPAWN,
        () -> person.json("GET", api, "").path("servers").isEmpty(),
        hub::output);
    var stopped = person.get(person.base() + "lab");
    assertThat(stopped.uri().getPath()).isEqualTo("/hub" + person.base() + "lab");
    assertThat(stopped.statusCode()).isEqualTo(424);
  }

  private static boolean reaches(HubSession person, String path) {
    try {
      var answer = person.get(path);
      return answer.statusCode() == 200 && answer.uri().getPath().equals(path);
    } catch (UncheckedIOException e) {
      return false;
    }
  }
}
