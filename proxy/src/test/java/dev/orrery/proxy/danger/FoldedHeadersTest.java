package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Headers over two lines, which RFC 9112 wrote off: for some readers the second is a header. */
class FoldedHeadersTest extends DangerTest {

  @TestFactory
  List<DynamicTest> aFoldedHeaderIsRefused() throws IOException {
    return refused(
        Map.of(
            "a space", GET + "A: b\r\n c\r\n\r\n",
            "a tab", GET + "A: b\r\n\tc\r\n\r\n",
            "a folded coding", POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
            "a folded length", POST + "Content-Length:\r\n 2\r\n\r\nab",
            "a length that looks folded", POST + "A: b\r\n Content-Length: 2\r\n\r\nab",
            "before the first header", "GET / HTTP/1.1\r\n Host: example\r\n\r\n",
            "a space alone", GET + " \r\n\r\n"));
  }

  @Test
  void whereTheBytesArePartedMakesNoDifference() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    RawClient client = client(proxyTo(backend));
    // A whole request first: the second is one of the same connection.
    for (String request : List.of(GET + "A: b\r\n\r\n", GET + "A: b\r\n c\r\n\r\n")) {
      for (int i = 0; i < request.length(); i++) {
        client.send(request.substring(i, i + 1));
      }
    }
    assertThat(client.response().status()).isEqualTo(200);
    assertThat(client.response().status()).isEqualTo(400);
    assertThat(client.toEndOrReset()).isEmpty();
    assertThat(backend.requests()).hasSize(1);
  }
}
