package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static dev.orrery.proxy.wire.RawBackend.answering;
import static dev.orrery.proxy.wire.Waiting.await;
import static dev.orrery.proxy.wire.Waiting.eventually;
import static dev.orrery.proxy.wire.Waiting.settled;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.net.Certificates;
import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of HTTP/2 see, polite ones and others. */
class Http2Test {

  @TempDir private Path folder;

  private SSLContext trusting;
  private RunningProxy proxy;

  Http2Test() throws Exception {
    trusting = SSLContext.getDefault();
    proxy = RunningProxy.start();
  }

  @BeforeEach
  void start() throws Exception {
    proxy.close();
    var certificates = new Certificates(folder);
    var trust =
        new TlsFiles(
            Optional.empty(),
            Optional.empty(),
            Optional.of(certificates.authority()),
            Optional.empty(),
            false);
    trusting = ((JdkSslContext) Tls.client(trust, true).context()).context();
    proxy = RunningProxy.with().front(Tls.server(certificates.issue("front", false), true)).start();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .sslContext(trusting)
        .version(HttpClient.Version.HTTP_2)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private RawHttp2 raw(int... settings) throws IOException {
    return new RawHttp2(trusting, proxy.port(), settings);
  }

  @Test
  void aRequestAndItsAnswer() throws Exception {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Own: Yes\r\nConnection: keep-alive, x-gone\r\n"
                      + "X-Gone: 1\r\nKeep-Alive: timeout=5\r\n\r\nok");
            });
        var client = client()) {
      proxy.route("/", backend.target());
      HttpResponse<String> answer =
          client.send(request("/a%20b?c=d").build(), BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(answer.headers().map()).containsEntry("x-own", List.of("Yes"));
      assertThat(answer.headers().map())
          .doesNotContainKeys("connection", "keep-alive", "x-gone", "transfer-encoding");
      assertThat(backend.requests().getFirst().head())
          .startsWith("GET /a%20b?c=d HTTP/1.1\r\n")
          .containsIgnoringCase("host: localhost:" + proxy.port() + "\r\n")
          .containsIgnoringCase("x-forwarded-proto: https\r\n")
          .containsIgnoringCase("x-forwarded-for: 127.0.0.1\r\n")
          .doesNotContainIgnoringCase("x-http2")
          .doesNotContainIgnoringCase("transfer-encoding");
    }
  }

  @Test
  void answersWithoutABodyAndErrorsOfOurs() throws Exception {
    try (var backend =
            new RawBackend(connection -> {
              while (true) {
                String head = connection.head().map(RawBackend.Request::head).orElse("");
                if (head.isEmpty()) {
                  return;
                }
                connection.send(
                    head.startsWith("HEAD")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                        : head.startsWith("DELETE")
                            ? "HTTP/1.1 204 No Content\r\n\r\n"
                            : "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");
              }
            });
        var client = client()) {
      proxy.route("/there", backend.target());
      proxy.route("/dead", "http://127.0.0.1:1");
      var head =
          client.send(
              request("/there").method("HEAD", BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValue("content-length")).contains("77");
      assertThat(head.body()).isEmpty();
      assertThat(
              client.send(request("/there").DELETE().build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(204);
      assertThat(client.send(request("/there").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(304);
      var none = client.send(request("/none").build(), BodyHandlers.ofString());
      assertThat(none.statusCode()).isEqualTo(404);
      assertThat(none.body()).contains("Nothing here");
      assertThat(client.send(request("/dead").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(503);
      assertThat(client.send(request("/_chp_healthz").build(), BodyHandlers.ofString()).body())
          .isEqualTo("{\"status\":\"OK\"}");
    }
  }

  @Test
  void largeBodiesGoBothWays() throws Exception {
    byte[] sent = new byte[20 << 20];
    new SplittableRandom(3).nextBytes(sent);
    try (var backend =
            new RawBackend(connection -> {
              byte[] body = connection.request().orElseThrow().body().getBytes(ISO_8859_1);
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (int from = 0; from < body.length; from += 100_000) {
                int size = Math.min(100_000, body.length - from);
                connection.send(Integer.toHexString(size) + "\r\n");
                connection.send(Arrays.copyOfRange(body, from, from + size));
                connection.send("\r\n");
              }
              connection.send("0\r\n\r\n");
            });
        var client = client()) {
      proxy.route("/", backend.target());
      var answer =
          client.send(
              request("/").POST(BodyPublishers.ofByteArray(sent)).build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(Arrays.equals(answer.body(), sent)).isTrue();
    }
  }

  @Test
  void aBodyOfUnknownLengthIsChunkedToTheBackend() throws Exception {
    try (var backend = new RawBackend(answering(OK));
        var client = client()) {
      proxy.route("/", backend.target());
      var body = BodyPublishers.ofInputStream(() -> InputStream.nullInputStream());
      assertThat(client.send(request("/").POST(body).build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThat(backend.requests().getFirst().header("Transfer-Encoding"))
          .containsExactly("chunked");
    }
  }

  @Test
  void manyAtOnceOnOneConnection() throws Exception {
    var open = new AtomicInteger();
    var most = new AtomicInteger();
    var all = new CountDownLatch(60);
    try (var backend =
            new RawBackend(connection -> {
              while (!connection.head().isEmpty()) {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                all.countDown();
                await(all);
                open.decrementAndGet();
                connection.send(OK);
              }
            });
        var client = client()) {
      proxy.route("/", backend.target());
      client.send(request("/_chp_healthz").build(), BodyHandlers.ofString());
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        answers.add(client.sendAsync(request("/" + i).build(), BodyHandlers.ofString()));
      }
      for (var answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("ok");
      }
      assertThat(most).hasValue(60);
      assertThat(proxy.forwarding().connections()).isEqualTo(1);
    }
  }

  @Test
  void cookiesAreOneHeaderAgain() throws IOException {
    try (var backend = new RawBackend(answering(OK));
        var client = raw()) {
      proxy.route("/", backend.target());
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          "https",
          ":authority",
          "h",
          ":path",
          "/",
          "cookie",
          "a=1",
          "cookie",
          "b=2");
      assertThat(client.answer(1).status()).hasToString("200");
      assertThat(client.body(1)).isEqualTo("ok");
      assertThat(backend.requests().getFirst().header("Cookie")).containsExactly("a=1; b=2");
    }
  }

  @Test
  void trailersGoBothWays() throws IOException {
    var seen = new AtomicReference<>("");
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              seen.set(connection.until("\r\n\r\n"));
              connection.send(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 9\r\n\r\n");
            });
        var client = raw()) {
      proxy.route("/", backend.target());
      client.headers(
          1, false, ":method", "POST", ":scheme", "https", ":authority", "h", ":path", "/");
      client.data(1, false, "body");
      client.headers(1, true, "x-check", "7");
      assertThat(client.answer(1).status()).hasToString("200");
      assertThat(client.of(1).text()).isEqualTo("ok");
      RawHttp2.Frame data = client.of(1);
      if (data.type() == RawHttp2.DATA) {
        data = client.of(1);
      }
      assertThat(data.type()).isEqualTo(RawHttp2.HEADERS);
      assertThat(data.ends()).isTrue();
    }
    assertThat(seen.get()).startsWith("4\r\nbody\r\n0\r\n").containsIgnoringCase("x-check: 7\r\n");
  }

  @Test
  void whatWouldBeAnotherRequestInHttp1IsNone() throws IOException {
    try (var backend = new RawBackend(answering(OK))) {
      Route route = proxy.route("/", backend.target());
      String[][] malformed = {
        {":path", "/ HTTP/1.1\r\nX: y"},
        {":path", "/a b"},
        {":path", ""},
        {":method", "GET / HTTP/1.1\r\n\r\nGET"},
        {":authority", "h\r\nX: y"},
        {"x-a", "b\r\nX-C: d"},
        {"x-a", "b\nc"},
        {"x-a\r\nx-b", "c"},
        {"x a", "b"},
        {"X-Upper", "b"},
        {"", "b"},
        {"x:y", "b"},
        {"connection", "close"},
        {"transfer-encoding", "chunked"},
        {"upgrade", "websocket"},
        {"keep-alive", "1"},
        {"proxy-connection", "close"},
        {"te", "gzip"},
        {":status", "200"},
        {":unknown", "x"},
      };
      for (String[] bad : malformed) {
        try (var client = raw()) {
          List<String> head =
              new ArrayList<>(
                  List.of(":method", "GET", ":scheme", "https", ":authority", "h", ":path", "/"));
          int known = head.indexOf(bad[0]);
          if (known >= 0) {
            head.set(known + 1, bad[1]);
          } else if (bad[0].startsWith(":")) {
            head.addAll(0, List.of(bad));
          } else {
            head.addAll(List.of(bad));
          }
          client.headers(1, true, head.toArray(String[]::new));
          assertRefused(client, bad[0] + ": " + bad[1]);
        }
      }
      assertThat(backend.connections()).isZero();
      assertThat(route.traffic().numbers().requests()).isZero();
    }
  }

  @Test
  void aHeadWithoutWhatItNeedsIsNone() throws IOException {
    try (var backend = new RawBackend(answering(OK))) {
      proxy.route("/", backend.target());
      String[][] heads = {
        {":scheme", "https", ":authority", "h", ":path", "/"},
        {":method", "GET", ":authority", "h", ":path", "/"},
        {":method", "GET", ":scheme", "https", ":authority", "h"},
        {":method", "GET", ":scheme", "https", ":path", "/"},
        {":method", "GET", ":scheme", "https", ":authority", "h", ":path", "/", "host", "other"},
        {":method", "GET", ":method", "POST", ":scheme", "https", ":authority", "h", ":path", "/"},
        {":method", "GET", ":scheme", "https", "x-a", "b", ":authority", "h", ":path", "/"},
        {":method", "CONNECT", ":authority", "h:1"},
        {
          ":method",
          "CONNECT",
          ":protocol",
          "websocket",
          ":scheme",
          "https",
          ":authority",
          "h",
          ":path",
          "/"
        },
      };
      for (String[] head : heads) {
        try (var client = raw()) {
          client.headers(1, true, head);
          assertRefused(client, String.join(" ", head));
        }
      }
      assertThat(backend.connections()).isZero();
    }
  }

  @Test
  void aBodyThatIsNotAsLongAsItSaidIsNeverWhole() throws Exception {
    var ended = new CountDownLatch(1);
    var seen = new AtomicReference<>("");
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              seen.set(connection.toEnd());
              ended.countDown();
            });
        var client = raw()) {
      proxy.route("/", backend.target());
      client.post(1, 10);
      client.data(1, true, "short");
      RawHttp2.Frame answer =
          client.next(frame -> frame.stream() == 1 || frame.type() == RawHttp2.GOAWAY);
      assertThat(answer.type()).isIn(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
      await(ended);
      assertThat(seen.get().length()).isLessThan(10);
    }
  }

  @Test
  void headersAreBoundedWhateverFramesTheyComeIn() throws IOException {
    try (var client = raw()) {
      client.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          "https",
          ":authority",
          "h",
          ":path",
          "/",
          "x-a",
          "a".repeat(16_000));
      assertThat(client.answer(1).status()).hasToString("404");
    }
    for (int headers : new int[] {70, 1_000}) {
      try (var client = raw()) {
        List<String> head =
            new ArrayList<>(
                List.of(":method", "GET", ":scheme", "https", ":authority", "h", ":path", "/"));
        for (int i = 0; i < headers; i++) {
          head.addAll(List.of("x-" + i, "a".repeat(1_000)));
        }
        // They go on over many frames; all of them count.
        try {
          client.headers(1, true, head.toArray(String[]::new));
        } catch (IOException e) {
          // The connection ended while it was still sending.
          continue;
        }
        assertRefused(client, headers + " headers of 1000 bytes");
      }
    }
  }

  /** The only answers are one of ours that says so, and none. */
  private static void assertRefused(RawHttp2 client, String what) throws IOException {
    RawHttp2.Frame answer =
        client.next(frame ->
            frame.type() == RawHttp2.GOAWAY
                || frame.stream() == 1 && frame.type() != RawHttp2.WINDOW_UPDATE);
    if (answer.type() == RawHttp2.HEADERS) {
      assertThat(client.decoded(answer).status().toString()).as(what).startsWith("4");
    } else {
      assertThat(answer.type()).as(what).isIn(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
    }
  }

  @Test
  void aClientThatResetsAllItAsksIsSentAway() throws IOException {
    try (var backend = new RawBackend(RawBackend.Connection::toEnd);
        var client = raw()) {
      Route route = proxy.route("/", backend.target());
      try {
        for (int i = 0; i < 2_000; i++) {
          client.get(2 * i + 1, "/");
          client.reset(2 * i + 1);
        }
      } catch (IOException e) {
        // The connection ended while it was still asking.
      }
      eventually(() -> proxy.forwarding().connections() == 0);
      eventually(() -> route.traffic().numbers().open() == 0);
      assertThat(route.traffic().numbers().requests()).isLessThan(1_000);
    }
  }

  @Test
  void aStreamThatIsResetEndsItsRequest() throws Exception {
    var ended = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.toEnd();
              ended.countDown();
            });
        var client = raw()) {
      Route route = proxy.route("/", backend.target());
      client.get(1, "/");
      eventually(() -> route.traffic().numbers().open() == 1);
      client.reset(1);
      await(ended);
      eventually(() -> route.traffic().numbers().open() == 0);
      client.get(3, "/_chp_healthz");
      assertThat(client.answer(3).status()).hasToString("200");
    }
  }

  @Test
  void aStreamThatTakesNothingHoldsUpItsBackendAndNobodyElse() throws IOException {
    var written = new AtomicLong();
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\n\r\n");
              String lot = "x".repeat(64 * 1024);
              while (true) {
                connection.send(lot);
                written.addAndGet(lot.length());
              }
            });
        var quick = new RawBackend(answering(OK));
        // A window of 1000 bytes for each stream.
        var client = raw(4, 1_000)) {
      proxy.route("/endless", backend.target());
      proxy.route("/quick", quick.target());
      client.get(1, "/endless");
      assertThat(client.answer(1).status()).hasToString("200");
      int first = client.of(1).payload().length;
      assertThat(first).isLessThanOrEqualTo(1_000);
      assertThat(settled(written::get)).isLessThan(32 << 20);
      for (int stream = 3; stream < 100; stream += 2) {
        client.get(stream, "/quick");
        assertThat(client.answer(stream).status()).hasToString("200");
        assertThat(client.body(stream)).isEqualTo("ok");
      }
      long before = written.get();
      client.window(1, 1 << 30);
      client.window(0, 1 << 30);
      for (int got = 0; got < 1 << 20; ) {
        got += client.of(1).payload().length;
      }
      eventually(() -> written.get() > before);
    }
  }

  @Test
  void anUploadThatTheBackendDoesNotTakeWaitsInItsWindow() throws Exception {
    var go = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              await(go);
              connection.skip(64 << 20);
              connection.send(OK);
            });
        var client = client()) {
      Route route = proxy.route("/", backend.target());
      var answer =
          client.sendAsync(
              request("/").POST(BodyPublishers.ofByteArray(new byte[64 << 20])).build(),
              BodyHandlers.ofString());
      assertThat(settled(() -> route.traffic().numbers().received())).isLessThan(32 << 20);
      go.countDown();
      assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anEarlyAnswerEndsTheStreamAndNotTheConnection() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
              connection.toEnd();
            });
        var client = raw()) {
      proxy.route("/", backend.target());
      client.post(1, 1000000);
      client.data(1, false, "some");
      assertThat(client.answer(1).status()).hasToString("413");
      assertThat(client.body(1)).isEqualTo("no");
      RawHttp2.Frame reset = client.of(1);
      assertThat(reset.type()).isEqualTo(RawHttp2.RST_STREAM);
      assertThat(reset.number()).isEqualTo(RawHttp2.NO_ERROR);
      client.get(3, "/_chp_healthz");
      assertThat(client.answer(3).status()).hasToString("200");
    }
  }

  @Test
  void halfAnAnswerDoesNotLookWhole() throws IOException {
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            });
        var client = raw()) {
      proxy.route("/", backend.target());
      client.get(1, "/");
      assertThat(client.answer(1).status()).hasToString("200");
      RawHttp2.Frame frame = client.of(1);
      while (frame.type() == RawHttp2.DATA) {
        assertThat(frame.ends()).isFalse();
        frame = client.of(1);
      }
      assertThat(frame.type()).isEqualTo(RawHttp2.RST_STREAM);
      assertThat(frame.number()).isEqualTo(RawHttp2.INTERNAL_ERROR);
    }
  }

  @Test
  void theEndLetsStreamsFinishAndOpensNone() throws Exception {
    var asked = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              asked.countDown();
              await(answer);
              connection.send(OK);
            });
        var client = raw()) {
      proxy.route("/", backend.target());
      client.get(1, "/");
      await(asked);
      var drained =
          CompletableFuture.runAsync(() -> {
            try {
              proxy.forwarding().drain(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThat(client.next(frame -> frame.type() == RawHttp2.GOAWAY).type())
          .isEqualTo(RawHttp2.GOAWAY);
      answer.countDown();
      assertThat(client.answer(1).status()).hasToString("200");
      assertThat(client.body(1)).isEqualTo("ok");
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aConnectionWithoutStreamsIsClosedInItsTime() throws IOException {
    try (var client = raw()) {
      client.get(1, "/_chp_healthz");
      assertThat(client.answer(1).status()).hasToString("200");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void webSocketsAreNotOffered() throws IOException {
    try (var client = raw()) {
      RawHttp2.Frame settings = client.next(frame -> frame.type() == RawHttp2.SETTINGS);
      for (int i = 0; i < settings.payload().length; i += 6) {
        assertThat(settings.payload()[i + 1])
            .as("SETTINGS_ENABLE_CONNECT_PROTOCOL")
            .isNotEqualTo((byte) 8);
      }
    }
    // Who asks for HTTP/1 alone, as browsers do then, gets it.
    try (var backend =
        new RawBackend(connection -> {
          connection.head();
          connection.send(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhi");
        })) {
      proxy.route("/", backend.target());
      var socket = trusting.getSocketFactory().createSocket("127.0.0.1", proxy.port());
      try (var client = new RawClient(socket)) {
        client.send(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      }
    }
  }
}
