package dev.orrery.http.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls to servers that behave, and to those that do not. */
class HttpCallsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FINE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final AtomicInteger accepted = new AtomicInteger();

  /** First line and headers of each request. */
  private final BlockingQueue<List<String>> heads = new LinkedBlockingQueue<>();

  private final CountDownLatch closedByUs = new CountDownLatch(1);
  private ServerSocket server;

  /** What a server does with one request. */
  private interface Answer {
    void to(List<String> head, OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
  }

  private URI serve(Answer answer) {
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              accepted.incrementAndGet();
              Thread.ofVirtual().start(() -> talk(socket, answer));
            } catch (IOException e) {
              return;
            }
          }
        });
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
  }

  private void talk(Socket socket, Answer answer) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
        heads.add(head);
        answer.to(head, socket.getOutputStream());
      }
      closedByUs.countDown();
    } catch (IOException e) {
      closedByUs.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> head(BufferedReader in) throws IOException {
    var head = new ArrayList<String>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      head.add(line);
    }
    return head;
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static HttpCalls calls(Duration idle) {
    return new HttpCalls(HttpSettings.plain(LONG, idle));
  }

  private static String get(HttpCalls calls, URI url, Duration limit)
      throws IOException, InterruptedException {
    return calls.call(
        new HttpUriRequestBase("GET", url),
        limit,
        answer -> new String(answer.getEntity().getContent().readAllBytes(), US_ASCII));
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }

  @Test
  void callsThatFollowEachOtherShareAConnectionUntilItHasBeenIdleForLong() throws Exception {
    URI url = serve((head, out) -> send(out, FINE));
    try (HttpCalls calls = calls(Duration.ofMillis(300))) {
      assertThat(get(calls, url, LONG)).isEqualTo("ok");
      assertThat(get(calls, url, LONG)).isEqualTo("ok");
      assertThat(accepted).as("connections").hasValue(1);
      assertThat(closedByUs.await(60, TimeUnit.SECONDS)).as("closed though nobody asks").isTrue();
      assertThat(get(calls, url, LONG)).isEqualTo("ok");
      assertThat(accepted).hasValue(2);
    }
  }

  @Test
  void anAnswerThatComesTooSlowlyIsGivenUpWhenItsTimeIsOver() throws Exception {
    URI url =
        serve((head, out) -> {
          send(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
          // Soon enough after each other for any limit between two pieces.
          for (int i = 0; i < 1_000_000; i++) {
            send(out, "x");
            Thread.sleep(20);
          }
        });
    try (HttpCalls calls = calls(LONG)) {
      assertThatThrownBy(() -> get(calls, url, Duration.ofMillis(500)))
          .isInstanceOf(HttpCalls.LateException.class);
    }
  }

  @Test
  void whoSaysNothingIsGivenUpToo() throws Exception {
    URI url = serve((head, out) -> new CountDownLatch(1).await());
    try (HttpCalls calls = calls(LONG)) {
      assertThatThrownBy(() -> get(calls, url, Duration.ofMillis(300)))
          .isInstanceOf(HttpCalls.LateException.class);
    }
  }

  @Test
  void anInterruptEndsTheWaitingOfAVirtualThread() throws Exception {
    URI url = serve((head, out) -> new CountDownLatch(1).await());
    var ended = new CompletableFuture<Throwable>();
    try (HttpCalls calls = calls(LONG)) {
      Thread asking =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  get(calls, url, LONG);
                  ended.complete(new AssertionError("answered"));
                } catch (IOException | InterruptedException | RuntimeException e) {
                  ended.complete(e);
                }
              });
      assertThat(heads.poll(60, TimeUnit.SECONDS)).isNotNull();
      asking.interrupt();
      assertThat(ended.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void anAnswerThatDoesNotBeginIsGivenUpAlsoWhereItMayGoOn() throws Exception {
    URI url = serve((head, out) -> new CountDownLatch(1).await());
    try (HttpCalls calls = calls(LONG)) {
      assertThatThrownBy(
              () -> calls.open(new HttpUriRequestBase("GET", url), Duration.ofMillis(300)))
          .isInstanceOf(HttpCalls.LateException.class);
    }
  }

  @Test
  void whoIsClosedAsksNobody() throws Exception {
    URI url = serve((head, out) -> send(out, FINE));
    HttpCalls calls = calls(LONG);
    assertThat(get(calls, url, LONG)).isEqualTo("ok");
    calls.close();
    assertThatThrownBy(() -> get(calls, url, LONG)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> calls.open(new HttpUriRequestBase("GET", url), LONG))
        .isInstanceOf(IOException.class);
    assertThat(heads).hasSize(1);
  }

  @Test
  void whereNobodyListensThatIsSaid() throws Exception {
    URI url = serve((head, out) -> {});
    server.close();
    try (HttpCalls calls = calls(LONG)) {
      assertThatThrownBy(() -> get(calls, url, LONG))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void aProxyIsToldWhoWeAreOnceItAsks() throws Exception {
    serve((head, out) -> {
      boolean known = head.stream().anyMatch(line -> line.startsWith("Proxy-Authorization: Basic"));
      send(
          out,
          known
              ? FINE
              : "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=p\r\nContent-Length: 0\r\n\r\n");
    });
    var through =
        new HttpSettings.Through(
            new InetSocketAddress(server.getInetAddress(), server.getLocalPort()),
            false,
            Optional.of(new PasswordAuthentication("ada", "secret".toCharArray())));
    var settings =
        new HttpSettings(LONG, LONG, HttpSettings.Tls.ofPlatform(), Optional.of(through), false);
    try (var calls = new HttpCalls(settings)) {
      assertThat(get(calls, URI.create("http://cluster.invalid/api"), LONG)).isEqualTo("ok");
    }
    assertThat(heads.take().getFirst()).isEqualTo("GET http://cluster.invalid/api HTTP/1.1");
  }
}
