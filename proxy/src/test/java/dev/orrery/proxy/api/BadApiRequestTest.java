package dev.orrery.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.proxy.api.RunningApi.Reply;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a hostile or broken client sends to the API: a definite answer, and nothing changes. */
class BadApiRequestTest {

  private static final String HEAD = "Authorization: token " + RunningApi.TOKEN + "\r\n";
  private static final int MAX_BODY = 1 << 20;

  private final RunningApi api = new RunningApi(false);

  @AfterEach
  void nothingHasChanged() {
    assertThat(api.ask("GET", "/api/routes", "").body()).isEqualTo("{}");
    api.close();
  }

  private static void onlyOurs() {
    assumeTrue(RunningApi.isOurs(), "the other one does this in another way: docs/differences.md");
  }

  @Test
  void bodyThatIsNoJsonIsRefused() {
    for (String body : new String[] {"", "{", "{\"target\": ", "nope", "{} {}", "\u0000"}) {
      Reply reply = api.ask("POST", "/api/routes/a", body);
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.body()).startsWith("Body not valid JSON: ");
    }
  }

  @Test
  void bodyWithoutTargetIsRefused() {
    String[] bodies = {
      "{}",
      "[]",
      "null",
      "1",
      "\"x\"",
      "true",
      "{\"target\": 1}",
      "{\"target\": null}",
      "{\"target\": {}}",
      "{\"Target\": \"http://127.0.0.1:1\"}",
    };
    for (String body : bodies) {
      Reply reply = api.ask("POST", "/api/routes/a", body);
      assertThat(reply.status()).as(body).isEqualTo(400);
      assertThat(reply.body()).isEqualTo("Must specify 'target' as string");
    }
  }

  @Test
  void targetThatIsNoAddressIsRefused() {
    onlyOurs();
    String[] targets = {
      "",
      "nonsense",
      "ftp://x",
      "http://",
      "http://x:99999",
      "unix+http://relative",
      "http://a b",
      "http://x\\r\\ny:1",
      "unix+http://%2Ftmp%00x",
      "unix+http://%zz",
      "javascript:alert(1)",
    };
    for (String target : targets) {
      Reply reply = api.ask("POST", "/api/routes/a", "{\"target\": \"" + target + "\"}");
      assertThat(reply.status()).as(target).isEqualTo(400);
      assertThat(reply.body()).as(target).isNotEmpty();
    }
  }

  @Test
  void deepJsonIsRefused() {
    onlyOurs();
    String deep =
        "{\"target\": \"http://127.0.0.1:1\", \"x\": "
            + "[".repeat(50_000)
            + "]".repeat(50_000)
            + "}";
    Reply reply = api.ask("POST", "/api/routes/a", deep);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).startsWith("Body not valid JSON: ");
  }

  @Test
  void largestBodyIsTaken() {
    String start = "{\"target\": \"http://127.0.0.1:1\", \"x\": \"";
    String body = start + "x".repeat(MAX_BODY - start.length() - 2) + "\"}";
    assertThat(api.ask("POST", "/api/routes/a", body).status()).isEqualTo(201);
    assertThat(api.ask("DELETE", "/api/routes/a", "").status()).isEqualTo(204);
  }

  @Test
  void largerBodyIsRefusedBeforeItComes() throws IOException {
    onlyOurs();
    try (var connection = api.connect()) {
      connection.send(
          "POST /api/routes/a HTTP/1.1\r\nHost: x\r\n"
              + HEAD
              + "Content-Length: "
              + (MAX_BODY + 1)
              + "\r\n\r\n");
      assertThat(connection.response().status()).isEqualTo(413);
      assertThat(connection.isEnded()).isTrue();
    }
  }

  @Test
  void largerBodyWithoutLengthIsRefusedOnTheWay() throws IOException {
    onlyOurs();
    try (var connection = api.connect()) {
      connection.send(
          "POST /api/routes/a HTTP/1.1\r\nHost: x\r\n"
              + HEAD
              + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      for (int i = 0; i < 16; i++) {
        connection.send(chunk);
      }
      connection.send("1\r\nx\r\n");
      assertThat(connection.response().status()).isEqualTo(413);
      assertThat(connection.isEnded()).isTrue();
    }
  }

  @Test
  void bodyOfAStrangerIsNotRead() throws IOException {
    onlyOurs();
    try (var connection = api.connect()) {
      connection.send(
          "POST /api/routes/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
      assertThat(connection.response().status()).isEqualTo(403);
      connection.send("x".repeat(70_000));
      assertThat(connection.isEnded()).isTrue();
    }
  }

  @Test
  void brokenEscapesAreRefused() {
    onlyOurs();
    for (String path : new String[] {"/%", "/%4", "/%zz", "/%ff", "/%c3", "/a%c3%28"}) {
      for (String method : new String[] {"GET", "POST", "DELETE"}) {
        Reply reply = api.ask(method, "/api/routes" + path, "{\"target\": \"http://127.0.0.1:1\"}");
        assertThat(reply.status()).as(method + " " + path).isEqualTo(400);
        assertThat(reply.body()).contains("percent");
      }
    }
  }

  @Test
  void repeatedHeadersAreRefused() {
    onlyOurs();
    assertThat(api.ask("GET", "/api/routes", HEAD + HEAD, "").status()).isEqualTo(400);
    assertThat(api.ask("GET", "/api/routes", HEAD + "Authorization: token other\r\n", "").status())
        .isEqualTo(400);
    assertThat(api.ask("GET", "/api/routes", "Host: other\r\n" + HEAD, "").status()).isEqualTo(400);
  }

  @Test
  void bodiesOfTwoLengthsAreRefused() {
    String two = "Content-Length: 1\r\n" + HEAD;
    assertThat(api.ask("POST", "/api/routes/a", two, "{}").status()).isEqualTo(400);
    String both = "Transfer-Encoding: chunked\r\n" + HEAD;
    assertThat(api.ask("POST", "/api/routes/a", both, "0\r\n\r\n").status()).isEqualTo(400);
  }

  @Test
  void brokenRequestsAreRefused() throws IOException {
    String[] requests = {
      "nonsense\r\n\r\n",
      "GET /api/routes HTTP/1.1\r\n" + HEAD + "\r\n",
      "GET /api/routes HTTP/1.1\r\nHost: x\r\n" + HEAD + "No colon\r\n\r\n",
      "GET /api/routes HTTP/1.1\r\nHost: x\r\n" + HEAD + "Bad : name\r\n\r\n",
      "GET /api/routes HTTP/1.1\r\nHost: x\r\n" + HEAD + "Nul: \u0000\r\n\r\n",
      "GET /api/routes HTTP/7.0\r\nHost: x\r\n" + HEAD + "\r\n",
      "POST /api/routes/a HTTP/1.1\r\nHost: x\r\n" + HEAD + "Content-Length: -1\r\n\r\n",
      "POST /api/routes/a HTTP/1.1\r\nHost: x\r\n"
          + HEAD
          + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    for (String request : requests) {
      try (var connection = api.connect()) {
        assertThat(connection.send(request).response().status()).as(request).isBetween(400, 505);
        assertThat(connection.isEnded()).as(request).isTrue();
      }
    }
  }

  @Test
  void longLinesAndHeadersAreRefused() {
    assertThat(api.ask("GET", "/api/routes/" + "x".repeat(20_000), "").status()).isIn(414, 431);
    assertThat(
            api.ask("GET", "/api/routes", HEAD + "X: " + "x".repeat(40_000) + "\r\n", "").status())
        .isEqualTo(431);
  }

  @Test
  void otherExpectationsAreNotMet() {
    assertThat(api.ask("POST", "/api/routes/a", HEAD + "Expect: 200-ok\r\n", "{}").status())
        .isEqualTo(417);
  }
}
