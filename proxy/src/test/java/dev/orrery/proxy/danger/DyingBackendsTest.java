package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A backend that ends in the middle of what it says. */
class DyingBackendsTest extends DangerTest {

  private RawClient.Response afterDying(String said) throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.request();
          connection.send(said);
        });
    RawClient client = client(proxyTo(backend));
    client.send(GET + "\r\n");
    return client.response();
  }

  @Test
  void aBodyThatBreaksOffIsNotWholeForTheClient() throws IOException {
    RawClient.Response response = afterDying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    assertThat(response.whole()).isFalse();
  }

  @Test
  void chunksThatBreakOffGetNoEnd() throws IOException {
    for (String chunks : new String[] {"3\r\nabc\r\n", "9\r\nabc", "3\r\nabc\r\n0\r\n"}) {
      RawClient.Response response =
          afterDying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
      assertThat(response.whole()).as(chunks).isFalse();
    }
  }

  @Test
  void noAnswerIsAnError() throws IOException {
    for (String said : new String[] {"", "HTT", "HTTP/1.1 200 OK\r\nContent-Le"}) {
      assertThat(afterDying(said).status()).as(said).isIn(502, 503);
    }
  }

  @Test
  void aRequestThatMayHaveHadAnEffectIsNotRepeated() throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.request();
          connection.send(RawBackend.OK);
          // Dies on the second request of a connection that looked well.
          connection.request();
        });
    RawClient client = client(proxyTo(backend));
    client.send(POST + "Content-Length: 1\r\n\r\n1");
    assertThat(client.response().status()).isEqualTo(200);
    client.send(POST + "Content-Length: 1\r\n\r\n2");
    RawClient.Response second = client.response();
    assertThat(backend.requests().stream().filter(request -> request.body().equals("2")).count())
        .as("times the second one was sent, answered with %s", second.status())
        .isEqualTo(1);
  }
}
