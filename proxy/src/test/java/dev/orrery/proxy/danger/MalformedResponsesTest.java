package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A backend is any user's program: what it says must not reach another client, or split. */
class MalformedResponsesTest extends DangerTest {

  private static final String HIDDEN = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden";

  /** An answer that two readers could split differently: an error, or an end. */
  @TestFactory
  List<DynamicTest> anAnswerOfUncertainMeaningIsAnError() {
    var tests = new ArrayList<DynamicTest>();
    Map.ofEntries(
            Map.entry("no HTTP", "hello\r\n\r\n"),
            Map.entry("no status", "HTTP/1.1\r\n\r\n"),
            Map.entry("a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
            Map.entry("a status of letters", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"),
            Map.entry("a negative status", "HTTP/1.1 -20 OK\r\nContent-Length: 0\r\n\r\n"),
            Map.entry(
                "two lengths",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 50\r\n\r\n" + HIDDEN),
            Map.entry(
                "length and chunks",
                "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + HIDDEN),
            Map.entry(
                "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + HIDDEN),
            Map.entry("a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +6\r\n\r\nhidden"),
            Map.entry(
                "another coding",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN),
            Map.entry("NUL in a value", "HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n"),
            Map.entry(
                "CR in a value", "HTTP/1.1 200 OK\r\nA: b\rB: c\r\nContent-Length: 0\r\n\r\n"),
            Map.entry(
                "a space before a colon",
                "HTTP/1.1 200 OK\r\nContent-Length : 0\r\nContent-Length: 0\r\n\r\n"),
            Map.entry(
                "a head without an end",
                "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(1 << 18) + "\r\n"),
            Map.entry("a line without an end", "HTTP/1.1 200 " + "a".repeat(1 << 20) + "\r\n\r\n"))
        .forEach(
            (name, said) -> tests.add(DynamicTest.dynamicTest(name, () -> isError(name, said))));
    return tests;
  }

  private void isError(String name, String said) throws Exception {
    try (var backend =
        backend(connection -> {
          connection.request();
          connection.send(said);
        })) {
      RawClient client = client(proxyTo(backend));
      client.send(GET + "\r\n");
      RawClient.Response response = client.response();
      assertThat(response.status() == 0 || response.status() / 100 == 5 || !response.whole())
          .as(name + " gave " + response)
          .isTrue();
      assertThat(client.end().toEndOrReset()).as(name).doesNotContain("hidden");
    }
  }

  @Test
  void aBrokenChunkIsNotWholeForTheClient() throws Exception {
    for (String chunks :
        new String[] {
          "-2\r\nab\r\n0\r\n\r\n",
          "zz\r\nab\r\n0\r\n\r\n",
          "2\r\nabc\r\n0\r\n\r\n",
          "10000000000000002\r\nab\r\n0\r\n\r\n"
        }) {
      try (var backend =
          backend(
              RawBackend.answering(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))) {
        RawClient client = client(proxyTo(backend));
        client.send(GET + "\r\n");
        RawClient.Response response = client.response();
        assertThat(response.status() / 100 == 5 || !response.whole()).as(chunks).isTrue();
      }
    }
  }

  /** What a backend says beyond its answer is nobody's answer. */
  @Test
  void moreThanAnAnswerDoesNotReachTheNextClient() throws Exception {
    for (String answer :
        List.of(
            RawBackend.OK,
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 51\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")) {
      try (var backend = backend(RawBackend.answering(answer + HIDDEN))) {
        int port = proxyTo(backend);
        for (int i = 0; i < 3; i++) {
          RawClient client = client(port);
          client.send(GET + "\r\n");
          assertThat(client.response().body()).as(answer).isIn("ok", "");
          assertThat(client.end().toEndOrReset()).as(answer).isEmpty();
        }
      }
    }
  }

  @Test
  void aBodyAfterHeadDoesNotReachTheNextClient() throws Exception {
    RawBackend backend = backend(RawBackend.answering(HIDDEN));
    int port = proxyTo(backend);
    for (int i = 0; i < 3; i++) {
      RawClient client = client(port);
      client.send("HEAD / HTTP/1.1\r\nHost: example\r\n\r\n");
      assertThat(client.responseWithoutBody().status()).isEqualTo(200);
      assertThat(client.end().toEndOrReset()).isEmpty();
    }
  }
}
