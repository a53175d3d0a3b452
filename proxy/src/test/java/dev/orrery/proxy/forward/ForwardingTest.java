package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static dev.orrery.proxy.wire.RawBackend.answering;
import static dev.orrery.proxy.wire.Waiting.await;
import static dev.orrery.proxy.wire.Waiting.settled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client and a backend see of each other. */
class ForwardingTest {

  private RunningProxy proxy;

  ForwardingTest() throws IOException {
    proxy = RunningProxy.start();
  }

  @BeforeEach
  void start() {
    assertThat(proxy.port()).isPositive();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private void restart(ForwardOptions options) throws IOException {
    proxy.close();
    proxy = RunningProxy.with().options(options).start();
  }

  private RawClient client() throws IOException {
    return new RawClient(proxy.port());
  }

  /** What the backend got for a request, which it answers with "ok". */
  private String seen(String path, String target, String request) throws IOException {
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route(path, backend.target() + target);
      assertThat(client.send(request).head()).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(client.read(2)).isEqualTo("ok");
      return backend.requests().getFirst().head();
    }
  }

  @Test
  void aRequestGoesToTheBackendOfItsRouteAndTheAnswerBack() throws IOException {
    String head = seen("/", "", "GET /a?b=c HTTP/1.1\r\nHost: h:81\r\nX-Own: 1\r\n\r\n");
    assertThat(head).startsWith("GET /a?b=c HTTP/1.1\r\n");
    assertThat(head).containsIgnoringCase("host: h:81\r\n").contains("X-Own: 1\r\n");
    assertThat(head)
        .containsIgnoringCase("x-forwarded-for: 127.0.0.1\r\n")
        .containsIgnoringCase("x-forwarded-port: 81\r\n")
        .containsIgnoringCase("x-forwarded-proto: http\r\n")
        .containsIgnoringCase("x-forwarded-host: h:81\r\n");
  }

  @Test
  void forwardedHeadersOfProxiesBeforeUsAreContinued() throws IOException {
    String head =
        seen(
            "/",
            "",
            "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: outside\r\n\r\n");
    assertThat(head)
        .containsIgnoringCase("x-forwarded-for: 1.2.3.4,127.0.0.1\r\n")
        .containsIgnoringCase("x-forwarded-proto: https,http\r\n")
        .containsIgnoringCase("x-forwarded-port: 80\r\n")
        .containsIgnoringCase("x-forwarded-host: outside\r\n");
  }

  @Test
  void escapesArriveAsTheyWereSent() throws IOException {
    assertThat(seen("/user/a@b", "", "GET /user/a%40b/x%2Fy%20z HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET /user/a%40b/x%2Fy%20z HTTP/1.1\r\n");
  }

  @Test
  void bytesBeyondAsciiArriveAsTheirEscapes() throws IOException {
    assertThat(seen("/\u00fc", "", "GET /\u00c3\u00bc/x HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET /%C3%BC/x HTTP/1.1\r\n");
  }

  @Test
  void whatChoseTheRouteIsWhatTheBackendSees() throws IOException {
    assertThat(seen("/b", "", "GET /a/../b/%2e%2e/b/c HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET /b/c HTTP/1.1\r\n");
  }

  @Test
  void theTargetsPathComesFirst() throws IOException {
    assertThat(seen("/", "/base/?k=1", "GET /x?l=2 HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET /base/x?k=1&l=2 HTTP/1.1\r\n");
  }

  @Test
  void thePrefixIsLeftOutOnRequest() throws IOException {
    restart(options(false, false));
    assertThat(seen("/user/a@b", "/ignored", "GET /user/a%40b/lab?x HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET /lab?x HTTP/1.1\r\n");
    assertThat(seen("/user/a@b", "", "GET /user/a%40b HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("GET / HTTP/1.1\r\n");
  }

  @Test
  void hostsCanBeRoutes() throws IOException {
    restart(options(true, true));
    assertThat(seen("/one.example", "", "GET /x HTTP/1.1\r\nHost: one.example:8000\r\n\r\n"))
        .startsWith("GET /x HTTP/1.1\r\n");
    try (var client = client()) {
      assertThat(client.send("GET /x HTTP/1.1\r\nHost: two.example\r\n\r\n").head())
          .startsWith("HTTP/1.1 404 ");
    }
  }

  private static ForwardOptions options(boolean hostRouting, boolean includePrefix) {
    return new ForwardOptions(
        hostRouting,
        includePrefix,
        includePrefix,
        true,
        true,
        true,
        Optional.of("https"),
        Map.of("X-Custom", "yes"),
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofSeconds(5),
        Limits.defaults());
  }

  @Test
  void redirectsToTheBackendLeadToTheProxyAndCustomHeadersAreAdded() throws IOException {
    restart(options(false, true));
    var own = new AtomicReference<>("");
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 302 Found\r\nLocation: "
                      + own.get()
                      + "/there?x\r\nContent-Length: 0\r\n\r\n");
            });
        var client = client()) {
      own.set(backend.target());
      proxy.route("/", backend.target());
      assertThat(client.send("GET / HTTP/1.1\r\nHost: public.example\r\n\r\n").head())
          .containsIgnoringCase("location: https://public.example/there?x\r\n");
      assertThat(backend.requests().getFirst().head())
          .contains("X-Custom: yes\r\n")
          .containsIgnoringCase("host: " + backend.target().substring("http://".length()));
    }
  }

  @Test
  void connectionHeadersStayOnTheirConnection() throws IOException {
    String head =
        seen(
            "/",
            "",
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Hop, Cookie\r\nX-Hop: 1\r\n"
                + "Cookie: a=b\r\nKeep-Alive: 5\r\nTE: trailers, deflate\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: x\r\n\r\n");
    assertThat(head)
        .doesNotContain("X-Hop", "Keep-Alive", "h2c", "HTTP2-Settings", "deflate")
        .containsIgnoringCase("te: trailers\r\n")
        .contains("Cookie: a=b\r\n");
  }

  @Test
  void connectionsOfBothSidesAreUsedAgain() throws IOException {
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route("/", backend.target());
      for (int i = 0; i < 5; i++) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head();
        assertThat(client.read(2)).isEqualTo("ok");
      }
      assertThat(backend.connections()).isEqualTo(1);
    }
  }

  /** A client of HTTP/1.1 has it without asking, and some look for the word all the same. */
  @Test
  void whoAsksForKeepAliveIsToldOfIt() throws IOException {
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route("/", backend.target());
      String silent = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head();
      assertThat(silent).doesNotContainIgnoringCase("connection:");
      assertThat(client.read(2)).isEqualTo("ok");
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.head()).containsIgnoringCase("connection: keep-alive\r\n");
    }
  }

  /** The time for a first request is longer, and runs when the first answer is given. */
  @Test
  void aConnectionWithoutARequestIsClosedInItsTime() throws IOException {
    proxy.close();
    proxy = RunningProxy.with().keepAliveTimeout(Duration.ofMillis(300)).start();
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route("/", backend.target());
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head();
      assertThat(client.toEnd()).isEqualTo("ok");
    }
  }

  @Test
  void requestsSentAtOnceAreAnsweredInOrder() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              for (var request = connection.request();
                  request.isPresent();
                  request = connection.request()) {
                String body = request.get().body();
                String answer = body.isEmpty() ? request.get().target().substring(1) : body;
                connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer);
              }
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send(
          "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
              + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
              + "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      client.head();
      assertThat(client.read(1)).isEqualTo("1");
      client.head();
      assertThat(client.read(4)).isEqualTo("body");
      assertThat(client.toEnd()).containsIgnoringCase("connection: close").endsWith("3");
    }
  }

  @Test
  void chunksAndTrailersPassBothWays() throws IOException {
    var seen = new AtomicReference<>("");
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              seen.set(connection.until("\r\n\r\n"));
              connection.send(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-End: 1\r\n\r\n");
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n");
      assertThat(client.head()).containsIgnoringCase("transfer-encoding: chunked\r\n");
      assertThat(client.until("\r\n\r\n")).isEqualTo("3\r\nabc\r\n0\r\nX-End: 1\r\n\r\n");
      assertThat(seen.get()).isEqualTo("5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n");
    }
  }

  @Test
  void anAnswerWithoutALengthIsFramedForTheClient() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n\r\nto the end");
            });
        var modern = client();
        var old = client()) {
      proxy.route("/", backend.target());
      assertThat(modern.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head())
          .containsIgnoringCase("transfer-encoding: chunked");
      assertThat(modern.until("0\r\n\r\n")).contains("to the end");
      assertThat(old.send("GET / HTTP/1.0\r\n\r\n").toEnd())
          .containsIgnoringCase("connection: close")
          .doesNotContain("chunked")
          .endsWith("\r\n\r\nto the end");
    }
  }

  @Test
  void chunksAreUnpackedForAnOldClient() throws IOException {
    try (var backend =
            new RawBackend(
                answering(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
        var old = client()) {
      proxy.route("/", backend.target());
      assertThat(old.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n").toEnd())
          .doesNotContain("chunked")
          .endsWith("\r\n\r\nabc");
    }
  }

  @Test
  void interimAnswersPass() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              connection.read(4);
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + OK);
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send(
          "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100 Continue\r\n");
      client.send("body");
      assertThat(client.head()).startsWith("HTTP/1.1 103 ").contains("Link: </s.css>");
      assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
      assertThat(client.read(2)).isEqualTo("ok");
    }
  }

  @Test
  void anAnswerToHeadHasNoBody() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              while (!connection.head().isEmpty()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
              }
            });
        var client = client()) {
      proxy.route("/", backend.target());
      for (int i = 0; i < 2; i++) {
        assertThat(client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").head())
            .containsIgnoringCase("content-length: 99\r\n");
      }
    }
  }

  @Test
  void eventsAreNotHeldBack() throws Exception {
    var seen = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
              await(seen);
              connection.send("data: 2\n\n");
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head();
      assertThat(client.until("1\n\n")).contains("data: 1");
      seen.countDown();
      assertThat(client.until("2\n\n")).contains("data: 2");
    }
  }

  @Test
  void anUpgradedConnectionCarriesAnythingBothWays() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              // The first words come with the answer.
              connection.send(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Accept: x\r\n\r\nfirst");
              connection.send("<" + connection.read(4) + ">");
            });
        var client = client()) {
      Route route = proxy.route("/", backend.target());
      client.send(
          "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Key: k\r\n\r\n");
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .containsIgnoringCase("upgrade: websocket\r\n")
          .contains("Sec-WebSocket-Accept: x\r\n");
      assertThat(client.read(5)).isEqualTo("first");
      client.send(new byte[] {0, (byte) 255, 1, 2});
      assertThat(client.toEnd()).isEqualTo("<\u0000\u00ff\u0001\u0002>");
      assertThat(backend.requests().getFirst().head())
          .containsIgnoringCase("connection: upgrade\r\n")
          .containsIgnoringCase("upgrade: websocket\r\n");
      assertThat(route.lastActivity()).isAfter(Instant.EPOCH);
    }
  }

  @Test
  void anUpgradeThatIsRefusedIsAnAnswerLikeAnyOther() throws IOException {
    try (var backend =
            new RawBackend(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"));
        var client = client()) {
      proxy.route("/", backend.target());
      client.send(
          "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(client.toEnd()).startsWith("HTTP/1.1 403 Forbidden\r\n").endsWith("no");
    }
  }

  @Test
  void withoutARouteTheAnswerIs404AndTheConnectionGoesOn() throws IOException {
    try (var client = client()) {
      for (int i = 0; i < 2; i++) {
        String head = client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").head();
        assertThat(head).startsWith("HTTP/1.1 404 Not Found\r\n").containsIgnoringCase("text/html");
        assertThat(client.until("</html>\n")).contains("Nothing here");
      }
    }
  }

  @Test
  void aBackendThatIsNotThereIs503AtOnce() throws IOException {
    String gone;
    try (var backend = new RawBackend(answering(OK))) {
      gone = backend.target();
    }
    proxy.route("/", gone);
    try (var client = client();
        var socket = client()) {
      assertThat(client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").head())
          .startsWith("HTTP/1.1 503 Service Unavailable\r\n");
      socket.send(
          "GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(socket.toEnd())
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("content-length: 0\r\n")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void aBackendThatHangsUpIs503() throws IOException {
    try (var backend = new RawBackend(RawBackend.Connection::head);
        var client = client()) {
      proxy.route("/", backend.target());
      assertThat(client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").head())
          .startsWith("HTTP/1.1 503 ");
    }
  }

  /** The backend closes a connection that waited just as it is used again. */
  @Test
  void aRequestThatSawNothingOfABackendIsAskedAgain() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(OK);
              connection.head();
            });
        var client = client()) {
      proxy.route("/", backend.target());
      for (int i = 0; i < 4; i++) {
        assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").head())
            .startsWith("HTTP/1.1 200 ");
        assertThat(client.read(2)).isEqualTo("ok");
      }
      assertThat(backend.connections()).isEqualTo(4);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNotMadeWhole() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            });
        var client = client()) {
      proxy.route("/", backend.target());
      String all = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").toEnd();
      assertThat(all).endsWith("half");
    }
  }

  @Test
  void anEarlyAnswerReachesAClientThatIsStillSending() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
              connection.skip(1);
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(9));
      assertThat(client.head()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void aClientThatEndedItsHalfStillGetsItsAnswer() throws IOException {
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route("/", backend.target());
      assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").end().toEnd()).endsWith("ok");
    }
  }

  /** A gigabyte would be the same and takes longer. */
  @Test
  void aLongAnswerWaitsForItsReader() throws Exception {
    int size = 64 << 20;
    var written = new AtomicLong();
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
              byte[] piece = new byte[64 << 10];
              for (int sent = 0; sent < size; sent += piece.length) {
                connection.send(piece);
                written.addAndGet(piece.length);
              }
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").head();
      // Sockets hold some megabytes; the proxy must not hold the rest.
      assertThat(settled(written::get)).isLessThan(size / 2);
      assertThat(client.toEnd()).hasSize(size);
    }
  }

  @Test
  void aLongRequestWaitsForItsBackend() throws Exception {
    int size = 64 << 20;
    var go = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              await(go);
              connection.skip(size);
              connection.send(OK);
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n");
      var sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  byte[] piece = new byte[64 << 10];
                  for (int i = 0; i < size; i += piece.length) {
                    client.send(piece);
                    sent.addAndGet(piece.length);
                  }
                } catch (IOException e) {
                  // The test sees that there is no answer.
                }
              });
      assertThat(settled(sent::get)).isLessThan(size / 2);
      go.countDown();
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      sender.join(Duration.ofSeconds(10));
    }
  }

  @Test
  void onlyAnswersThatWentWellAreActivity() throws IOException {
    try (var backend =
            new RawBackend(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        var good = new RawBackend(answering(OK));
        var client = client()) {
      Route bad = proxy.route("/bad", backend.target());
      Route well = proxy.route("/good", good.target());
      client.send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n").head();
      client.send("GET /good HTTP/1.1\r\nHost: h\r\n\r\n").head();
      assertThat(client.read(2)).isEqualTo("ok");
      assertThat(bad.lastActivity()).isEqualTo(Instant.EPOCH);
      assertThat(well.lastActivity()).isAfter(Instant.EPOCH);
    }
  }

  @Test
  void endingTellsWebSocketsToComeBackAndLetsRequestsFinish() throws Exception {
    var go = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              if (connection.head().orElseThrow().target().equals("/ws")) {
                connection.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\n\r\n\u0081\u0002hi");
                connection.isEnded();
              } else {
                await(go);
                connection.send(OK);
              }
            });
        var socket = client();
        var running = client();
        var idle = client()) {
      proxy.route("/", backend.target());
      socket.send(
          "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.head();
      assertThat(socket.read(4)).isEqualTo("\u0081\u0002hi");
      running.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      idle.send("GET /_chp_healthz HTTP/1.1\r\nHost: h\r\n\r\n").head();
      assertThat(idle.read(15)).isEqualTo("{\"status\":\"OK\"}");
      var drained = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(() -> {
            try {
              proxy.forwarding().drain(Duration.ofSeconds(10));
              drained.countDown();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      assertThat(socket.toEnd()).isEqualTo("\u0088\u0002\u0003\u00e9");
      assertThat(idle.toEnd()).isEmpty();
      go.countDown();
      assertThat(running.toEnd()).containsIgnoringCase("connection: close").endsWith("ok");
      await(drained);
    }
  }

  @Test
  void readinessIsThatOfTheTable() throws IOException {
    var replica = new Replica(true, Clock.systemUTC());
    try (var waiting = RunningProxy.with().replica(replica).start();
        var client = new RawClient(waiting.port())) {
      String ready = "GET /_orrery_readyz HTTP/1.1\r\nHost: h\r\n\r\n";
      assertThat(client.send(ready).until("}"))
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("retry-after: 1\r\n")
          .endsWith("{\"status\":\"not ready\"}");
      assertThat(client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").until("</html>"))
          .startsWith("HTTP/1.1 503 ");
      assertThat(client.read(1)).isEqualTo("\n");
      assertThat(client.send("GET /_chp_healthz HTTP/1.1\r\nHost: h\r\n\r\n").until("}"))
          .startsWith("HTTP/1.1 200 ");
      replica.fill();
      assertThat(client.send(ready).until("}")).startsWith("HTTP/1.1 200 ");
      assertThat(client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").head())
          .startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void loggedRequestsHaveIdsThatAllPartiesSee() throws Exception {
    var log = new LinkedBlockingQueue<Served>();
    String trace = "0af7651916cd43dd8448eb211c80319c";
    try (var logging = RunningProxy.with().log(log::add).start();
        var backend = new RawBackend(answering(OK));
        var client = new RawClient(logging.port())) {
      logging.route("/a", backend.target());
      client.send(
          "GET /a/b?token=secret HTTP/1.1\r\nHost: h:1\r\nX-Request-Id: mine-1\r\ntraceparent: 00-"
              + trace
              + "-b7ad6b7169203331-01\r\n\r\n");
      assertThat(client.head()).containsIgnoringCase("x-request-id: mine-1\r\n");
      assertThat(backend.requests().getFirst().head())
          .containsIgnoringCase("x-request-id: mine-1\r\n")
          .contains("traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n");
      Served served = log.poll(10, TimeUnit.SECONDS);
      assertThat(served)
          .isNotNull()
          .returns("mine-1", Served::id)
          .returns(trace, Served::trace)
          .returns("127.0.0.1", Served::client)
          .returns("HTTP/1.1", Served::protocol)
          .returns("GET", Served::method)
          .returns("h:1", Served::host)
          .returns("/a/b", Served::path)
          .returns("/a", Served::route)
          .returns(200, Served::status)
          .returns("", Served::reason)
          .returns(2L, Served::sent)
          .returns(false, Served::reused);
      assertThat(client.read(2)).isEqualTo("ok");

      client.send("GET /none HTTP/1.1\r\nHost: h\r\nX-Request-Id: bad\"id\r\n\r\n").head();
      assertThat(log.poll(10, TimeUnit.SECONDS))
          .isNotNull()
          .returns(404, Served::status)
          .returns("", Served::route)
          .satisfies(lost -> assertThat(lost.id()).matches("[0-9a-f]{16}"));
    }
  }

  @Test
  void aTunnelIsLoggedWhenItCloses() throws Exception {
    var log = new LinkedBlockingQueue<Served>();
    try (var logging = RunningProxy.with().log(log::add).start();
        var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
              connection.send(connection.read(5) + "!");
            })) {
      logging.route("/", backend.target());
      try (var client = new RawClient(logging.port())) {
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        client.head();
        assertThat(log).isEmpty();
        assertThat(client.send("hello").toEnd()).isEqualTo("hello!");
      }
      assertThat(log.poll(10, TimeUnit.SECONDS))
          .isNotNull()
          .returns(101, Served::status)
          .returns(true, Served::tunnel)
          .returns(5L, Served::received)
          .returns(6L, Served::sent);
    }
  }
}
