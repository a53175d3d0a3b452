package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that has said all and still listens, and one that stopped in the middle. */
class HalfClosedTest extends DangerTest {

  @Test
  void whoEndedItsHalfStillGetsTheAnswer() throws IOException {
    RawClient client = client(proxyTo(backend(RawBackend.answering(RawBackend.OK))));
    client.send(POST + "Content-Length: 2\r\n\r\nab").end();
    assertThat(client.response().body()).isEqualTo("ok");
    assertThat(client.toEndOrReset()).isEmpty();
  }

  @Test
  void aBodyThatBreaksOffIsNoRequest() throws Exception {
    isCutAtTheBackend(POST + "Content-Length: 10\r\n\r\nabc");
    isCutAtTheBackend(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc");
    isCutAtTheBackend(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  }

  private void isCutAtTheBackend(String bytes) throws Exception {
    var cut = new CompletableFuture<Boolean>();
    RawBackend backend =
        backend(connection -> {
          try {
            cut.complete(connection.request().isEmpty());
          } catch (IOException | NumberFormatException e) {
            cut.complete(true);
          }
        });
    RawClient client = client(proxyTo(backend));
    client.send(bytes);
    client.end();
    assertThat(client.response().refuses()).isTrue();
    if (backend.connections() > 0) {
      assertThat(cut.get(10, TimeUnit.SECONDS)).as("the request did not come whole").isTrue();
    }
    backend.close();
  }

  @Test
  void aHeadThatBreaksOffIsForgotten() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    RawClient client = client(proxyTo(backend));
    client.send(GET + "A: b").end();
    assertThat(client.response().refuses()).isTrue();
    assertThat(backend.connections()).isZero();
  }

  @Test
  void aClientThatIsGoneEndsItsRequestAtTheBackend() throws Exception {
    var asked = new CompletableFuture<Boolean>();
    var ended = new CompletableFuture<Boolean>();
    RawBackend backend =
        backend(connection -> {
          asked.complete(connection.request().isPresent());
          ended.complete(connection.isEnded());
        });
    RawClient client = client(proxyTo(backend));
    client.send(POST + "Content-Length: 2\r\n\r\nab");
    assertThat(asked.get(10, TimeUnit.SECONDS)).isTrue();
    client.reset();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
  }
}
