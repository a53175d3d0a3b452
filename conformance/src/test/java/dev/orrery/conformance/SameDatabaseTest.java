package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Stop JupyterHub, start our hub on the same folder, and back: nobody notices. */
@Tag("hub")
class SameDatabaseTest {

  private static final Duration SPAWN = Duration.ofSeconds(60);
  private static final String USERS = "/hub/api/users?include_stopped_servers=1";

  /** What changes by being looked at, or by a hub that goes. */
  private static final Set<String> MOVING = Set.of("last_activity", "pid");

  @Test
  void hubsTakeTurnsOnOneDatabase() {
    try (var hub = new EitherHub()) {
      hub.startReal();
      hub.ask("POST", "/hub/api/users", "{\"usernames\":[\"anna\",\"bob\",\"c d\"]}");
      hub.ask("POST", "/hub/api/groups/class/users", "{\"users\":[\"anna\",\"bob\"]}");
      hub.ask("PUT", "/hub/api/groups/class/properties", "{\"room\":\"4\",\"seats\":[1,2]}");
      hub.ask("PUT", "/hub/api/users/anna/servers/gpu", "{\"display_name\":\"The GPU one\"}");
      String token =
          hub.ask(
                  "POST",
                  "/hub/api/users/anna/tokens",
                  "{\"note\":\"mine\",\"scopes\":[\"read:users!user\"],\"expires_in\":86400}")
              .path("token")
              .asString();
      try (var anna = HubSession.logIn(hub.origin(), "anna")) {
        anna.get("/hub/spawn");
        Eventually.holds("the server is ready", SPAWN, () -> ready(hub), hub::output);
        assertThat(anna.get("/user/anna/lab").uri().getPath()).isEqualTo("/user/anna/lab");
        String kernel = anna.json("POST", "/user/anna/api/kernels", "{}").path("id").asString();
        JsonNode before = everything(hub);
        hub.stop();

        hub.startOurs();
        assertThat(everything(hub)).as("what our hub finds").isEqualTo(before);
        staysIn(hub, anna, token, kernel);
        hub.ask("POST", "/hub/api/users", "{\"usernames\":[\"zoe\"]}");
        hub.ask("POST", "/hub/api/groups", "{\"groups\":[\"late\"]}");
        hub.ask("PUT", "/hub/api/users/bob/servers/cpu", "{\"user_options\":{\"size\":3}}");
        String ours =
            hub.ask("POST", "/hub/api/users/zoe/tokens", "{\"note\":\"of ours\"}")
                .path("token")
                .asString();
        JsonNode after = everything(hub);
        hub.stop();

        hub.startReal();
        assertThat(everything(hub)).as("what JupyterHub finds").isEqualTo(after);
        staysIn(hub, anna, token, kernel);
        assertThat(hub.ask(ours, "GET", "/hub/api/user", "").path("name").asString())
            .as("a token of ours at JupyterHub")
            .isEqualTo("zoe");
      }
    }
  }

  @Test
  void bothMakeTheSameTables() {
    JsonNode real;
    try (var hub = new EitherHub()) {
      hub.startReal();
      real = tables(hub);
    }
    try (var hub = new EitherHub()) {
      hub.startOurs();
      assertThat(tables(hub)).isEqualTo(real);
    }
  }

  /** But that of nativeauthenticator, which is made wherever its package is there, used or not. */
  private static JsonNode tables(EitherHub hub) {
    JsonNode schema = HubApiCalls.JSON.readTree(hub.schema());
    ((ObjectNode) schema.path("tables")).remove("users_info");
    return schema;
  }

  /** A person who is logged in, a program with a token, and a kernel at work do not notice. */
  private static void staysIn(EitherHub hub, HubSession anna, String token, String kernel) {
    var home = anna.get("/hub/home");
    assertThat(home.uri().getPath()).as("still logged in").isEqualTo("/hub/home");
    assertThat(home.body()).contains("anna");
    assertThat(hub.ask(token, "GET", "/hub/api/user", "").path("name").asString())
        .isEqualTo("anna");
    assertThat(ready(hub)).isTrue();
    assertThat(anna.json("GET", "/user/anna/api/kernels/" + kernel, "").path("id").asString())
        .as("the server that ran on, with its kernel")
        .isEqualTo(kernel);
  }

  private static boolean ready(EitherHub hub) {
    JsonNode server = hub.ask("GET", "/hub/api/users/anna", "").path("servers").path("");
    return server.path("ready").asBoolean(false);
  }

  private static JsonNode everything(EitherHub hub) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    for (String path :
        List.of(
            USERS,
            "/hub/api/groups",
            "/hub/api/services",
            "/hub/api/users/anna/tokens",
            "/hub/api/users/bob")) {
      JsonNode answer = hub.ask("GET", path, "");
      still(answer);
      all.set(path, answer);
    }
    return all;
  }

  /** Takes out what moves, and puts in order what has none. */
  private static void still(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(MOVING);
      // Nothing is an empty object where JupyterHub has a server in memory, and null where not.
      for (String name : List.of("state", "user_options")) {
        if (object.has(name) && object.path(name).isNull()) {
          object.putObject(name);
        }
      }
      // JupyterHub makes the record of a default server by itself, ours when somebody asks for it.
      if (object.path("servers") instanceof ObjectNode servers
          && servers.path("").path("stopped").asBoolean(false)) {
        servers.remove("");
      }
      // Of all names one gives a list, another a set.
      for (String name : List.of("roles", "groups", "users", "scopes")) {
        if (object.path(name) instanceof ArrayNode array) {
          List<String> sorted = array.valueStream().map(JsonNode::asString).sorted().toList();
          array.removeAll();
          sorted.forEach(array::add);
        }
      }
    }
    node.forEach(SameDatabaseTest::still);
  }
}
