package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A coding that one reader knows and another one does not hides a request in a body. */
class TransferCodingsTest extends DangerTest {

  private static final String CHUNKS = "2\r\nab\r\n0\r\n\r\n";

  @TestFactory
  List<DynamicTest> everyCodingButChunkedIsRefused() throws IOException {
    return refused(
        Stream.of(
                "gzip, chunked",
                "chunked, gzip",
                "chunked, chunked",
                "identity",
                "chunked, identity",
                "xchunked",
                "chunkedx",
                "chunked;q=1",
                "\"chunked\"",
                "chunked,",
                ",chunked",
                "\u000bchunked",
                "chunked\u000c",
                "")
            .collect(
                Collectors.toMap(
                    coding -> "'" + coding + "'",
                    coding -> POST + "Transfer-Encoding: " + coding + "\r\n\r\n" + CHUNKS)));
  }

  @TestFactory
  List<DynamicTest> aSecondHeaderAndAnOldVersionAreRefused() throws IOException {
    return refused(
        Map.of(
            "twice",
            POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
            "and another one",
            POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + CHUNKS,
            "HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS));
  }

  @Test
  void capitalsAndSpacesAroundChunkedAreTheSame() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    for (String coding : List.of("Chunked", "  chunked", "chunked\t ")) {
      Outcome outcome =
          outcome(backend, port, POST + "Transfer-Encoding: " + coding + "\r\n\r\n" + CHUNKS);
      assertThat(outcome.response().status()).isEqualTo(200);
      assertThat(outcome.seen()).hasSize(1);
      assertThat(outcome.seen().getFirst().body()).isEqualTo("ab");
    }
  }

  /** TE names what the client takes, for this connection alone. */
  @Test
  void whatTheClientTakesIsNotPassedOn() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(backend, proxyTo(backend), GET + "TE: gzip, deflate\r\nConnection: TE\r\n\r\n");
    assertThat(outcome.seen().getFirst().header("TE")).isEmpty();
  }
}
