package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static dev.orrery.proxy.wire.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Connections that end at the moment in which they are used again. */
class StaleConnectionsTest {

  private static final int CLIENTS = 8;
  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

  /** Where the event loop stands still while the test does several things at once. */
  private record Hold(CountDownLatch reached, CountDownLatch end) {
    Hold() {
      this(new CountDownLatch(1), new CountDownLatch(1));
    }

    void stand() {
      reached.countDown();
      try {
        await(end);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * The loop hears at once that clients ask and that the connections that wait for it are reset. So
   * each is closed and asked anew on a socket that gets the descriptor of the old one, while what
   * is said of the old one is still to be handled.
   */
  @Test
  void theEndOfAConnectionDoesNotReachTheOneInItsPlace() throws IOException {
    var hold = new AtomicReference<Optional<Hold>>(Optional.empty());
    var backendConnections = new AtomicInteger();
    var all = new CountDownLatch(CLIENTS);
    var end = new CountDownLatch(1);
    var ended = new CountDownLatch(CLIENTS);
    var clients = new ArrayList<RawClient>();
    List<FileInputStream> files = fillGaps();
    try (var backend =
            new RawBackend(connection -> {
              if (backendConnections.incrementAndGet() > CLIENTS) {
                RawBackend.answering(OK).run(connection);
                return;
              }
              connection.head();
              all.countDown();
              await(all);
              connection.send(OK);
              await(end);
              connection.reset();
              ended.countDown();
            });
        // On one event loop.
        var proxy = RunningProxy.with().events(holding(hold)).threads(1).start()) {
      proxy.route("/", backend.target());
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new RawClient(proxy.port()).send(GET));
      }
      for (RawClient client : clients) {
        assertThat(client.until("ok")).startsWith("HTTP/1.1 200 OK");
      }
      try (var last = new RawClient(proxy.port())) {
        var now = new Hold();
        hold.set(Optional.of(now));
        last.send(GET);
        await(now.reached());
        for (RawClient client : clients) {
          client.send(GET);
        }
        end.countDown();
        await(ended);
        now.end().countDown();
        assertThat(last.until("ok")).startsWith("HTTP/1.1 200 OK");
      }
      for (RawClient client : clients) {
        assertThat(client.until("ok")).startsWith("HTTP/1.1 200 OK");
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
      closeAll(files);
    }
  }

  private static ForwardEvents holding(AtomicReference<Optional<Hold>> hold) {
    return new ForwardEvents() {
      @Override
      public void webRequest() {
        hold.getAndSet(Optional.empty()).ifPresent(Hold::stand);
      }
    };
  }

  /** A socket gets the lowest free descriptor: which is then the one that was closed last. */
  private static List<FileInputStream> fillGaps() throws IOException {
    var files = new ArrayList<FileInputStream>();
    for (int i = 0; i < 100; i++) {
      files.add(new FileInputStream("/dev/null"));
    }
    return files;
  }

  private static void closeAll(List<FileInputStream> files) throws IOException {
    for (FileInputStream file : files) {
      file.close();
    }
  }
}
