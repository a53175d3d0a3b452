package dev.orrery.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.proxy.api.RunningApi.Reply;
import dev.orrery.proxy.routes.Route;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What hubs and scripts ask the API for, over real sockets. */
class RouteApiTest {

  private static final String TARGET = "http://127.0.0.1:9999";

  private final RunningApi api = new RunningApi(false);

  @AfterEach
  void close() {
    api.close();
  }

  private static void onlyOurs() {
    assumeTrue(RunningApi.isOurs(), "the other one does this in another way: docs/differences.md");
  }

  private Reply add(String path, String data) {
    return api.ask("POST", "/api/routes" + path, data);
  }

  @Test
  void addedRouteIsTold() {
    String before = Instant.now().toString();
    Reply added = add("/user/ann", "{\"target\": \"" + TARGET + "\", \"user\": \"ann\"}");
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.body()).isEmpty();
    Reply one = api.ask("GET", "/api/routes/user/ann", "");
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.header("Content-Type")).isEqualTo("application/json");
    assertThat(one.body())
        .startsWith("{\"target\":\"" + TARGET + "\",\"user\":\"ann\",\"last_activity\":\"");
    assertThat(one.json().path("last_activity").stringValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z")
        .isGreaterThanOrEqualTo(before.substring(0, 19));
    Reply all = api.ask("GET", "/api/routes", "");
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.json().path("/user/ann")).isEqualTo(one.json());
    assertThat(api.ask("GET", "/api/routes/", "").json()).isEqualTo(all.json());
  }

  @Test
  void emptyTableIsAnEmptyObject() {
    Reply all = api.ask("GET", "/api/routes", "");
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.body()).isEqualTo("{}");
  }

  @Test
  void laterRouteOfAPathReplacesTheEarlierOne() {
    add("/a", "{\"target\": \"" + TARGET + "\", \"first\": true}");
    add("/a/", "{\"target\": \"http://127.0.0.1:1\"}");
    Reply all = api.ask("GET", "/api/routes", "");
    assertThat(all.json().size()).isEqualTo(1);
    assertThat(all.json().path("/a").path("target").stringValue()).isEqualTo("http://127.0.0.1:1");
    assertThat(all.json().path("/a").has("first")).isFalse();
  }

  @Test
  void rootRouteHasTwoAddresses() {
    assertThat(add("", "{\"target\": \"" + TARGET + "\"}").status()).isEqualTo(201);
    assertThat(api.ask("GET", "/api/routes", "").json().has("/")).isTrue();
    assertThat(add("/", "{\"target\": \"" + TARGET + "\"}").status()).isEqualTo(201);
    assertThat(api.ask("DELETE", "/api/routes/", "").status()).isEqualTo(204);
    assertThat(api.ask("GET", "/api/routes", "").body()).isEqualTo("{}");
  }

  @Test
  void rootRouteIsDeletedAtTheBareAddressToo() {
    onlyOurs();
    add("", "{\"target\": \"" + TARGET + "\"}");
    assertThat(api.ask("DELETE", "/api/routes", "").status()).isEqualTo(204);
  }

  @Test
  void deletedRouteIsGone() {
    add("/a", "{\"target\": \"" + TARGET + "\"}");
    Reply deleted = api.ask("DELETE", "/api/routes/a", "");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    Reply again = api.ask("DELETE", "/api/routes/a", "");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.body()).isEmpty();
    Reply got = api.ask("GET", "/api/routes/a", "");
    assertThat(got.status()).isEqualTo(404);
    assertThat(got.body()).isEmpty();
  }

  @Test
  void pathsAreDecoded() {
    add("/user/a%40b%20c%C3%A9", "{\"target\": \"" + TARGET + "\"}");
    assertThat(api.ask("GET", "/api/routes", "").json().propertyNames())
        .containsExactly("/user/a@b cé");
    assertThat(api.ask("GET", "/api/routes/user/a@b%20c%c3%a9", "").status()).isEqualTo(200);
    assertThat(api.ask("DELETE", "/api/routes/user/a%40b%20c%C3%A9", "").status()).isEqualTo(204);
  }

  @Test
  void furtherDataIsKeptAsWritten() {
    String data =
        "{\"target\":\""
            + TARGET
            + "\",\"hub\":true,\"jupyterhub\":{\"list\":[1,2.5,null,\"é\"]},\"n\":0.1}";
    add("/a", data);
    assertThat(api.ask("GET", "/api/routes/a", "").body())
        .startsWith(data.substring(0, data.length() - 1));
  }

  @Test
  void numbersAreKeptAsWritten() {
    onlyOurs();
    add("/a", "{\"target\":\"" + TARGET + "\",\"n\":1.10,\"big\":12345678901234567890123}");
    assertThat(api.ask("GET", "/api/routes/a", "").body())
        .contains("\"n\":1.10,\"big\":12345678901234567890123");
  }

  @Test
  void activityOfThePastIsOurs() {
    add("/a", "{\"target\":\"" + TARGET + "\",\"last_activity\":\"2001-01-01T00:00:00.000Z\"}");
    assertThat(api.ask("GET", "/api/routes/a", "").body()).doesNotContain("2001");
  }

  @Test
  void activityChangesNothingElseOfARoute() {
    onlyOurs();
    add("/a", "{\"target\":\"" + TARGET + "\",\"user\":\"ann\"}");
    api.routes.get("/a").orElseThrow().active(Instant.parse("2100-01-01T00:00:00Z").toEpochMilli());
    assertThat(api.ask("GET", "/api/routes/a", "").body())
        .isEqualTo(
            "{\"target\":\""
                + TARGET
                + "\",\"user\":\"ann\",\"last_activity\":\"2100-01-01T00:00:00.000Z\"}");
  }

  @Test
  void inactiveRoutesAreListed() {
    add("/a", "{\"target\": \"" + TARGET + "\"}");
    for (String name : new String[] {"inactiveSince", "inactive_since"}) {
      assertThat(inactive(name + "=2100-01-01T00:00:00.000Z")).isEqualTo(1);
      assertThat(inactive(name + "=2100-01-01T00:00:00.123456")).isEqualTo(1);
      assertThat(inactive(name + "=2100-01-01T00%3A00%3A00%2B00%3A00")).isEqualTo(1);
      assertThat(inactive(name + "=2100-01-01")).isEqualTo(1);
      assertThat(inactive(name + "=2001-01-01T00:00:00.000Z")).isZero();
      assertThat(inactive(name + "=")).isEqualTo(1);
    }
    assertThat(inactive("inactiveSince=2001-01-01&inactive_since=2100-01-01")).isZero();
  }

  @Test
  void plusOfAZoneMayComeUnencoded() {
    onlyOurs();
    add("/a", "{\"target\": \"" + TARGET + "\"}");
    assertThat(inactive("inactive_since=2100-01-01T00:00:00+00:00")).isEqualTo(1);
  }

  private int inactive(String query) {
    Reply reply = api.ask("GET", "/api/routes?" + query, "");
    assertThat(reply.status()).as(query).isEqualTo(200);
    return reply.json().size();
  }

  @Test
  void onlyRoutesWithoutActivitySinceThenAreListed() {
    onlyOurs();
    add("/old", "{\"target\": \"" + TARGET + "\"}");
    Route busy = api.routes.get("/old").orElseThrow();
    add("/new", "{\"target\": \"" + TARGET + "\"}");
    api.routes.get("/new").orElseThrow().active(busy.lastActivity().toEpochMilli() + 60_000);
    Reply reply =
        api.ask("GET", "/api/routes?inactiveSince=" + busy.lastActivity().plusSeconds(30), "");
    assertThat(reply.json().propertyNames()).containsExactly("/old");
  }

  @Test
  void dateThatIsNoneIsRefused() {
    Reply reply = api.ask("GET", "/api/routes?inactiveSince=endoftheuniverse", "");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).isEqualTo("Invalid datestamp 'endoftheuniverse' must be ISO8601.");
  }

  @Test
  void otherMethodsAreRefused() {
    for (String method : new String[] {"PUT", "PATCH", "OPTIONS"}) {
      Reply reply = api.ask(method, "/api/routes/a", "Content-Length: 0\r\n", "");
      assertThat(reply.status()).isEqualTo(405);
      assertThat(reply.body()).isEqualTo("Method not supported");
    }
    assertThat(api.ask("HEAD", "/api/routes", "").status()).isEqualTo(405);
  }

  @Test
  void otherAddressesAreNotFound() {
    for (String path : new String[] {"/", "/api", "/api/routesx", "/api/", "/API/routes", "*"}) {
      Reply reply = api.ask("GET", path, "");
      assertThat(reply.status()).as(path).isEqualTo(404);
      assertThat(reply.body()).isEqualTo("Not Found");
    }
  }

  @Test
  void dotsInAnAddressAreResolved() {
    add("/a", "{\"target\": \"" + TARGET + "\"}");
    assertThat(api.ask("GET", "/api/routes/x/../a", "").status()).isEqualTo(200);
    assertThat(api.ask("GET", "/api/routes/../../etc", "").status()).isEqualTo(404);
    assertThat(api.ask("GET", "http://other/api/routes/a", "").status()).isEqualTo(200);
  }

  @Test
  void wrongTokenIsForbidden() {
    String[] headers = {
      "",
      "Authorization: token wrong\r\n",
      "Authorization: token\r\n",
      "Authorization: Bearer " + RunningApi.TOKEN + "\r\n",
      "Authorization: token " + RunningApi.TOKEN + "x\r\n",
      "Authorization: Token " + RunningApi.TOKEN + "\r\n",
      "Authorization: token é\r\n",
    };
    for (String header : headers) {
      for (String method : new String[] {"GET", "DELETE"}) {
        Reply reply = api.ask(method, "/api/routes/a", header, "");
        assertThat(reply.status()).as(header).isEqualTo(403);
        assertThat(reply.body()).isEmpty();
      }
      Reply reply = api.ask("POST", "/api/routes/a", header, "{\"target\": \"" + TARGET + "\"}");
      assertThat(reply.status()).as(header).isEqualTo(403);
    }
    assertThat(api.ask("GET", "/api/routes", "").body()).isEqualTo("{}");
  }

  @Test
  void spacesBeforeATokenDoNotMatter() {
    String header = "authorization:   token \t " + RunningApi.TOKEN + "  \r\n";
    assertThat(api.ask("GET", "/api/routes", header, "").status()).isEqualTo(200);
  }

  @Test
  void connectionServesManyRequests() throws IOException {
    try (var connection = api.connect()) {
      String head = "Authorization: token " + RunningApi.TOKEN + "\r\n";
      for (int i = 0; i < 3; i++) {
        String body = "{\"target\": \"" + TARGET + "\"}";
        assertThat(
                connection
                    .send(RunningApi.request("POST", "/api/routes/" + i, head, body))
                    .response()
                    .status())
            .isEqualTo(201);
        assertThat(
                connection
                    .send(RunningApi.request("GET", "/api/routes/" + i, "", ""))
                    .response()
                    .status())
            .isEqualTo(403);
      }
      var all =
          new Reply(connection.send(RunningApi.request("GET", "/api/routes", head, "")).response());
      assertThat(all.json().size()).isEqualTo(3);
    }
  }

  @Test
  void requestsSentAtOnceAreServedInOrder() throws IOException {
    onlyOurs();
    String head = "Authorization: token " + RunningApi.TOKEN + "\r\n";
    String body = "{\"target\": \"" + TARGET + "\"}";
    try (var connection = api.connect()) {
      connection.send(
          RunningApi.request("POST", "/api/routes/a", head, body)
              + RunningApi.request("GET", "/api/routes/a", head, "")
              + RunningApi.request("DELETE", "/api/routes/a", head, "")
              + RunningApi.request("GET", "/api/routes/a", head, ""));
      assertThat(connection.response().status()).isEqualTo(201);
      assertThat(connection.response().status()).isEqualTo(200);
      assertThat(connection.response().status()).isEqualTo(204);
      assertThat(connection.response().status()).isEqualTo(404);
    }
  }

  @Test
  void clientThatEndsItsHalfGetsItsAnswer() throws IOException {
    String head = "Authorization: token " + RunningApi.TOKEN + "\r\n";
    String body = "{\"target\": \"" + TARGET + "\"}";
    try (var connection = api.connect()) {
      connection.send(RunningApi.request("POST", "/api/routes/a", head, body)).end();
      assertThat(connection.response().status()).isEqualTo(201);
      assertThat(connection.isEnded()).isTrue();
    }
  }

  @Test
  void chunkedBodyAndGoAheadAreUnderstood() throws IOException {
    String head =
        "POST /api/routes/a HTTP/1.1\r\nHost: x\r\nAuthorization: token "
            + RunningApi.TOKEN
            + "\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (var connection = api.connect()) {
      assertThat(connection.send(head).response().status()).isEqualTo(100);
      String body = "{\"target\": \"" + TARGET + "\"}";
      connection.send("5\r\n" + body.substring(0, 5) + "\r\n");
      connection.send(
          Integer.toHexString(body.length() - 5) + "\r\n" + body.substring(5) + "\r\n0\r\n\r\n");
      assertThat(connection.response().status()).isEqualTo(201);
    }
  }

  @Test
  void connectionOfAnOldClientIsClosed() throws IOException {
    try (var connection = api.connect()) {
      connection.send("GET /api/routes HTTP/1.0\r\nAuthorization: token secret-token\r\n\r\n");
      assertThat(connection.response().status()).isEqualTo(200);
      assertThat(connection.isEnded()).isTrue();
    }
  }

  @Test
  void answersAreCounted() {
    onlyOurs();
    add("/a", "{\"target\": \"" + TARGET + "\"}");
    api.ask("GET", "/api/routes", "");
    api.ask("GET", "/api/routes/a", "");
    api.ask("DELETE", "/api/routes/a", "");
    api.ask("DELETE", "/api/routes/a", "");
    assertThat(api.metrics.text())
        .contains("api_route_get 1\n", "api_route_add 1\n", "api_route_delete 2\n")
        .contains("requests_api{status=\"201\"} 1\n", "requests_api{status=\"200\"} 2\n")
        .contains("requests_api{status=\"204\"} 1\n", "requests_api{status=\"404\"} 1\n");
  }

  @Test
  void hostIsAddedToRoutesOfHosts() {
    onlyOurs();
    try (var byHost = new RunningApi(true)) {
      String data = "{\"target\": \"" + TARGET + "\"}";
      byHost.ask("POST", "/api/routes/example.org/user", data);
      byHost.ask("POST", "/api/routes/", data);
      var all = byHost.ask("GET", "/api/routes", "").json();
      assertThat(all.path("/example.org/user").path("host").asString()).isEqualTo("example.org");
      assertThat(all.path("/").has("host")).isFalse();
    }
  }
}
