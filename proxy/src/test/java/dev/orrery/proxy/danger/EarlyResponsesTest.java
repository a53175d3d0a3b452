package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** A backend that answers before it has read the body. */
class EarlyResponsesTest extends DangerTest {

  private static final int BODY = 8 << 20;

  @Test
  void theClientGetsTheAnswerAndTheRestOfItsBodyIsNobodysRequest() throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.head();
          connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
          connection.toEnd();
        });
    int port = proxyTo(backend);
    RawClient client = client(port);
    client.send(POST + "Content-Length: " + BODY + "\r\n\r\nbegin");
    assertThat(client.response().status()).isEqualTo(413);
    try {
      client.send("GET /hidden HTTP/1.1\r\nHost: example\r\n\r\n".repeat(100));
      client.end().toEndOrReset();
    } catch (SocketException e) {
      // The proxy may be done with it.
    }
    // Another client must not get the connection on which a body is still missing.
    RawClient next = client(port);
    next.send(GET + "\r\n");
    assertThat(next.response().status()).isEqualTo(413);
    assertThat(backend.requests()).extracting(RawBackend.Request::target).containsExactly("/", "/");
    assertThat(backend.connections()).isEqualTo(2);
  }
}
