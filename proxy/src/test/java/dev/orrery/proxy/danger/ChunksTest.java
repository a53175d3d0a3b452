package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Chunk sizes that two readers count differently. */
class ChunksTest extends DangerTest {

  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: example\r\n\r\n";

  /** A head may have been passed on before its body turns out to be broken, a whole body never. */
  @TestFactory
  List<DynamicTest> aBrokenChunkEndsTheRequest() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    var tests = new ArrayList<DynamicTest>();
    Map.ofEntries(
            Map.entry("a size beyond 64 bits", "10000000000000002\r\nab\r\n0\r\n\r\n"),
            Map.entry(
                "a size beyond 32 bits that wraps",
                "100000002\r\nab\r\n0\r\n\r\n" + "x".repeat(100)),
            Map.entry("a negative size", "-2\r\nab\r\n0\r\n\r\n"),
            Map.entry("a signed size", "+2\r\nab\r\n0\r\n\r\n"),
            Map.entry("a size with 0x", "0x2\r\nab\r\n0\r\n\r\n"),
            Map.entry("a size with an underscore", "0_2\r\nab\r\n0\r\n\r\n"),
            Map.entry("no size", "\r\nab\r\n0\r\n\r\n"),
            Map.entry("no hexadecimal digit", "zz\r\nab\r\n0\r\n\r\n"),
            Map.entry("LF after the size", "2\nab\r\n0\r\n\r\n"),
            Map.entry("LF after the data", "2\r\nab\n0\r\n\r\n"),
            Map.entry("nothing after the data", "2\r\nab0\r\n\r\n"),
            Map.entry("more data than the size", "2\r\nabc\r\n0\r\n\r\n"),
            Map.entry("LF in an extension", "2;a\nb\r\nab\r\n0\r\n\r\n"),
            Map.entry("CR in an extension", "2;a\rb\r\nab\r\n0\r\n\r\n"),
            Map.entry("LF in the trailer", "2\r\nab\r\n0\r\nA: b\n\r\n"),
            Map.entry("a space before the size", " 2\r\nab\r\n0\r\n\r\n"),
            Map.entry("an endless extension", "2;" + "a".repeat(1 << 20) + "\r\nab\r\n0\r\n\r\n"),
            Map.entry(
                "an endless trailer", "2\r\nab\r\n0\r\n" + "A: b\r\n".repeat(1 << 17) + "\r\n"))
        .forEach((name, body) ->
            tests.add(DynamicTest.dynamicTest(name, () -> broken(backend, port, body))));
    return tests;
  }

  private static void broken(RawBackend backend, int port, String body) throws IOException {
    Outcome outcome;
    try {
      outcome = outcome(backend, port, CHUNKED + body + HIDDEN);
    } catch (SocketException e) {
      // Closed while we were still sending.
      return;
    }
    assertThat(outcome.response().refuses())
        .as("refused, and not answered with: " + outcome.response())
        .isTrue();
    assertThat(outcome.after()).isEmpty();
    assertThat(outcome.seen())
        .as("requests that the backend took for whole, or for requests")
        .noneMatch(request -> !request.body().isEmpty() || request.target().equals("/hidden"));
  }

  @Test
  void anExtensionIsNotPassedOnAndTheBodyIsTheSame() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(backend, proxyTo(backend), CHUNKED + "2;a=b;c=\"d\"\r\nab\r\n00\r\n\r\n");
    if (outcome.response().status() == 200) {
      assertThat(outcome.seen()).hasSize(1);
      assertThat(outcome.seen().getFirst().body()).isEqualTo("ab");
    } else {
      outcome.isRefused("the request");
    }
  }

  @Test
  void aTrailerNeverBecomesAHeader() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(
            backend,
            proxyTo(backend),
            CHUNKED + "2\r\nab\r\n0\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 9\r\n\r\n");
    for (RawBackend.Request request : outcome.seen()) {
      assertThat(request.head()).doesNotContain("1.2.3.4", "Content-Length: 9");
    }
  }
}
