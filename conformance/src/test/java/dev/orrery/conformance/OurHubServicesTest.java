package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Services of JupyterHub, from its own packages, beside our hub. */
@Tag("hub")
class OurHubServicesTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void theIdleCullerStopsServersAndAServiceLogsPeopleInWithOurHelp() {
    int port = RealHub.freePort();
    String config =
        """
        c.Spawner.cmd = ["%s", "singleuser"]
        c.JupyterHub.last_activity_interval = 1
        c.JupyterHub.services = [
            {
                "name": "idle-culler",
                "command": ["python", "-m", "jupyterhub_idle_culler", "--timeout=3",
                            "--cull-every=1"],
            },
            {
                "name": "whoami",
                "url": "http://127.0.0.1:%d",
                "command": ["python", "%s"],
                "oauth_client_allowed_scopes": ["list:users"],
            },
        ]
        c.JupyterHub.load_roles = [
            {
                "name": "idle-culler",
                "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
                "services": ["idle-culler"],
            },
            {"name": "user", "scopes": ["self", "access:services!service=whoami"]},
        ]
        """
            .formatted(
                Requirements.distribution().resolve("bin").resolve("orrery"),
                port,
                Texts.resource("/whoami_service.py"));
    try (var hub = OurHub.configured(config);
        var anna = HubSession.logIn(hub.origin(), "anna");
        var boss = HubSession.logIn(hub.origin(), "boss")) {
      Eventually.holds(
          "the service answers",
          LIMIT,
          () -> boss.get("/services/whoami/oauth_callback").statusCode() < 500,
          hub::output);

      var first = anna.get("/services/whoami/");
      assertThat(first.uri().getPath())
          .as("people are asked before a service learns who they are")
          .isEqualTo("/hub/api/oauth2/authorize");
      assertThat(first.body()).contains("JupyterHub service whoami");
      JsonNode who = Texts.json(anna.getAgreeing("/services/whoami/").body());
      assertThat(who.path("name").asString()).isEqualTo("anna");
      assertThat(who.path("scopes").toString())
          .contains("access:services!service=whoami")
          .as("a service gets no more than the person has")
          .doesNotContain("list:users");
      var seen = boss.getAgreeing("/services/whoami/");
      assertThat(Texts.json(seen.body()).path("scopes").toString()).contains("list:users");

      anna.get("/hub/spawn");
      Eventually.holds(
          "the server is ready", LIMIT, () -> server(anna).path("ready").asBoolean(), hub::output);
      Eventually.holds(
          "the idle culler has stopped it", LIMIT, () -> server(anna).isMissingNode(), hub::output);
      assertThat(hub.output()).contains("idle-culler").doesNotContain("Traceback");

      long culler = pid(boss, "idle-culler");
      hub.kill();
      assertThat(ProcessHandle.of(culler).map(ProcessHandle::isAlive)).contains(true);
      hub.startAgain();
      Eventually.holds(
          "the next hub has a process of its own",
          LIMIT,
          () -> pid(boss, "idle-culler") != culler,
          hub::output);
      // Whoever adopted it takes a moment to notice its end.
      Eventually.holds(
          "the process of the killed hub is ended",
          LIMIT,
          () -> !ProcessHandle.of(culler).map(ProcessHandle::isAlive).orElse(false),
          hub::output);
      long next = pid(boss, "idle-culler");
      hub.terminate();
      assertThat(ProcessHandle.of(next).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }
  }

  private static JsonNode server(HubSession person) {
    return person.json("GET", "/hub/api/users/anna", "").path("servers").path("");
  }

  private static long pid(HubSession admin, String service) {
    return admin.json("GET", "/hub/api/services/" + service, "").path("pid").asLong();
  }
}
