package dev.orrery.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.proxy.api.RunningApi.Reply;
import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.routes.Route;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a hub asks of one of several proxies. */
class ReplicaApiTest {

  private final RunningApi api = new RunningApi(false);

  @BeforeEach
  void onlyOurs() {
    assumeTrue(RunningApi.isOurs(), "platform: configurable-http-proxy knows no replicas");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private static String target(int port) {
    return "{\"target\": \"http://127.0.0.1:" + port + "\"}";
  }

  @Test
  void aNewOneIsNotReadyUntilItHasAllRoutes() {
    Reply before = api.ask("GET", "/api/replica", "");
    assertThat(before.status()).isEqualTo(200);
    assertThat(before.json().path("ready").booleanValue()).isFalse();
    assertThat(before.json().has("filled")).isFalse();
    assertThat(before.header("X-Orrery-Ready")).isEqualTo("false");

    assertThat(api.ask("POST", "/api/routes/one", target(1)).header("X-Orrery-Ready"))
        .isEqualTo("false");
    assertThat(api.replica.isReady()).isFalse();

    Reply put = api.ask("PUT", "/api/routes", "{\"/two\": " + target(2) + "}");
    assertThat(put.status()).isEqualTo(200);
    assertThat(put.body()).isEqualTo("{\"added\":1,\"changed\":0,\"removed\":1}");
    assertThat(put.header("X-Orrery-Ready")).isEqualTo("true");

    Reply after = api.ask("GET", "/api/replica", "");
    assertThat(after.json().path("ready").booleanValue()).isTrue();
    assertThat(after.json().path("routes").intValue()).isEqualTo(1);
    assertThat(after.json().path("filled").isString()).isTrue();
    assertThat(after.json().path("instance")).isEqualTo(before.json().path("instance"));
    assertThat(after.header("X-Orrery-Instance")).isEqualTo(api.replica.instance());
  }

  @Test
  void anotherStartIsAnotherInstance() {
    try (var other = new RunningApi(false)) {
      assertThat(other.ask("GET", "/api/routes", "").header("X-Orrery-Instance"))
          .isNotEmpty()
          .isNotEqualTo(api.ask("GET", "/api/routes", "").header("X-Orrery-Instance"));
    }
  }

  @Test
  void routesThatStayKeepWhatIsKnownOfThem() {
    var data = JsonNodeFactory.instance.objectNode();
    data.put("target", "http://127.0.0.1:1");
    api.ask("POST", "/api/routes/same", data.toString());
    api.ask("POST", "/api/routes/other", target(2));
    Route same = api.routes.get("/same").orElseThrow();
    Route other = api.routes.get("/other").orElseThrow();
    Reply put =
        api.ask("PUT", "/api/routes", "{\"/same/\": " + data + ", \"/other\": " + target(3) + "}");
    assertThat(put.body()).isEqualTo("{\"added\":0,\"changed\":1,\"removed\":0}");
    assertThat(api.routes.get("/same")).containsSame(same);
    assertThat(api.routes.get("/other").orElseThrow().target().port()).isEqualTo(3);
    assertThat(api.routes.get("/other").orElseThrow().traffic()).isSameAs(other.traffic());
  }

  @Test
  void oneBadRouteLeavesTheTableAsItWas() {
    api.ask("POST", "/api/routes/one", target(1));
    for (Map.Entry<String, String> bad :
        Map.of(
                "[]", "An object is expected",
                "{\"/a\": {}}", "Route '/a': Must specify 'target'",
                "{\"/b\": {\"target\": \"ftp://x\"}}", "Route '/b': 'ftp://x' is no target",
                "{\"/c\": 1}", "Route '/c'",
                "{", "Body not valid JSON")
            .entrySet()) {
      Reply put = api.ask("PUT", "/api/routes", bad.getKey());
      assertThat(put.status()).isEqualTo(400);
      assertThat(put.body()).startsWith(bad.getValue());
    }
    assertThat(api.routes.size()).isEqualTo(1);
    assertThat(api.replica.isReady()).isFalse();
  }

  @Test
  void allRoutesArePutInOnePlaceAlone() {
    assertThat(api.ask("PUT", "/api/routes/one", target(1)).status()).isEqualTo(405);
    assertThat(api.ask("POST", "/api/replica", "{}").status()).isEqualTo(405);
    assertThat(api.ask("GET", "/api/replica/x", "").status()).isEqualTo(404);
    assertThat(api.ask("GET", "/api/replica", "", "").status()).isEqualTo(403);
    assertThat(api.ask("GET", "/api/traffic", "", "").status()).isEqualTo(403);
  }

  @Test
  void aTableMayBeLargerThanARoute() {
    var all = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < 20_000; i++) {
      all.set(
          "/user/somebody-" + i,
          JsonNodeFactory.instance
              .objectNode()
              .put("target", "http://10.0.0.1:8888")
              .put("user", "somebody-" + i));
    }
    Reply put = api.ask("PUT", "/api/routes", all.toString());
    assertThat(put.body()).isEqualTo("{\"added\":20000,\"changed\":0,\"removed\":0}");
    assertThat(api.routes.size()).isEqualTo(20_000);
  }

  @Test
  void trafficOfEachRouteIsTold() {
    api.ask("POST", "/api/routes/one", target(1));
    Route one = api.routes.get("/one").orElseThrow();
    assertThat(one.traffic().open(Limits.defaults())).isTrue();
    one.traffic().received(7);
    one.traffic().sent(9);
    one.traffic().becameTunnel();
    Reply told = api.ask("GET", "/api/traffic", "");
    assertThat(told.body())
        .isEqualTo(
            "{\"/one\":{\"requests\":1,\"failures\":0,\"refusals\":0,\"received\":7,\"sent\":9,"
                + "\"open\":1,\"tunnels\":1}}");
    one.traffic().closed(true, true);
    assertThat(api.ask("GET", "/api/traffic", "").body())
        .contains("\"failures\":1", "\"open\":0,\"tunnels\":0");
  }
}
