package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads without an end: refused when they pass a limit, not when memory is full. */
class OversizedTest extends DangerTest {

  private static final int MOST_BYTES = 64 << 20;

  @Test
  void aRequestLineWithoutAnEnd() throws IOException {
    isCutOff("GET /", "a");
  }

  @Test
  void aMethodWithoutAnEnd() throws IOException {
    isCutOff("", "A");
  }

  @Test
  void aHeaderWithoutAnEnd() throws IOException {
    isCutOff(GET + "A: ", "a");
  }

  @Test
  void aNameWithoutAnEnd() throws IOException {
    isCutOff(GET, "a");
  }

  @Test
  void headersWithoutAnEnd() throws IOException {
    isCutOff(GET, "A: b\r\n");
  }

  @Test
  void emptyLinesWithoutAnEnd() throws IOException {
    isCutOff("", "\r\n");
  }

  @Test
  void spacesWithoutAnEnd() throws IOException {
    isCutOff("GET ", " ");
  }

  /** Sends more of the same until the proxy has enough. */
  private void isCutOff(String beginning, String more) throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    RawClient client = client(proxyTo(backend));
    client.send(beginning);
    String block = more.repeat(64 * 1024 / more.length());
    long sent = 0;
    try {
      while (sent < MOST_BYTES) {
        client.send(block);
        sent += block.length();
      }
    } catch (SocketException e) {
      // The proxy closed.
    }
    assertThat(sent).as("bytes that the proxy took").isLessThan(MOST_BYTES);
    assertThat(client.response().refuses()).isTrue();
    assertThat(backend.requests()).isEmpty();
  }

  @Test
  void theClientIsToldWhatIsTooLarge() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    Outcome line =
        outcome(
            backend, port, "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: example\r\n\r\n");
    Outcome header = outcome(backend, port, GET + "A: " + "a".repeat(100_000) + "\r\n\r\n");
    line.isRefused("a long line");
    header.isRefused("a long header");
    assertThat(List.of(line.response().status(), header.response().status()))
        .containsExactly(414, 431);
  }

  /** What browsers and notebooks send at most has to pass. */
  @Test
  void aLongPathAndLargeCookiesPass() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    String path = "/" + "a".repeat(8_000);
    String cookie = "a=" + "b".repeat(14_000);
    Outcome outcome =
        outcome(
            backend,
            proxyTo(backend),
            "GET " + path + " HTTP/1.1\r\nHost: example\r\nCookie: " + cookie + "\r\n\r\n");
    assertThat(outcome.response().status()).isEqualTo(200);
    assertThat(outcome.seen().getFirst().target()).isEqualTo(path);
    assertThat(outcome.seen().getFirst().header("Cookie")).containsExactly(cookie);
  }
}
