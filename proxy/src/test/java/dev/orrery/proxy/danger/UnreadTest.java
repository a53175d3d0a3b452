package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    assertThat(whenItStands(sent)).isLessThan(HELD);
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
          awaitQuietly(over);
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
    assertThat(whenItStands(sent)).isLessThan(HELD);
    client.close();
    over.countDown();
    assertThat(sending.join(Duration.ofSeconds(10))).isTrue();
  }

  /**
   * The count once it has not moved for half a second; what has no bound is over its limit first.
   */
  private static long whenItStands(AtomicLong count) throws InterruptedException {
    long last = -1;
    long now = count.get();
    while (now != last && now < HELD) {
      last = now;
      TimeUnit.MILLISECONDS.sleep(500);
      now = count.get();
    }
    return now;
  }

  private static void awaitQuietly(CountDownLatch latch) throws SocketException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new SocketException("The test did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
