package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Clients that wait for a word before they send a body. */
class ExpectationsTest extends DangerTest {

  private static final String ASK = POST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";

  @Test
  void theClientIsToldToGoOnAndTheBackendGetsOneRequest() throws IOException {
    RawBackend backend =
        backend(connection -> {
          while (connection.head().isPresent()) {
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            String body = connection.read(2);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body);
          }
        });
    RawClient client = client(proxyTo(backend));
    client.send(ASK);
    assertThat(client.responseWithoutBody().status()).isEqualTo(100);
    client.send("ab");
    assertThat(client.response().body()).isEqualTo("ab");
    assertThat(backend.requests()).hasSize(1);
  }

  @Test
  void aBackendThatSaysNoSeesNoBody() throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.head();
          connection.send(
              "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        });
    RawClient client = client(proxyTo(backend));
    client.send(ASK);
    RawClient.Response response = client.response();
    assertThat(response.status()).isEqualTo(413);
    assertThat(response.body()).isEqualTo("no");
  }

  /** The body may come, or not: what follows can't be told apart, so nothing may. */
  @Test
  void nothingIsReadAsARequestAfterARefusedBody() throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.head();
          connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
          connection.toEnd();
        });
    RawClient client = client(proxyTo(backend));
    client.send(
        POST
            + "Content-Length: 200\r\nExpect: 100-continue\r\n\r\nGET /hidden HTTP/1.1\r\nHost: example\r\n\r\n");
    assertThat(client.response().status()).isEqualTo(413);
    assertThat(client.end().toEndOrReset()).isEmpty();
    assertThat(backend.requests()).hasSize(1);
  }

  @Test
  void anotherExpectationIsRefused() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(backend, proxyTo(backend), POST + "Content-Length: 0\r\nExpect: tea\r\n\r\n");
    outcome.isRefused("another expectation");
    assertThat(outcome.response().status()).isEqualTo(417);
  }
}
