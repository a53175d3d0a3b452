package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What is over is not held: neither by a limit on its time nor by the other side. */
class HeldTest {

  private static final int MANY = 300;
  private static final int FEW = 30;

  @Test
  void connectionsThatAreGoneAreNotHeld() throws Exception {
    try (var proxy = RunningProxy.start()) {
      for (int i = 0; i < MANY; i++) {
        new RawClient(proxy.port()).close();
      }
      eventuallyFew(ClientConnection.class);
    }
  }

  @Test
  void requestsThatWereAnsweredAreNotHeld() throws Exception {
    var five = Duration.ofMinutes(5);
    try (var proxy = RunningProxy.with().timeouts(five, five).start();
        var backend = new RawBackend(RawBackend.answering(OK));
        var client = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      for (int i = 0; i < MANY; i++) {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1");
        assertThat(client.until("ok")).startsWith("HTTP/1.1 200 ");
      }
      eventuallyFew(Exchange.class);
    }
  }

  @Test
  void aRequestThatTookTooLongEndsAtItsBackend() throws Exception {
    var ended = new CompletableFuture<Boolean>();
    try (var proxy = RunningProxy.with().timeouts(Duration.ofMillis(300), Duration.ZERO).start();
        var backend =
            new RawBackend(connection -> {
              connection.head();
              ended.complete(connection.isEnded());
            });
        var client = new RawClient(proxy.port())) {
      Route route = proxy.route("/", backend.target());
      assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").toEnd()).isEmpty();
      assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(route.traffic().numbers().open()).isZero();
    }
  }

  private static void eventuallyFew(Class<?> type) throws JMException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (living(type) > FEW) {
      assertThat(System.nanoTime()).as(living(type) + " of " + type).isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  /** How many objects of a type are held by anything, which a collection finds out. */
  private static int living(Class<?> type) throws JMException {
    Object histogram =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    String line = ":\\s+(\\d+)\\s+\\d+\\s+" + Pattern.quote(type.getName()) + "(?m:\\s|$)";
    Matcher matcher = Pattern.compile(line).matcher(String.valueOf(histogram));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
