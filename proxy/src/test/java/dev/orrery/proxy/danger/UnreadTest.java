package dev.orrery.proxy.danger;

import static dev.orrery.proxy.wire.Waiting.await;
import static dev.orrery.proxy.wire.Waiting.settled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One side does not read: the other one has to wait, and the proxy must not fill up between. */
class UnreadTest extends DangerTest {

  private static final int BLOCK = 64 * 1024;
  private static final long ALL = 1L << 30;

  /**
   * What the sockets of both connections hold, which the system bounds, and little of the proxy.
   */
  private static final long HELD = 24L << 20;

  @Test
  void aBackendWaitsForAClientThatDoesNotRead() throws Exception {
    var sent = new AtomicLong();
    RawBackend backend =
        backend(connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + ALL + "\r\n\r\n");
          byte[] block = new byte[BLOCK];
          while (sent.get() < ALL) {
            connection.send(block);
            sent.addAndGet(BLOCK);
          }
        });
    int port = proxyTo(backend);
    RawClient client = client(port);
    client.send(GET + "\r\n");
    assertThat(client.responseWithoutBody().status()).isEqualTo(200);
    assertThat(settled(sent::get)).isLessThan(HELD);
    // Once it reads, the rest comes.
    long target = sent.get() + (16 << 20);
    while (sent.get() < target) {
      assertThat(client.read(BLOCK)).hasSize(BLOCK);
    }
  }

  @Test
  void aClientWaitsForABackendThatDoesNotRead() throws Exception {
    var over = new CountDownLatch(1);
    RawBackend backend =
        backend(connection -> {
          connection.head();
          await(over);
        });
    RawClient client = client(proxyTo(backend));
    client.send(POST + "Content-Length: " + ALL + "\r\n\r\n");
    var sent = new AtomicLong();
    Thread sending =
        Thread.ofVirtual()
            .start(() -> {
              byte[] block = new byte[BLOCK];
              try {
                while (sent.get() < ALL) {
                  client.send(block);
                  sent.addAndGet(BLOCK);
                }
              } catch (IOException e) {
                // The end of the test.
              }
            });
    assertThat(settled(sent::get)).isLessThan(HELD);
    client.close();
    over.countDown();
    assertThat(sending.join(Duration.ofSeconds(10))).isTrue();
  }
}
