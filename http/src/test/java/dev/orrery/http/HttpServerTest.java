package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server does with requests on a real socket, polite and other ones. */
class HttpServerTest {

  private final CountDownLatch slowStarted = new CountDownLatch(1);
  private final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private final CountDownLatch ignored = new CountDownLatch(1);
  private TestServer server = start();

  private TestServer start() {
    try {
      return new TestServer(
          new Routes()
              .add(Routes.Kind.API, "GET", "/hello", e -> text(e, "hello"))
              .add(Routes.Kind.API, "HEAD", "/hello", e -> text(e, "hello"))
              .add(Routes.Kind.API, "GET", "/slow", this::slow)
              .add(Routes.Kind.API, "GET", "/name/{name}", e -> text(e, e.parameter("name")))
              .add(Routes.Kind.API, "GET", "/rest/{rest*}", e -> text(e, e.parameter("rest")))
              .add(
                  Routes.Kind.API,
                  "GET",
                  "/query",
                  e -> text(e, e.query("a").orElse("none") + "|" + e.rawQuery()))
              .add(
                  Routes.Kind.API,
                  "POST",
                  "/echo",
                  e -> e.send(200, "application/octet-stream", e.bodyBytes()))
              .add(Routes.Kind.API, "POST", "/ignore", this::ignore)
              .add(Routes.Kind.API, "POST", "/json", e -> e.sendJson(200, e.jsonObject()))
              .add(Routes.Kind.API, "GET", "/fault", HttpServerTest::fault)
              .add(Routes.Kind.PAGE, "GET", "/fault/page", HttpServerTest::fault)
              .add(Routes.Kind.API, "GET", "/broken", HttpServerTest::broken)
              .add(Routes.Kind.API, "GET", "/silent", _ -> {})
              .add(Routes.Kind.API, "GET", "/io", HttpServerTest::ioFault)
              .add(Routes.Kind.API, "GET", "/deep", e -> deep(e, 0))
              .add(Routes.Kind.API, "GET", "/large", _ -> large())
              .add(Routes.Kind.API, "GET", "/stream", HttpServerTest::stream)
              .add(
                  Routes.Kind.API,
                  "GET",
                  "/cookies",
                  e -> {
                    e.addCookie("plain", "abc|def", "Path=/").addCookie("odd", "a b", "Path=/");
                    text(e, e.cookie("in").orElse("none"));
                  })
              .add(
                  Routes.Kind.API,
                  "GET",
                  "/refused",
                  _ -> {
                    throw new HttpException(409, "No \"way\"", "taken");
                  }));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void nothingWaits() {
    assertThat(slowStarted.getCount()).isOne();
  }

  @AfterEach
  void stop() {
    slowMayEnd.countDown();
    server.close();
  }

  private static void text(Exchange exchange, String text) {
    exchange.send(200, "text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private void slow(Exchange exchange) throws IOException {
    slowStarted.countDown();
    try {
      assertThat(slowMayEnd.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    text(exchange, "slow");
  }

  private void ignore(Exchange exchange) {
    exchange.sendEmpty(204);
    ignored.countDown();
  }

  private static void fault(Exchange exchange) {
    throw new IllegalStateException("secret detail of " + exchange.route());
  }

  private static void ioFault(Exchange exchange) throws IOException {
    throw new IOException("disk secret of " + exchange.route());
  }

  private static int deep(Exchange exchange, int level) {
    return level < 0 ? 0 : deep(exchange, level + 1) + 1;
  }

  private static void broken(Exchange exchange) throws IOException {
    exchange.set("Content-Length", "100000");
    try (OutputStream out = exchange.stream(200, "text/plain")) {
      out.write(new byte[50_000]);
      throw new IllegalStateException("in the middle");
    }
  }

  private static void stream(Exchange exchange) throws IOException {
    try (OutputStream out = exchange.stream(200, "text/plain")) {
      for (int i = 0; i < 1_000; i++) {
        out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void oneConnectionCarriesManyRequests() throws IOException {
    try (RawHttp http = server.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");
        assertThat(http.request("GET", "/nope").answer().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrder() throws Exception {
    try (RawHttp http = server.connect()) {
      http.request("GET", "/slow").request("GET", "/name/second").request("GET", "/hello");
      assertThat(slowStarted.await(20, TimeUnit.SECONDS)).isTrue();
      slowMayEnd.countDown();
      assertThat(http.answer().body()).isEqualTo("slow");
      assertThat(http.answer().body()).isEqualTo("second");
      assertThat(http.answer().body()).isEqualTo("hello");
    }
  }

  @Test
  void aRequestThatCouldBeReadInTwoWaysIsRefusedAndTheConnectionClosed() throws IOException {
    for (String request :
        List.of(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nX-A: b\r\n  folded\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
            "GET /hello HTTP/1.1\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /hello HTTP/1.1\nHost: a\n\n",
            "GET /hello HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n",
            "GET /hello\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")) {
      try (RawHttp http = server.connect()) {
        RawHttp.Answer answer = http.send(request).answer();
        assertThat(answer.status()).as(request).isIn(400, 505, 501);
        assertThat(http.isClosedByPeer()).as(request).isTrue();
        assertThat(answer.body()).as(request).doesNotContain("jetty").doesNotContain("Exception");
      }
    }
  }

  @Test
  void headersOfAnySizeThatHubsSendAreTakenAndLargerOnesRefused() throws IOException {
    String cookie = "Cookie: in=" + "c".repeat(50_000);
    assertThat(server.ask("GET", "/cookies", cookie).body()).hasSize(50_000);
    RawHttp.Answer answer = server.ask("GET", "/hello", "X-Big: " + "x".repeat(70_000));
    assertThat(answer.status()).isEqualTo(431);
    assertThat(Json.parse(answer.bytes()).path("message").asString()).contains("65536");
    assertThat(server.ask("GET", "/" + "x".repeat(70_000)).status()).isIn(414, 431);
  }

  @Test
  void aBodyAnnouncedAsTooLargeIsRefused() throws IOException {
    try (RawHttp http = server.connect()) {
      http.request("POST", "/echo", "Content-Length: " + (TestServer.MAX_BODY + 1));
      RawHttp.Answer answer = http.answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(Json.parse(answer.bytes()).path("message").asString()).contains("max_body_size");
    }
  }

  @Test
  void aBodyThatTurnsOutTooLargeIsRefused() throws IOException {
    try (RawHttp http = server.connect()) {
      http.request("POST", "/echo", "Transfer-Encoding: chunked");
      for (int i = 0; i < 11; i++) {
        http.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
      }
      assertThat(http.send("0\r\n\r\n").answer().status()).isEqualTo(413);
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws IOException {
    int size = (int) TestServer.MAX_BODY;
    try (RawHttp http = server.connect()) {
      http.request("POST", "/echo", "Content-Length: " + size).send(new byte[size]);
      assertThat(http.answer().bytes()).hasSize(size);
      http.request("POST", "/echo", "Transfer-Encoding: chunked");
      http.send("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
      assertThat(http.answer().body()).isEqualTo("abcd");
    }
  }

  @Test
  void aBodyNobodyReadDoesNotBecomeTheNextRequest() throws IOException {
    try (RawHttp http = server.connect()) {
      http.request("POST", "/ignore", "Content-Length: 5").send("GET /");
      assertThat(http.answer().status()).isEqualTo(204);
      assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");
    }
  }

  @Test
  void aBodyThatNobodyWantedMayComeLateAndTheConnectionGoesOn() throws Exception {
    try (RawHttp http = server.connect()) {
      http.request("POST", "/ignore", "Content-Length: 5");
      // As a proxy sends it that passes on head and body as they come. Whoever answers in between
      // has answered by now.
      assertThat(ignored.await(300, TimeUnit.MILLISECONDS)).isFalse();
      RawHttp.Answer answer = http.send("GET /").answer();
      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("Connection")).isEmpty();
      assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");

      http.request("POST", "/nope", "Transfer-Encoding: chunked").send("2\r\nab\r\n");
      assertThat(http.send("0\r\n\r\n").answer().status()).isEqualTo(404);
      assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");
    }
  }

  @Test
  void whoIsRefusedBeforeALongBodyIsToldThatTheConnectionEnds() throws IOException {
    for (String header :
        List.of("Content-Length: 99000", "Content-Length: 2\r\nExpect: 100-continue")) {
      try (RawHttp http = server.connect()) {
        RawHttp.Answer answer = http.request("POST", "/nope", header).answer();
        assertThat(answer.status()).as(header).isEqualTo(404);
        assertThat(answer.header("Connection")).as(header).hasValue("close");
        assertThat(http.isClosedByPeer()).as(header).isTrue();
      }
    }
  }

  @Test
  void anUploaderThatWaitsForPermissionGetsIt() throws IOException {
    try (RawHttp http = server.connect()) {
      http.request("POST", "/echo", "Content-Length: 2", "Expect: 100-continue");
      assertThat(http.answer().status()).isEqualTo(100);
      assertThat(http.send("hi").answer().body()).isEqualTo("hi");
    }
  }

  @Test
  void headIsAnsweredWithTheHeadersOfGetAlone() throws IOException {
    try (RawHttp http = server.connect()) {
      RawHttp.Answer head = http.request("HEAD", "/hello").answerWithoutBody();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("Content-Length")).hasValue("5");
      assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");
    }
  }

  @Test
  void anAnswerAfterWhichTheConnectionEndsSaysSo() throws IOException {
    for (String request :
        List.of(
            "GET /name/a%00 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")) {
      try (RawHttp http = server.connect()) {
        RawHttp.Answer answer = http.send(request).answer();
        assertThat(answer.status()).as(request).isEqualTo(400);
        // A client that is not told sends its next request into the closing connection.
        assertThat(answer.header("Connection")).as(request).hasValue("close");
        assertThat(http.isClosedByPeer()).as(request).isTrue();
      }
    }
  }

  @Test
  void pathsAreCutBeforeTheyAreDecoded() throws IOException {
    assertThat(server.ask("GET", "/name/a%20b%C3%BC").body()).isEqualTo("a bü");
    assertThat(server.ask("GET", "/name/a%2Fb").status()).isEqualTo(404);
    assertThat(server.ask("GET", "/name/..").status()).isEqualTo(404);
    assertThat(server.ask("GET", "/hello/../hello").status()).isEqualTo(404);
    assertThat(server.ask("GET", "/name/%2e%2e").status()).isEqualTo(404);
    assertThat(server.ask("GET", "/name/a%00").status()).isIn(400, 404);
    assertThat(server.ask("GET", "/name/%zz").status()).isEqualTo(400);
    assertThat(server.ask("GET", "/name/%ff").status()).isEqualTo(400);
    assertThat(server.ask("GET", "/name/a;b=c").body()).isEqualTo("a;b=c");
    assertThat(server.ask("GET", "/name/a%3Bb").body()).isEqualTo("a;b");
    assertThat(server.ask("GET", "/name/a%25").body()).isEqualTo("a%");
    assertThat(server.ask("GET", "/name/a\\b").body()).isEqualTo("a\\b");
  }

  @Test
  void slashesAreNotFolded() throws IOException {
    assertThat(server.ask("GET", "//hello").status()).isEqualTo(404);
    assertThat(server.ask("GET", "/rest//a//b/").body()).isEqualTo("/a//b/");
    assertThat(server.ask("GET", "/name/").status()).isEqualTo(404);
  }

  @Test
  void queriesMayHoldBareFields() throws IOException {
    assertThat(server.ask("GET", "/query?1738320000000&a=%C3%BC+b&a=c").body()).startsWith("ü b|");
    assertThat(server.ask("GET", "/query?a").body()).isEqualTo("|a");
    assertThat(server.ask("GET", "/query").body()).isEqualTo("none|");
    assertThat(server.ask("GET", "/query?a=%zz").status()).isEqualTo(400);
  }

  @Test
  void aFaultIsToldWithoutItsInsides() throws IOException {
    for (String path : List.of("/fault", "/silent", "/io", "/deep")) {
      RawHttp.Answer answer = server.ask("GET", path);
      assertThat(answer.status()).as(path).isEqualTo(500);
      assertThat(answer.body())
          .as(path)
          .isEqualTo("{\"message\":\"Unhandled error\",\"reason\":null,\"traceback\":\"\"}");
    }
    RawHttp.Answer page = server.ask("GET", "/fault/page");
    assertThat(page.status()).isEqualTo(500);
    assertThat(page.body()).isEqualTo("<p>500: Unhandled error</p>");
  }

  @Test
  void whatNeedsMoreMemoryThanThereIsIsToldAndNothingElseDisturbed() throws IOException {
    RawHttp.Answer answer = server.ask("GET", "/large");
    assertThat(answer.status()).isEqualTo(507);
    assertThat(answer.body()).contains("more memory than the server has", "-Xmx");
    assertThat(server.ask("GET", "/io").status()).isEqualTo(500);
  }

  private static void large() {
    // More than any array can have is refused as what does not fit into the heap is.
    byte[][] all = new byte[Integer.MAX_VALUE][];
    throw new IllegalStateException("There was room for " + all.length);
  }

  @Test
  void aFaultInTheMiddleOfAnAnswerBreaksTheConnection() throws IOException {
    try (RawHttp http = server.connect()) {
      RawHttp.Answer answer = http.request("GET", "/broken").answer();
      assertThat(answer.bytes().length).isLessThan(100_000);
    }
  }

  @Test
  void refusalsAreJsonForProgramsAndPagesForPeople() throws IOException {
    RawHttp.Answer answer = server.ask("GET", "/refused");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Content-Type")).hasValue("application/json");
    assertThat(answer.body()).isEqualTo("{\"message\":\"No \\\"way\\\"\",\"reason\":\"taken\"}");
    assertThat(server.ask("GET", "/nope").body()).startsWith("<p>404");
  }

  @Test
  void anotherMethodIsRefusedWithTheOnesThereAre() throws IOException {
    RawHttp.Answer answer = server.ask("DELETE", "/hello");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).hasValue("GET, HEAD");
    assertThat(server.ask("BREW", "/hello").status()).isEqualTo(405);
  }

  @Test
  void aStreamedAnswerArrivesWhole() throws IOException {
    try (RawHttp http = server.connect()) {
      String body = http.request("GET", "/stream").answer().body();
      assertThat(body).startsWith("line 0\n").endsWith("line 999\n");
      assertThat(http.request("GET", "/hello").answer().body()).isEqualTo("hello");
    }
  }

  @Test
  void bodiesThatAreNotOneJsonObjectAreRefused() throws IOException {
    for (String body : List.of("{", "[]", "1", "{} {}", "{\"a\":}", "\"x\"")) {
      try (RawHttp http = server.connect()) {
        http.request("POST", "/json", "Content-Length: " + body.length()).send(body);
        RawHttp.Answer answer = http.answer();
        assertThat(answer.status()).as(body).isEqualTo(400);
        assertThat(answer.body()).contains("Invalid JSON in body of request");
      }
    }
  }

  @Test
  void noBodyAndAnEmptyOneAreAnEmptyObject() throws IOException {
    for (String body : List.of("", " ", "\n".repeat(200), "null")) {
      try (RawHttp http = server.connect()) {
        http.request("POST", "/json", "Content-Length: " + body.length()).send(body);
        assertThat(http.answer().body()).as(body).isEqualTo("{}");
      }
    }
  }

  @Test
  void cookiesAreQuotedWhereTheyNeedIt() throws IOException {
    RawHttp.Answer answer = server.ask("GET", "/cookies", "Cookie: x=1; in=\"2|1:0|a\"; in=later");
    assertThat(answer.body()).isEqualTo("2|1:0|a");
    assertThat(answer.header("Set-Cookie").orElse(""))
        .contains("plain=abc|def; Path=/")
        .contains("odd=\"a b\"; Path=/");
  }

  @Test
  void answersDoNotTellWhatServesThem() throws IOException {
    RawHttp.Answer answer = server.ask("GET", "/hello");
    assertThat(answer.header("Server")).isEmpty();
    assertThat(answer.header("Date")).isPresent();
  }

  @Test
  void durationsAreCountedByRouteAndNotByPath() throws IOException {
    server.ask("GET", "/name/secret");
    server.ask("BREW", "/name/secret");
    Eventually.holds("both are counted", () -> server.metrics.text().contains("other"));
    assertThat(server.metrics.text())
        .contains("handler=\"/name/{name}\"")
        .doesNotContain("secret")
        .doesNotContain("BREW");
  }

  @Test
  void stoppingTwiceDoesNoHarm() {
    server.close();
    server.close();
  }

  @Test
  void belowABasePathNothingElseIsAnswered() throws IOException {
    Filter filter =
        (exchange, next) -> {
          exchange.set("X-Filtered", "yes");
          next.handle(exchange);
        };
    var routes = new Routes().add(Routes.Kind.API, "GET", "/hello", e -> text(e, "hello"));
    try (var below = new TestServer(routes, filter, List.of("user", "jo é"))) {
      assertThat(below.ask("GET", "/user/jo%20%C3%A9/hello").body()).isEqualTo("hello");
      for (String path : List.of("/hello", "/user/jo/hello", "/user", "/", "/a/../b")) {
        RawHttp.Answer answer = below.ask("GET", path);
        assertThat(answer.status()).as(path).isEqualTo(404);
        assertThat(answer.header("X-Filtered")).as(path).hasValue("yes");
      }
    }
  }
}
