package dev.orrery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However many want something of the API server, it is asked for a bounded number at once. */
class ApiServerTest {

  private static final int MANY = 300;

  @Test
  void manyWhoAskWaitForTheirTurn() throws Exception {
    var under = new AtomicInteger();
    var most = new AtomicInteger();
    var full = new CountDownLatch(ApiServer.MOST_AT_ONCE);
    HttpServer fake =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MANY);
    fake.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    fake.createContext(
        "/",
        exchange -> {
          most.accumulateAndGet(under.incrementAndGet(), Math::max);
          full.countDown();
          try (exchange) {
            // The first ones are held until there are as many as there may be.
            full.await(20, TimeUnit.SECONDS);
            Thread.sleep(5);
            under.decrementAndGet();
            exchange.sendResponseHeaders(201, 2);
            exchange.getResponseBody().write(new byte[] {'{', '}'});
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    fake.start();
    var address =
        new ApiAddress("http://127.0.0.1:" + fake.getAddress().getPort(), "", Optional.empty());
    try (var server = ApiServer.open(address, Duration.ofSeconds(20));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var made = new ArrayList<Future<?>>();
      for (int i = 0; i < MANY; i++) {
        made.add(threads.submit(() -> server.create(Kind.POD, "ns", Map.of())));
      }
      for (Future<?> one : made) {
        one.get(60, TimeUnit.SECONDS);
      }
      assertThat(most).hasValue(ApiServer.MOST_AT_ONCE);
    } finally {
      fake.stop(0);
    }
  }
}
