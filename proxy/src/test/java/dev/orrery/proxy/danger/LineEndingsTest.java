package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A line that ends for one reader and goes on for another one. */
class LineEndingsTest extends DangerTest {

  @TestFactory
  List<DynamicTest> aLineEndsWithBothBytesOrTheRequestIsRefused() throws IOException {
    return refused(
        Map.ofEntries(
            Map.entry("LF after the request line", "GET / HTTP/1.1\nHost: example\r\n\r\n"),
            Map.entry("LF after a header", GET + "A: b\nC: d\r\n\r\n"),
            Map.entry("LF for the empty line", GET + "\n"),
            Map.entry("LF everywhere", "GET / HTTP/1.1\nHost: example\n\n"),
            Map.entry("LF hides a header", GET + "A: b\nTransfer-Encoding: chunked\r\n\r\n"),
            Map.entry("CR in a value", GET + "A: b\rC: d\r\n\r\n"),
            Map.entry("CR hides a length", POST + "A: b\rContent-Length: 3\r\n\r\n"),
            Map.entry("CR in the request line", "GET /\r HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("CR CR LF", GET + "A: b\r\r\n\r\n"),
            Map.entry("CR before the empty line", GET + "\r\r\n")));
  }

  /** RFC 9112, section 2.2: an empty line before a request is what some old clients send. */
  @Test
  void anEmptyLineBeforeARequestIsSkippedOrRefused() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome = outcome(backend, proxyTo(backend), "\r\n" + GET + "\r\n");
    if (outcome.response().status() == 200) {
      assertThat(outcome.seen()).hasSize(1);
      assertThat(outcome.seen().getFirst().target()).isEqualTo("/");
    } else {
      outcome.isRefused("the request");
    }
  }
}
