package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A value that becomes a line of its own further on. */
class HeaderInjectionTest extends DangerTest {

  @TestFactory
  List<DynamicTest> controlCharactersInAValueAreRefused() throws IOException {
    return refused(
        Map.of(
            "NUL", GET + "A: b\0c\r\n\r\n",
            "CR", GET + "A: b\rc\r\n\r\n",
            "NUL at the end", GET + "A: b\0\r\n\r\n",
            "NUL in the host", "GET / HTTP/1.1\r\nHost: exa\0mple\r\n\r\n",
            "NUL in the target", "GET /\0 HTTP/1.1\r\nHost: example\r\n\r\n"));
  }

  @Test
  void escapedLineEndsStayEscaped() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    String target = "/a%0d%0aInjected:%20yes?b=%0D%0AInjected:%20yes";
    Outcome outcome =
        outcome(backend, proxyTo(backend), "GET " + target + " HTTP/1.1\r\nHost: example\r\n\r\n");
    assertThat(outcome.response().header("Injected")).isEmpty();
    if (!outcome.response().refuses()) {
      assertThat(outcome.seen()).hasSize(1);
      assertThat(outcome.seen().getFirst().target()).isEqualTo(target);
      assertThat(outcome.seen().getFirst().header("Injected")).isEmpty();
    }
  }

  @Test
  void aClientCanNotTakeAwayWhatTheProxyTells() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(
            backend,
            proxyTo(backend),
            GET + "Connection: close, X-Forwarded-For, X-Forwarded-Proto, Host\r\n\r\n");
    assertThat(outcome.response().status()).isEqualTo(200);
    RawBackend.Request seen = outcome.seen().getFirst();
    assertThat(seen.header("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(seen.header("X-Forwarded-Proto")).containsExactly("http");
    assertThat(seen.header("Host")).hasSize(1);
  }

  @Test
  void bytesBeyondAsciiPassUnchanged() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome = outcome(backend, proxyTo(backend), GET + "A: \u00e4\u00ff\u0080\r\n\r\n");
    assertThat(outcome.response().status()).isEqualTo(200);
    assertThat(outcome.seen().getFirst().header("A")).containsExactly("\u00e4\u00ff\u0080");
  }
}
