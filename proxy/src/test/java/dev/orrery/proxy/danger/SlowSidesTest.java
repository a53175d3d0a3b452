package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bytes that come one by one are passed on, in both directions, and wait for nothing. */
class SlowSidesTest extends DangerTest {

  @Test
  void aRequestInSingleBytesIsTheSameRequest() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    RawClient client = client(proxyTo(backend));
    String request = POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (int i = 0; i < request.length(); i++) {
      client.send(request.substring(i, i + 1));
    }
    assertThat(client.response().body()).isEqualTo("ok");
    assertThat(backend.requests().getFirst().body()).isEqualTo("abc");
  }

  @Test
  void anAnswerInSingleBytesArrivesByteByByte() throws Exception {
    var next = new SynchronousQueue<String>();
    RawBackend backend =
        backend(connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
          for (int i = 0; i < 3; i++) {
            connection.send(take(next));
          }
        });
    RawClient client = client(proxyTo(backend));
    client.send(GET + "\r\n");
    assertThat(client.responseWithoutBody().status()).isEqualTo(200);
    for (String letter : new String[] {"a", "b", "c"}) {
      // The next one is said only when this one has arrived.
      assertThat(next.offer(letter, 10, TimeUnit.SECONDS)).isTrue();
      assertThat(client.read(1)).isEqualTo(letter);
    }
  }

  private static String take(SynchronousQueue<String> queue) throws IOException {
    try {
      String text = queue.poll(10, TimeUnit.SECONDS);
      if (text == null) {
        throw new IOException("The test said nothing");
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
