package dev.orrery.hub;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The REST API as programs use it. */
class RestTest {

  @TempDir private Path folder;
  private RunningHub hub;
  private String admin;

  @BeforeEach
  void start() throws IOException {
    hub = new RunningHub(folder);
    admin = hub.token("root", true, "inherit");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void anybodyMayAskForTheVersionAndNobodyElseForMore() {
    var root = hub.ask("wrong-token-of-nobody", "GET", "/hub/api/", "");
    assertThat(root.status()).isEqualTo(200);
    assertThat(root.json().path("version").asString()).isEqualTo("6.1.1");
    assertThat(root.headers().firstValue("X-JupyterHub-Version")).contains("6.1.1");
    var user = hub.ask("wrong-token-of-nobody", "GET", "/hub/api/user", "");
    assertThat(user.status()).isEqualTo(403);
    assertThat(user.json().path("status").asInt()).isEqualTo(403);
    assertThat(user.json().path("message").asString()).isNotEmpty();
  }

  @Test
  void peopleComeChangeAndGo() {
    var made = hub.ask(admin, "POST", "/hub/api/users", "{\"usernames\":[\"Zoe\",\"max\"]}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().get(0).path("name").asString()).isEqualTo("zoe");
    assertThat(made.json().get(0).path("roles").get(0).asString()).isEqualTo("user");
    assertThat(hub.ask(admin, "POST", "/hub/api/users/zoe", "").status()).isEqualTo(409);
    assertThat(hub.ask(admin, "POST", "/hub/api/users/%20a", "").status()).isEqualTo(400);

    var changed = hub.ask(admin, "PATCH", "/hub/api/users/zoe", "{\"admin\":true}");
    assertThat(changed.json().path("admin").asBoolean()).isTrue();
    assertThat(changed.json().path("roles").toString()).contains("admin");
    assertThat(hub.ask(admin, "PATCH", "/hub/api/users/zoe", "{\"nonsense\":1}").status())
        .isEqualTo(400);
    assertThat(hub.ask(admin, "PATCH", "/hub/api/users/zoe", "{\"name\":\"max\"}").status())
        .isEqualTo(400);
    assertThat(hub.ask(admin, "DELETE", "/hub/api/users/zoe", "").status()).isEqualTo(204);
    assertThat(hub.ask(admin, "GET", "/hub/api/users/zoe", "").status()).isEqualTo(404);
    assertThat(hub.ask(admin, "DELETE", "/hub/api/users/root", "").status()).isEqualTo(400);
  }

  @Test
  void aTokenMayWhatItsScopesAndItsOwnerMay() {
    String narrow = hub.token("ann", false, "read:users:name!user=ann");
    assertThat(hub.ask(narrow, "GET", "/hub/api/users/ann", "").json().propertyNames())
        .contains("name")
        .doesNotContain("last_activity", "servers");
    assertThat(hub.ask(narrow, "GET", "/hub/api/users/root", "").status()).isEqualTo(404);
    assertThat(hub.ask(narrow, "GET", "/hub/api/users", "").status()).isEqualTo(403);
    String greedy = hub.token("ann", false, "admin:users");
    assertThat(hub.ask(greedy, "POST", "/hub/api/users/new", "").status())
        .as("what the owner may not, the token may not")
        .isEqualTo(403);
  }

  @Test
  void tokensAreShownOnceAndTakenBack() {
    String ann = hub.token("ann", false, "inherit");
    var made = hub.ask(ann, "POST", "/hub/api/users/ann/tokens", "{\"note\":\"script\"}");
    assertThat(made.status()).isEqualTo(201);
    String token = made.json().path("token").asString();
    String id = made.json().path("id").asString();
    assertThat(token).matches("[0-9a-f]{32}");
    assertThat(hub.ask(token, "GET", "/hub/api/user", "").json().path("token_id").asString())
        .isEqualTo(id);
    assertThat(hub.ask(ann, "GET", "/hub/api/users/ann/tokens", "").body())
        .contains("script")
        .doesNotContain(token);
    var excess =
        hub.ask(ann, "POST", "/hub/api/users/ann/tokens", "{\"scopes\":[\"admin:users\"]}");
    assertThat(excess.status()).isEqualTo(400);
    assertThat(hub.ask(ann, "POST", "/hub/api/users/root/tokens", "{}").status()).isEqualTo(403);
    assertThat(hub.ask(ann, "DELETE", "/hub/api/users/ann/tokens/" + id, "").status())
        .isEqualTo(204);
    assertThat(hub.ask(token, "GET", "/hub/api/user", "").status()).isEqualTo(403);
  }

  @Test
  void longListsComeInPages() {
    for (int i = 0; i < 7; i++) {
      hub.token("page" + i, false);
    }
    try (var client = new Browser(hub.origin())) {
      JsonNode page =
          client
              .get(
                  "/hub/api/users?name_filter=PAGE&limit=3&offset=3&sort=-name",
                  "Authorization",
                  "Bearer " + admin,
                  "Accept",
                  "application/jupyterhub-pagination+json")
              .json();
      assertThat(page.path("items").valueStream().map(user -> user.path("name").asString()))
          .containsExactly("page3", "page2", "page1");
      JsonNode pagination = page.path("_pagination");
      assertThat(pagination.path("total").asInt()).isEqualTo(7);
      assertThat(pagination.path("next").path("offset").asInt()).isEqualTo(6);
      assertThat(pagination.path("next").path("url").asString())
          .contains("name_filter=PAGE", "offset=6");
    }
    assertThat(hub.ask(admin, "GET", "/hub/api/users?limit=x", "").status()).isEqualTo(400);
    assertThat(hub.ask(admin, "GET", "/hub/api/users?state=odd", "").status()).isEqualTo(400);
    assertThat(hub.ask(admin, "GET", "/hub/api/users?sort=cookie_id", "").status()).isEqualTo(400);
  }

  @Test
  void groupsHaveMembersAndProperties() {
    hub.token("ann", false);
    assertThat(hub.ask(admin, "POST", "/hub/api/groups/lab", "{\"users\":[\"ann\"]}").status())
        .isEqualTo(201);
    assertThat(hub.ask(admin, "POST", "/hub/api/groups/lab", "").status()).isEqualTo(409);
    assertThat(hub.ask(admin, "PUT", "/hub/api/groups/lab/properties", "{\"gpu\":1}").status())
        .isEqualTo(200);
    JsonNode group = hub.ask(admin, "GET", "/hub/api/groups/lab", "").json();
    assertThat(group.path("users").get(0).asString()).isEqualTo("ann");
    assertThat(group.path("properties").path("gpu").asInt()).isEqualTo(1);
    assertThat(
            hub.ask(admin, "POST", "/hub/api/groups/lab/users", "{\"users\":[\"nobody\"]}")
                .status())
        .isEqualTo(400);
    assertThat(
            hub.ask(admin, "DELETE", "/hub/api/groups/lab/users", "{\"users\":[\"ann\"]}")
                .json()
                .path("users")
                .isEmpty())
        .isTrue();
    assertThat(hub.ask(admin, "DELETE", "/hub/api/groups/lab", "").status()).isEqualTo(204);
  }

  @Test
  void aServerStartsIsLedToAndStops() {
    String ann = hub.token("ann", false, "inherit");
    var started =
        hub.ask(ann, "POST", "/hub/api/users/ann/server", "{\"user_options\":{\"size\":2}}");
    assertThat(started.status()).isEqualTo(201);
    assertThat(hub.routes).containsKey("/user/ann/");
    var request = requireNonNull(hub.spawner.requests.get(new ServerName("ann", "")));
    assertThat(request.userOptions()).containsEntry("size", 2L);
    assertThat(request.environment())
        .containsEntry("JUPYTERHUB_USER", "ann")
        .containsEntry("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
        .containsEntry("JUPYTERHUB_API_URL", hub.origin() + "/hub/api");
    String own = requireNonNull(request.environment().get("JUPYTERHUB_API_TOKEN"));
    assertThat(hub.ask(own, "GET", "/hub/api/user", "").json().path("name").asString())
        .isEqualTo("ann");
    assertThat(hub.ask(own, "GET", "/hub/api/users/ann/tokens", "").status()).isEqualTo(403);

    JsonNode server = hub.ask(ann, "GET", "/hub/api/users/ann/server", "").json();
    assertThat(server.path("ready").asBoolean()).isTrue();
    assertThat(server.path("pending").isNull()).isTrue();
    assertThat(server.has("state")).isFalse();
    assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status()).isEqualTo(400);
    var events = hub.ask(ann, "GET", "/hub/api/users/ann/server/progress", "");
    assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(events.body()).contains("\"ready\":true").contains("/user/ann/");

    assertThat(hub.ask(ann, "DELETE", "/hub/api/users/ann/server", "").status()).isEqualTo(204);
    assertThat(hub.routes).doesNotContainKey("/user/ann/");
    assertThat(hub.ask(own, "GET", "/hub/api/user", "").status())
        .as("its token is worth nothing any more")
        .isEqualTo(403);
    assertThat(hub.ask(ann, "DELETE", "/hub/api/users/ann/server", "").status()).isEqualTo(204);
  }

  @Test
  void aStartThatFailsSaysWhyAndLeavesNothing() {
    String ann = hub.token("ann", false, "inherit");
    hub.spawner.failure = SpawnFailure.refused("quota", "There is no room for you");
    var failed = hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
    assertThat(failed.status()).isEqualTo(400);
    assertThat(failed.json().path("message").asString()).contains("There is no room for you");
    assertThat(hub.ask(ann, "GET", "/hub/api/users/ann/server/progress", "").body())
        .contains("\"failed\":true")
        .contains("There is no room for you");
    assertThat(hub.routes).doesNotContainKey("/user/ann/");
    hub.spawner.failure = null;
    assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status()).isEqualTo(201);
  }

  @Test
  void aStartThatWaitsCanBeGivenUp() throws Exception {
    String ann = hub.token("ann", false, "inherit");
    var gate = new CountDownLatch(1);
    hub.spawner.gate = gate;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starting =
          threads.submit(() -> hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status());
      while (!hub.spawner.requests.containsKey(new ServerName("ann", ""))) {
        Thread.onSpinWait();
      }
      assertThat(
              hub.ask(ann, "GET", "/hub/api/users/ann/server", "")
                  .json()
                  .path("pending")
                  .asString())
          .isEqualTo("spawn");
      assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status()).isEqualTo(202);
      assertThat(hub.ask(ann, "DELETE", "/hub/api/users/ann/server", "").status()).isEqualTo(204);
      assertThat(starting.get()).isIn(201, 500);
    } finally {
      gate.countDown();
    }
    JsonNode after = hub.ask(ann, "GET", "/hub/api/users/ann/server", "").json();
    assertThat(after.path("stopped").asBoolean()).isTrue();
    assertThat(hub.routes).doesNotContainKey("/user/ann/");
  }

  @Test
  void activityIsNotedAndWrongTimesAreNot() {
    String ann = hub.token("ann", false, "inherit");
    hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
    // A start is activity, so only what is later counts.
    String later = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS).toString();
    String half = later.replace("Z", ".5+00:00");
    String body =
        "{\"last_activity\":\""
            + later
            + "\",\"servers\":{\"\":{\"last_activity\":\""
            + half
            + "\"}}}";
    assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/activity", body).status()).isEqualTo(200);
    assertThat(
            hub.ask(ann, "GET", "/hub/api/users/ann/server", "")
                .json()
                .path("last_activity")
                .asString())
        .isEqualTo(later.replace("Z", ".500000Z"));
    for (String wrong :
        List.of(
            "{\"last_activity\":\"yesterday\"}",
            "{\"last_activity\":\"2999-01-01T00:00:00Z\"}",
            "{\"servers\":{\"none\":{\"last_activity\":\"2026-01-02T03:04:05Z\"}}}",
            "{\"servers\":[]}",
            "{}",
            "[]",
            "not json")) {
      assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/activity", wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  @Test
  void aStoppedServerIsRenamedAndChangedWholeOrNotAtAll() {
    String ann = hub.token("ann", false, "inherit");
    String one = "/hub/api/users/ann/servers/one";
    assertThat(hub.ask(ann, "PUT", one, "{\"display_name\":\"One\"}").status()).isEqualTo(201);
    assertThat(hub.ask(ann, "PUT", "/hub/api/users/ann/servers/two", "").status()).isEqualTo(201);
    for (String wrong :
        List.of(
            "",
            "[1]",
            "{\"odd\":1}",
            "{\"name\":\"Bad Name\"}",
            "{\"name\":7}",
            "{\"name\":\"three\",\"display_name\":\" no \"}",
            "{\"name\":\"three\",\"user_options\":[]}")) {
      assertThat(hub.ask(ann, "PATCH", one, wrong).status()).as(wrong).isEqualTo(400);
    }
    assertThat(hub.ask(ann, "PATCH", one, "{\"name\":\"two\"}").status()).isEqualTo(409);
    JsonNode same = hub.ask(ann, "GET", one, "").json();
    assertThat(same.path("display_name").asString()).isEqualTo("One");

    var renamed = hub.ask(ann, "PATCH", one, "{\"name\":\"three\",\"user_options\":{\"size\":1}}");
    assertThat(renamed.status()).as(renamed.body()).isEqualTo(200);
    assertThat(renamed.json().path("name").asString()).isEqualTo("three");
    assertThat(renamed.json().path("display_name").asString()).isEqualTo("One");
    assertThat(renamed.json().path("user_options").path("size").asInt()).isOne();
    assertThat(hub.ask(ann, "GET", one, "").status()).isEqualTo(404);

    String three = "/hub/api/users/ann/servers/three";
    assertThat(hub.ask(ann, "POST", three, "").status()).isEqualTo(201);
    var options = requireNonNull(hub.spawner.requests.get(new ServerName("ann", "three")));
    assertThat(options.userOptions()).containsEntry("size", 1L);
    assertThat(hub.ask(ann, "PATCH", three, "{\"name\":\"four\"}").status())
        .as("it runs")
        .isEqualTo(400);
  }

  @Test
  void aTokenForOneServerCannotGiveItANameBeyondItsLimit() {
    String ann = hub.token("ann", false, "inherit");
    String narrow = hub.token("ann", false, "start:servers!server=ann/one");
    String one = "/hub/api/users/ann/servers/one";
    assertThat(hub.ask(ann, "PUT", one, "").status()).isEqualTo(201);
    assertThat(hub.ask(narrow, "PATCH", one, "{\"name\":\"other\"}").status()).isEqualTo(403);
    assertThat(hub.ask(narrow, "PATCH", one, "{\"display_name\":\"Mine\"}").status())
        .isEqualTo(200);
  }

  @Test
  void aServerWithANameOfJupyterHub5GetsNoDisplayName() {
    String ann = hub.token("ann", false, "inherit");
    hub.database.change(
        tx -> tx.servers().create(tx.users().find("ann").orElseThrow().id(), "Old.Name", ""));
    String old = "/hub/api/users/ann/servers/Old.Name";
    assertThat(hub.ask(ann, "PATCH", old, "{\"display_name\":\"New\"}").status()).isEqualTo(400);
    assertThat(hub.ask(ann, "POST", old, "{\"display_name\":\"New\"}").status()).isEqualTo(400);
    assertThat(hub.ask(ann, "PATCH", old, "{\"name\":\"new\",\"display_name\":\"New\"}").status())
        .isEqualTo(200);
  }

  @Test
  void aPersonGoesWithTheirServers() {
    String ann = hub.token("ann", false, "inherit");
    hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
    assertThat(hub.routes).containsKey("/user/ann/");
    assertThat(hub.ask(admin, "DELETE", "/hub/api/users/ann", "").status()).isEqualTo(204);
    assertThat(hub.routes).doesNotContainKey("/user/ann/");
    assertThat(hub.ask(ann, "GET", "/hub/api/user", "").status()).isEqualTo(403);
  }

  @Test
  void theProxyIsReadCheckedAndMoved() {
    String ann = hub.token("ann", false, "inherit");
    hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
    JsonNode routes = hub.ask(admin, "GET", "/hub/api/proxy", "").json();
    assertThat(routes.path("/user/ann/").path("data").path("user").asString()).isEqualTo("ann");
    hub.routes.clear();
    assertThat(hub.ask(ann, "POST", "/hub/api/proxy", "").status()).isEqualTo(403);
    assertThat(hub.routes).isEmpty();
    assertThat(hub.ask(admin, "POST", "/hub/api/proxy", "").status()).isEqualTo(200);
    assertThat(hub.routes).containsKeys("/", "/user/ann/");
    for (String wrong :
        List.of("", "[]", "{\"api_url\":1}", "{\"api_url\":\"ftp://x\"}", "{\"api_url\":\":\"}")) {
      assertThat(hub.ask(admin, "PATCH", "/hub/api/proxy", wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(hub.moves).isEmpty();
    String body = "{\"api_url\":\"http://127.0.0.1:9/x\",\"auth_token\":\"secret\"}";
    assertThat(hub.ask(admin, "PATCH", "/hub/api/proxy", body).status()).isEqualTo(200);
    assertThat(hub.moves).containsExactly("Optional[http://127.0.0.1:9] Optional[secret]");
  }

  @Test
  void theHubEndsAsAnAdministratorAsks() throws InterruptedException {
    String ann = hub.token("ann", false, "inherit");
    assertThat(hub.ask(ann, "POST", "/hub/api/shutdown", "").status()).isEqualTo(403);
    assertThat(hub.ask(admin, "POST", "/hub/api/shutdown", "{\"proxy\":1}").status())
        .isEqualTo(400);
    assertThat(hub.shutdowns).isEmpty();
    assertThat(hub.ask(admin, "POST", "/hub/api/shutdown", "{\"servers\":false}").status())
        .isEqualTo(202);
    assertThat(hub.shutdowns.poll(10, TimeUnit.SECONDS))
        .isEqualTo("servers Optional[false] proxy Optional.empty");
  }

  @Test
  void aNameAndPasswordGetATokenForWhomTheHubKnows() {
    hub.token("ann", false);
    hub.token("eve", false);
    String body = "{\"auth\":{\"username\":\"%s\",\"password\":\"x\"}}";
    String tokens = "/hub/api/users/ann/tokens";
    var made = hub.ask("wrong-token", "POST", tokens, body.formatted("ann"));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(hub.ask(made.json().path("token").asString(), "GET", "/hub/api/user", "").status())
        .isEqualTo(200);
    for (String who : List.of("eve", "stranger", "")) {
      assertThat(hub.ask("wrong-token", "POST", tokens, body.formatted(who)).status())
          .as(who)
          .isEqualTo(403);
    }
    assertThat(hub.ask(admin, "GET", "/hub/api/users/stranger", "").status())
        .as("it was no login")
        .isEqualTo(404);
    assertThat(hub.ask("wrong-token", "POST", tokens, "{}").status()).isEqualTo(403);
  }

  @Test
  void theDocumentNamesWhatThereIsAndWhatItNeeds() {
    String unknown = "wrong-token-of-nobody";
    JsonNode document = hub.ask(unknown, "GET", "/hub/api/openapi.json", "").json();
    assertThat(document.path("openapi").asString()).startsWith("3.");
    JsonNode paths = document.path("paths");
    assertThat(paths.path("/users/{user}").path("get").path("security").get(0).path("token").get(0))
        .hasToString("\"read:users\"");
    assertThat(paths.propertyNames()).contains("/shares/{user}/{server}", "/proxy");
    for (var path : paths.properties()) {
      String address = "/hub/api" + path.getKey().replaceAll("[{][a-z]+}", "x");
      for (var operation : path.getValue().properties()) {
        String method = operation.getKey().toUpperCase(Locale.ROOT);
        int status = hub.ask(unknown, method, address, "").status();
        if (operation.getValue().path("security").isEmpty()) {
          assertThat(status).as(method + " " + address).isNotEqualTo(405);
        } else {
          assertThat(status).as(method + " " + address).isEqualTo(403);
        }
      }
    }
  }

  @Test
  void programsThatAskForNothingGetNoPage() {
    var answer = hub.ask(admin, "GET", "/hub/api/nothing/here", "");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().path("status").asInt()).isEqualTo(404);
    assertThat(hub.ask(admin, "PUT", "/hub/api/users", "").status()).isEqualTo(405);
    assertThat(hub.ask(admin, "HEAD", "/hub/health", "").status()).isEqualTo(200);
  }
}
