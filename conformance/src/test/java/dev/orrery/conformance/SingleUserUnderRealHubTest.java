package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** JupyterHub 6.1.1, unchanged, with {@code orrery singleuser} in the place of its own servers. */
@Tag("hub")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SingleUserUnderRealHubTest {

  private static final Duration NOTICE = Duration.ofSeconds(30);
  private static final Duration SPAWN = Duration.ofSeconds(60);

  private static final String CONFIG =
      """
      c.JupyterHub.allow_named_servers = True
      c.Authenticator.admin_users = {"root-admin"}
      c.JupyterHub.load_roles = [
          {"name": "user", "scopes": ["self", "shares!user", "read:users:name"]},
          {"name": "admin-of-servers", "users": ["root-admin"], "scopes": ["access:servers"]},
      ]
      c.Spawner.environment = {"JUPYTERHUB_ACTIVITY_INTERVAL": "1"}
      """;

  private RealHub hub;

  @BeforeAll
  void startHub() {
    hub = RealHub.withOurServers(CONFIG);
  }

  @AfterAll
  void stopHub() {
    if (hub != null) {
      hub.close();
    }
  }

  /** Starts a server, the default one by an empty name, and waits until the hub calls it ready. */
  private void start(HubSession session, String user, String server) {
    String path = "/hub/api/users/" + user + (server.isEmpty() ? "/server" : "/servers/" + server);
    assertThat(session.ask("POST", path, "").statusCode()).isIn(201, 202);
    Eventually.holds(
        "the server of " + user + " is ready",
        SPAWN,
        () -> model(session, user, server).path("ready").asBoolean(),
        hub::output);
  }

  private static JsonNode model(HubSession session, String user, String server) {
    return session.json("GET", "/hub/api/users/" + user, "").path("servers").path(server);
  }

  @Test
  void aUserLogsInOverTheHubAndWorks() {
    try (var anna = HubSession.logIn(hub.origin(), "anna")) {
      start(anna, "anna", "");
      var lab = anna.get("/user/anna/lab/tree?reset");
      assertThat(lab.statusCode()).as(hub.output()).isEqualTo(200);
      assertThat(lab.uri().getPath()).isEqualTo("/user/anna/lab/tree");
      assertThat(lab.uri().getQuery()).isEqualTo("reset");
      assertThat(lab.headers().firstValue("X-JupyterHub-Version")).contains("6.1.1");
      assertThat(lab.headers().firstValue("Content-Security-Policy"))
          .contains("frame-ancestors 'none'");
      assertThat(lab.body())
          .contains("\"hubUser\":\"anna\"")
          .contains("\"hubServerUser\":\"anna\"")
          .contains("\"hubPrefix\":\"/hub/\"")
          .contains("\"hubHost\":\"\"")
          .contains("\"shareUrl\":\"/hub/user-redirect\"")
          .contains("\"hubServerName\":\"\"")
          .contains("\"quitButton\":false")
          .contains("\"token\":\"\"");
      assertThat(anna.get("/user/anna/tree").body()).contains("\"hubPrefix\":\"/hub/\"");
      JsonNode me = anna.json("GET", "/user/anna/api/me", "");
      assertThat(me.path("identity").path("username").asString()).isEqualTo("anna");

      String id = anna.json("POST", "/user/anna/api/kernels", "{}").path("id").asString();
      try (var kernel = anna.kernel(id)) {
        assertThat(kernel.execute("print(6 * 7)")).isEqualTo("42\n");
        assertThat(kernel.execute("import os; print(os.environ['JUPYTERHUB_USER'])"))
            .isEqualTo("anna\n");
      }
      String terminal = anna.json("POST", "/user/anna/api/terminals", "{}").path("name").asString();
      assertThat(anna.ask("DELETE", "/user/anna/api/terminals/" + terminal, "").statusCode())
          .isEqualTo(204);
    }
  }

  @Test
  void nobodyElseComesInUnlessTheHubLetsThem() {
    try (var carl = HubSession.logIn(hub.origin(), "carl");
        var bob = HubSession.logIn(hub.origin(), "bob");
        var admin = HubSession.logIn(hub.origin(), "root-admin")) {
      start(carl, "carl", "");
      assertThat(bob.get("/user/carl/lab").statusCode()).isIn(403, 404);

      String token = bob.json("POST", "/hub/api/users/bob/tokens", "{}").path("token").asString();
      HttpResponse<String> refused = bob.askWithToken("/user/carl/api/status", token);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("logged in as bob").contains("server of carl");
      HttpResponse<String> unknown = bob.askWithToken("/user/carl/api/status", token + "0");
      assertThat(unknown.statusCode()).isEqualTo(403);
      assertThat(unknown.body()).doesNotContain("bob");

      HttpResponse<String> seen = admin.getAgreeing("/user/carl/lab");
      assertThat(seen.statusCode()).as(seen.uri() + seen.body()).isEqualTo(200);
      assertThat(seen.uri().getPath()).isEqualTo("/user/carl/lab");
      assertThat(seen.body())
          .contains("\"hubUser\":\"root-admin\"")
          .contains("\"hubServerUser\":\"carl\"");

      carl.json(
          "POST",
          "/hub/api/shares/carl/",
          "{\"user\": \"bob\", \"scopes\": [\"access:servers!server=carl/\"]}");
      HttpResponse<String> shared = bob.getAgreeing("/user/carl/lab");
      assertThat(shared.statusCode()).as(shared.uri() + shared.body()).isEqualTo(200);
      assertThat(shared.body()).contains("\"hubUser\":\"bob\"");
    }
  }

  @Test
  void aNamedServerIsAServerOfItsOwn() {
    try (var dora = HubSession.logIn(hub.origin(), "dora")) {
      start(dora, "dora", "");
      start(dora, "dora", "second");
      HttpResponse<String> page = dora.get("/user/dora/second/lab");
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("\"hubServerName\":\"second\"");
      assertThat(dora.get("/user/dora/lab").body()).contains("\"hubServerName\":\"\"");
      String id = dora.json("POST", "/user/dora/second/api/kernels", "{}").path("id").asString();
      assertThat(dora.json("GET", "/user/dora/api/kernels", "")).isEmpty();
      try (var kernel = dora.kernel("/user/dora/second/", id)) {
        assertThat(kernel.execute("print('second')")).isEqualTo("second\n");
      }
    }
  }

  @Test
  void aLogoutEndsTheLoginAtTheServerToo() {
    try (var emil = HubSession.logIn(hub.origin(), "emil")) {
      start(emil, "emil", "");
      assertThat(emil.get("/user/emil/lab").statusCode()).isEqualTo(200);
      assertThat(emil.json("GET", "/user/emil/api/status", "").has("started")).isTrue();
      assertThat(emil.get("/user/emil/logout").uri().getPath()).startsWith("/hub/");
      assertThat(emil.get("/user/emil/lab").uri().getPath()).isEqualTo("/hub/login");
      assertThat(emil.ask("GET", "/user/emil/api/status", "").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void theHubLearnsOfActivityAndEndsTheServer() {
    try (var fritz = HubSession.logIn(hub.origin(), "fritz")) {
      start(fritz, "fritz", "");
      assertThat(fritz.get("/user/fritz/lab").statusCode()).isEqualTo(200);
      Instant before = Instant.now();
      Eventually.holds(
          "the hub knows of a later use",
          NOTICE,
          () -> {
            fritz.json("GET", "/user/fritz/api/status", "");
            String last = model(fritz, "fritz", "").path("last_activity").asString("");
            return !last.isEmpty() && Instant.parse(last).isAfter(before);
          },
          hub::output);

      int servers = hub.servers().size();
      assertThat(servers).as(hub.output()).isPositive();
      assertThat(fritz.ask("DELETE", "/hub/api/users/fritz/server", "").statusCode())
          .isIn(202, 204);
      Eventually.holds(
          "the process of the server is gone",
          NOTICE,
          () -> hub.servers().size() == servers - 1,
          hub::output);
    }
  }
}
