package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whose request it is: the host that was checked has to be the one that is asked. */
class RequestTargetsTest extends DangerTest {

  @TestFactory
  List<DynamicTest> aTargetThatCanBeReadInTwoWaysIsRefused() throws IOException {
    return refused(
        Map.ofEntries(
            Map.entry("another host", "GET http://other/ HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("another port", "GET http://example:99/ HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("a user", "GET http://example@other/ HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("another scheme", "GET ftp://example/ HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("two hosts", "GET / HTTP/1.1\r\nHost: example\r\nHost: other\r\n\r\n"),
            Map.entry("the same host twice", GET + "Host: example\r\n\r\n"),
            Map.entry("no host", "GET / HTTP/1.1\r\n\r\n"),
            Map.entry("a list of hosts", "GET / HTTP/1.1\r\nHost: example, other\r\n\r\n"),
            Map.entry("a path in the host", "GET / HTTP/1.1\r\nHost: example/other\r\n\r\n"),
            Map.entry("a user in the host", "GET / HTTP/1.1\r\nHost: a@example\r\n\r\n"),
            Map.entry("a space in the host", "GET / HTTP/1.1\r\nHost: exa mple\r\n\r\n"),
            Map.entry("a port that is none", "GET / HTTP/1.1\r\nHost: example:8x\r\n\r\n"),
            Map.entry("a path without slash", "GET a HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("a space in the path", "GET /a b HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("a tab in the path", "GET /a\tb HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("no target", "GET HTTP/1.1\r\nHost: example\r\n\r\n"),
            Map.entry("CONNECT", "CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n"),
            Map.entry("a method that is no token", "G(T / HTTP/1.1\r\nHost: example\r\n\r\n")));
  }

  /** It gets the page of an error like any other failure, and no backend sees it. */
  @Test
  void aBrokenEscapeLeadsNowhere() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    for (String path : new String[] {"/%", "/%zz", "/%ff", "/a/%4"}) {
      Outcome outcome =
          outcome(backend, port, "GET " + path + " HTTP/1.1\r\nHost: example\r\n\r\n");
      assertThat(outcome.response().status()).as(path).isEqualTo(500);
      assertThat(outcome.response().header("Content-Type")).containsExactly("text/html");
      assertThat(outcome.seen()).as(path).isEmpty();
    }
  }

  /** RFC 9112, section 3: more spaces may be read as one; then the backend gets one. */
  @Test
  void twoSpacesAreOneOrRefused() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(backend, proxyTo(backend), "GET  /a HTTP/1.1\r\nHost: example\r\n\r\n");
    if (outcome.response().status() == 200) {
      assertThat(outcome.seen()).hasSize(1);
      assertThat(outcome.seen().getFirst().head()).startsWith("GET /a HTTP/1.1\r\n");
    } else {
      outcome.isRefused("two spaces");
    }
  }

  @Test
  void theAbsoluteFormOfTheSameHostIsTheSameRequest() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(
            backend, proxyTo(backend), "GET http://example/a?b HTTP/1.1\r\nHost: example\r\n\r\n");
    assertThat(outcome.response().status()).isEqualTo(200);
    assertThat(outcome.seen()).hasSize(1);
    assertThat(outcome.seen().getFirst().target()).isEqualTo("/a?b");
    assertThat(outcome.seen().getFirst().header("Host")).containsExactly("example");
  }

  @Test
  void addressesWithPortsAreHosts() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    for (String host : new String[] {"127.0.0.1:8000", "[::1]:8000", "[::1]", "a-b.example:1"}) {
      Outcome outcome = outcome(backend, port, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(outcome.response().status()).as(host).isEqualTo(200);
      assertThat(outcome.seen().getFirst().header("Host")).containsExactly(host);
    }
  }
}
