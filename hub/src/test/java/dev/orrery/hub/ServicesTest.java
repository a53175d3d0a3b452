package dev.orrery.hub;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Programs beside the hub, and what the settings load. */
class ServicesTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private @Nullable RunningHub running;

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private RunningHub hub(String... arguments) throws IOException {
    running = new RunningHub(folder, arguments);
    return requireNonNull(running);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still waiting: %s", what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** A service that writes down what it was told, and then waits. */
  private String program() throws IOException {
    Path script = folder.resolve("service.sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        env > "$1/env.part"
        mv "$1/env.part" "$1/env.$$"
        exec sleep 600
        """);
    return "{'name': 'helper', 'command': ['/bin/sh', '"
        + script
        + "', '"
        + folder
        + "'],"
        + " 'url': 'http://127.0.0.1:9', 'environment': {'COLOUR': 'blue'}}";
  }

  private Map<String, String> told(long pid) throws IOException {
    var told = new HashMap<String, String>();
    for (String line : Files.readAllLines(folder.resolve("env." + pid))) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        told.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return told;
  }

  private static long pid(RunningHub hub, String admin) {
    return hub.ask(admin, "GET", "/hub/api/services/helper", "").json().path("pid").asLong();
  }

  @Test
  void aManagedServiceRunsKnowsTheHubAndIsStartedAgainWithAnotherToken() throws Exception {
    RunningHub hub =
        hub(
            "--JupyterHub.services=[" + program() + "]",
            "--JupyterHub.load_roles=[{'name': 'helping', 'scopes': ['list:users'],"
                + " 'services': ['helper']}]");
    String admin = hub.token("root", true, "inherit");
    await("the service runs", () -> pid(hub, admin) > 0);
    long first = pid(hub, admin);
    await("it has begun", () -> Files.exists(folder.resolve("env." + first)));
    Map<String, String> told = told(first);
    assertThat(told)
        .containsEntry("COLOUR", "blue")
        .containsEntry("JUPYTERHUB_SERVICE_NAME", "helper")
        .containsEntry("JUPYTERHUB_SERVICE_PREFIX", "/services/helper/")
        .containsEntry("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:9")
        .containsEntry("JUPYTERHUB_CLIENT_ID", "service-helper")
        .containsEntry("JUPYTERHUB_OAUTH_CALLBACK_URL", "/services/helper/oauth_callback")
        .containsEntry("JUPYTERHUB_API_URL", hub.origin() + "/hub/api")
        .containsEntry(
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
            "[\"access:services\",\"access:services!service=helper\"]")
        .doesNotContainKey("JUPYTERHUB_ACTIVITY_URL");
    String token = requireNonNull(told.get("JUPYTERHUB_API_TOKEN"));
    JsonNode self = hub.ask(token, "GET", "/hub/api/user", "").json();
    assertThat(self.path("kind").asString()).isEqualTo("service");
    assertThat(self.path("name").asString()).isEqualTo("helper");
    assertThat(self.path("scopes").toString()).contains("list:users").doesNotContain("admin");
    assertThat(hub.ask(token, "GET", "/hub/api/users", "").status()).isEqualTo(200);
    assertThat(hub.ask(token, "POST", "/hub/api/users/eve", "").status()).isEqualTo(403);

    ProcessHandle.of(first).orElseThrow().destroyForcibly();
    await("it is started again", () -> !Set.of(0L, first).contains(pid(hub, admin)));
    long second = pid(hub, admin);
    await("it has begun again", () -> Files.exists(folder.resolve("env." + second)));
    assertThat(hub.ask(token, "GET", "/hub/api/user", "").status()).isEqualTo(403);

    hub.close();
    running = null;
    assertThat(ProcessHandle.of(second).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void aServiceThatEndedHasNoProcess() throws Exception {
    Path program = folder.resolve("helper");
    Files.writeString(program, "#!/bin/sh\nexec sleep 600\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    RunningHub hub =
        hub("--JupyterHub.services=[{'name': 'helper', 'command': ['" + program + "']}]");
    String admin = hub.token("root", true, "inherit");
    await("the service runs", () -> pid(hub, admin) > 0);
    long process = pid(hub, admin);
    // So that it can't be started again, and how it is now stays.
    Files.delete(program);
    ProcessHandle.of(process).orElseThrow().destroyForcibly();
    await("that it has ended is told", () -> pid(hub, admin) == 0);
  }

  @Test
  void theApiMakesServicesWithinWhatTheAskerMayDo() throws Exception {
    RunningHub hub = hub("--JupyterHub.services=[{'name': 'fixed'}]");
    String admin = hub.token("root", true, "inherit");
    String narrow = hub.token("root", true, "admin:services");
    String body =
        "{\"url\":\"http://127.0.0.1:9\",\"api_token\":\"0123456789abcdef\",\"info\":{\"a\":[1]}}";

    var made = hub.ask(admin, "POST", "/hub/api/services/one", body);
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("prefix").asString()).isEqualTo("/services/one/");
    assertThat(made.json().path("info").path("a").get(0).asInt()).isEqualTo(1);
    assertThat(hub.routes).containsKey("/services/one/");
    assertThat(hub.ask("0123456789abcdef", "GET", "/hub/api/user", "").status()).isEqualTo(200);
    assertThat(hub.ask(admin, "POST", "/hub/api/services/one", body).status()).isEqualTo(409);

    for (String wrong :
        List.of(
            "{\"url\":\"ftp://a\"}",
            "{\"command\":[\"id\"]}",
            "{\"colour\":1}",
            "{\"oauth_client_id\":\"jupyterhub-user-root\"}",
            "{\"oauth_client_allowed_scopes\":[\"no:such\"]}",
            "{\"oauth_no_confirm\":true}")) {
      var refused = hub.ask(admin, "POST", "/hub/api/services/two", wrong);
      assertThat(refused.status()).as(wrong).isEqualTo(400);
      assertThat(refused.json().path("message").asString()).isNotEmpty();
    }
    assertThat(hub.ask(narrow, "POST", "/hub/api/services/two", "{\"admin\":true}").status())
        .as("a narrow token makes no administrator")
        .isEqualTo(400);
    assertThat(
            hub.ask(
                    narrow,
                    "POST",
                    "/hub/api/services/two",
                    "{\"url\":\"http://127.0.0.1:9\","
                        + "\"oauth_client_allowed_scopes\":[\"admin:users\"]}")
                .status())
        .isEqualTo(400);

    assertThat(hub.ask(admin, "DELETE", "/hub/api/services/fixed", "").status()).isEqualTo(405);
    assertThat(hub.ask(admin, "DELETE", "/hub/api/services/one", "").status()).isEqualTo(200);
    assertThat(hub.ask(admin, "DELETE", "/hub/api/services/one", "").status()).isEqualTo(404);
    assertThat(hub.ask("0123456789abcdef", "GET", "/hub/api/user", "").status()).isEqualTo(403);
    assertThat(hub.routes).doesNotContainKey("/services/one/");
  }

  @Test
  void settingsLoadRolesGroupsTokensAndRoutes() throws Exception {
    RunningHub hub =
        hub(
            "--JupyterHub.load_groups={'class': {'users': ['Ada', 'bob'],"
                + " 'properties': {'room': 4}}, 'plain': ['ada']}",
            "--JupyterHub.load_roles=[{'name': 'teacher', 'scopes': ['list:users!group=class'],"
                + " 'users': ['ada'], 'groups': ['plain']},"
                + " {'name': 'admin', 'users': ['carl']}]",
            "--JupyterHub.custom_scopes={'custom:grades:read': {'description': 'read grades'}}",
            "--JupyterHub.extra_user_scopes=['custom:grades:read']",
            "--JupyterHub.api_tokens={'0123456789abcdef': 'ada'}",
            "--JupyterHub.service_tokens={'fedcba9876543210': 'cron'}",
            "--Proxy.extra_routes={'/docs': 'http://127.0.0.1:9'}");
    JsonNode ada = hub.ask("0123456789abcdef", "GET", "/hub/api/user", "").json();
    assertThat(ada.path("groups").toString()).contains("class").contains("plain");
    assertThat(ada.path("roles").toString()).contains("teacher").contains("user");
    assertThat(ada.path("scopes").toString())
        .contains("list:users!group=class")
        .contains("custom:grades:read");
    JsonNode seen = hub.ask("0123456789abcdef", "GET", "/hub/api/users", "").json();
    assertThat(seen.findValuesAsString("name")).containsExactlyInAnyOrder("ada", "bob");

    assertThat(
            hub.ask("fedcba9876543210", "GET", "/hub/api/user", "").json().path("name").asString())
        .isEqualTo("cron");
    String root = hub.token("carl", true, "inherit");
    assertThat(hub.ask(root, "GET", "/hub/api/user", "").json().path("admin").asBoolean()).isTrue();
    assertThat(
            hub.ask(root, "GET", "/hub/api/groups/class", "").json().path("properties").toString())
        .isEqualTo("{\"room\":4}");
    hub.mendRoutes();
    assertThat(hub.routes).containsKey("/docs/");
  }

  @Test
  void theStartPageNamesTheServicesThatOneMayUse() throws Exception {
    RunningHub hub =
        hub(
            "--JupyterHub.services=[{'name': 'grades', 'url': 'http://127.0.0.1:9'},"
                + " {'name': 'secret', 'url': 'http://127.0.0.1:9'},"
                + " {'name': 'quiet', 'url': 'http://127.0.0.1:9', 'display': False},"
                + " {'name': 'cron'}]",
            "--JupyterHub.load_roles=[{'name': 'user', 'scopes': ['self',"
                + " 'access:services!service=grades', 'access:services!service=quiet',"
                + " 'access:services!service=cron']}]");
    try (var ann = Browser.of(hub, "ann");
        var boss = Browser.of(hub, "boss")) {
      assertThat(ann.get("/hub/home").body())
          .contains("<a href=\"/services/grades/\">grades</a>")
          .doesNotContain("secret")
          .doesNotContain("/services/quiet")
          .doesNotContain("/services/cron");
      assertThat(boss.get("/hub/home").body())
          .contains("/services/grades/", "/services/secret/")
          .doesNotContain("/services/quiet");
    }
  }

  @Test
  void settingsThatContradictThemselvesStopTheStart() {
    assertThatThrownBy(() ->
            hub("--JupyterHub.load_roles=[{'name': 'odd', 'scopes': [], 'services': ['gone']}]"))
        .hasMessageContaining("'gone'")
        .hasMessageContaining("JupyterHub.services");
    assertThatThrownBy(() -> hub("--JupyterHub.services=[{'name': 'a/b', 'url': 'gopher://x'}]"))
        .hasMessageContaining("no valid name")
        .hasMessageContaining("gopher");
    assertThatThrownBy(
            () -> hub("--JupyterHub.load_roles=[{'name': 'odd', 'scopes': ['lst:users']}]"))
        .hasMessageContaining("lst:users");
    assertThatThrownBy(() -> hub("--JupyterHub.load_groups={'g': 4}")).hasMessageContaining("'g'");
  }
}
