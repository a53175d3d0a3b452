package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static dev.orrery.proxy.wire.RawBackend.answering;
import static dev.orrery.proxy.wire.Waiting.await;
import static dev.orrery.proxy.wire.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to clients that ask for too much, and to those that keep others waiting. */
class LimitsTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final Limits USUAL = Limits.defaults();

  private Optional<RunningProxy> running = Optional.empty();

  private RunningProxy start(Limits limits) throws IOException {
    RunningProxy proxy = RunningProxy.with().limits(limits).start();
    running = Optional.of(proxy);
    return proxy;
  }

  @AfterEach
  void stop() {
    running.ifPresent(RunningProxy::close);
  }

  private static Limits connections(int all, int ofClient) {
    return limits(all, ofClient, 0, 0, 0, 0, USUAL.headTime(), USUAL.stall());
  }

  private static Limits clientRate(int requests) {
    return limits(0, 0, requests, 0, 0, 0, USUAL.headTime(), USUAL.stall());
  }

  private static Limits routeOpen(int requests) {
    return limits(0, 0, 0, requests, 0, 0, USUAL.headTime(), USUAL.stall());
  }

  private static Limits routeRate(int requests) {
    return limits(0, 0, 0, 0, requests, 0, USUAL.headTime(), USUAL.stall());
  }

  private static Limits body(long bytes) {
    return limits(0, 0, 0, 0, 0, bytes, USUAL.headTime(), USUAL.stall());
  }

  private static Limits headMillis(long time) {
    return limits(0, 0, 0, 0, 0, 0, Duration.ofMillis(time), USUAL.stall());
  }

  private static Limits stallMillis(long time) {
    return limits(0, 0, 0, 0, 0, 0, USUAL.headTime(), Duration.ofMillis(time));
  }

  private static Limits limits(
      int all,
      int ofClient,
      int clientRate,
      int routeOpen,
      int routeRate,
      long body,
      Duration head,
      Duration stall) {
    return new Limits(all, ofClient, clientRate, routeOpen, routeRate, 2_048, body, head, stall);
  }

  @Test
  void oneConnectionTooManyOfAnAddressIsToldSo() throws IOException {
    RunningProxy proxy = start(connections(0, 1));
    try (var backend = new RawBackend(answering(OK));
        var first = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      assertThat(first.send(GET).head()).startsWith("HTTP/1.1 200 ");
      try (var second = new RawClient(proxy.port())) {
        assertThat(second.send(GET).toEnd())
            .startsWith("HTTP/1.1 429 ")
            .containsIgnoringCase("retry-after: 1\r\n")
            .containsIgnoringCase("connection: close\r\n")
            .endsWith("This address asks too much at once. Try again in a moment.\n");
      }
      assertThat(first.read(2)).isEqualTo("ok");
      assertThat(first.send(GET).head()).startsWith("HTTP/1.1 200 ");
    }
    eventually(() -> proxy.forwarding().connections() == 0);
    try (var backend = new RawBackend(answering(OK));
        var third = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      assertThat(third.send(GET).head()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void connectionsBeyondTheLimitOfAllAreClosed() throws IOException {
    RunningProxy proxy = start(connections(1, 0));
    try (var backend = new RawBackend(answering(OK));
        var first = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      assertThat(first.send(GET).head()).startsWith("HTTP/1.1 200 ");
      try (var second = new RawClient(proxy.port())) {
        assertThat(second.toEnd()).isEmpty();
      }
    }
  }

  @Test
  void aClientAsksNoFasterThanItMay() throws IOException {
    RunningProxy proxy = start(clientRate(1));
    try (var backend = new RawBackend(answering(OK))) {
      proxy.route("/", backend.target());
      assertThat(status(proxy)).isEqualTo(200);
      assertThat(status(proxy)).isEqualTo(200);
      assertThat(status(proxy)).isEqualTo(429);
      assertThat(backend.connections()).isPositive();
    }
  }

  @Test
  void aRouteIsAskedNoFasterThanItMay() throws IOException {
    RunningProxy proxy = start(routeRate(1));
    try (var backend = new RawBackend(answering(OK))) {
      Route one = proxy.route("/one", backend.target());
      proxy.route("/two", backend.target());
      assertThat(status(proxy, "/one")).isEqualTo(200);
      assertThat(status(proxy, "/one")).isEqualTo(200);
      // Adding it again changes nothing about what went through it.
      proxy.route("/one", backend.target());
      assertThat(status(proxy, "/one")).isEqualTo(429);
      assertThat(status(proxy, "/two")).isEqualTo(200);
      assertThat(one.traffic().numbers().requests()).isEqualTo(2);
      assertThat(one.traffic().numbers().refusals()).isEqualTo(1);
      assertThat(one.traffic().numbers().sent()).isEqualTo(4);
    }
  }

  @Test
  void aRouteHasNoMoreOpenThanItMay() throws Exception {
    RunningProxy proxy = start(routeOpen(1));
    var asked = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              asked.countDown();
              await(answer);
              connection.send(OK);
            });
        var first = new RawClient(proxy.port())) {
      Route route = proxy.route("/", backend.target());
      first.send(GET);
      await(asked);
      assertThat(status(proxy)).isEqualTo(429);
      assertThat(route.traffic().numbers().open()).isEqualTo(1);
      answer.countDown();
      assertThat(first.head()).startsWith("HTTP/1.1 200 ");
      eventually(() -> route.traffic().numbers().open() == 0);
      assertThat(status(proxy)).isEqualTo(200);
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedBeforeItComes() throws IOException {
    RunningProxy proxy = start(body(10));
    try (var backend = new RawBackend(answering(OK));
        var client = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 413 ");
      assertThat(backend.connections()).isZero();
    }
  }

  @Test
  void aBodyOfUnknownLengthIsRefusedWhereItBecomesTooLarge() throws IOException {
    RunningProxy proxy = start(body(10));
    try (var backend = new RawBackend(RawBackend.Connection::toEnd);
        var client = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n");
      client.send("6\r\n123456\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void headersAreBoundedByTheOption() throws IOException {
    RunningProxy proxy = start(connections(0, 0));
    try (var client = new RawClient(proxy.port())) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(2_048) + "\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void aHeadThatComesTooSlowlyEndsTheConnection() throws IOException {
    RunningProxy proxy = start(headMillis(300));
    try (var client = new RawClient(proxy.port())) {
      client.send("GET / HT");
      assertThat(client.toEnd()).isEmpty();
    }
  }

  @Test
  void aBodyThatStopsIsAnswered() throws IOException {
    RunningProxy proxy = start(stallMillis(300));
    try (var backend = new RawBackend(RawBackend.Connection::toEnd);
        var client = new RawClient(proxy.port())) {
      Route route = proxy.route("/", backend.target());
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhalf");
      assertThat(client.head()).startsWith("HTTP/1.1 408 ");
      eventually(() -> route.traffic().numbers().open() == 0);
      assertThat(route.traffic().numbers().received()).isEqualTo(4);
    }
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws IOException {
    RunningProxy proxy = start(stallMillis(500));
    try (var backend = endless();
        var client = new RawClient(proxy.port())) {
      Route route = proxy.route("/", backend.target());
      client.send(GET);
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      eventually(() -> route.traffic().numbers().open() == 0);
    }
  }

  @Test
  void aClientOfATunnelThatTakesNothingIsCutOff() throws IOException {
    RunningProxy proxy = start(stallMillis(500));
    try (var backend =
            new RawBackend(connection -> {
              connection.head();
              connection.send(
                  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
              String lot = "x".repeat(64 * 1024);
              while (true) {
                connection.send(lot);
              }
            });
        var client = new RawClient(proxy.port())) {
      Route route = proxy.route("/", backend.target());
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      eventually(() -> route.traffic().numbers().tunnels() == 1);
      eventually(() -> route.traffic().numbers().open() == 0);
      assertThat(route.traffic().numbers().tunnels()).isZero();
      assertThat(route.traffic().numbers().sent()).isPositive();
    }
  }

  @Test
  void aSlowClientThatTakesALittleIsNot() throws IOException {
    RunningProxy proxy = start(stallMillis(400));
    try (var backend = endless();
        var client = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      client.send(GET);
      assertThat(client.head()).startsWith("HTTP/1.1 200 ");
      for (int i = 0; i < 15; i++) {
        assertThat(client.read(2 << 20)).hasSize(2 << 20);
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  @Test
  void aSecondHeadThatBeganInTimeMayTakeItsTime() throws IOException {
    RunningProxy proxy = RunningProxy.with().keepAliveTimeout(Duration.ofMillis(400)).start();
    running = Optional.of(proxy);
    try (var backend = new RawBackend(answering(OK));
        var client = new RawClient(proxy.port())) {
      proxy.route("/", backend.target());
      assertThat(client.send(GET).head()).startsWith("HTTP/1.1 200 ");
      assertThat(client.read(2)).isEqualTo("ok");
      client.send("GET / HTTP/1.1\r\nHo");
      LockSupport.parkNanos(Duration.ofMillis(900).toNanos());
      assertThat(client.send("st: h\r\n\r\n").head()).startsWith("HTTP/1.1 200 ");
    }
  }

  /** A backend that answers without end. */
  private static RawBackend endless() throws IOException {
    return new RawBackend(connection -> {
      connection.head();
      connection.send("HTTP/1.1 200 OK\r\n\r\n");
      String lot = "x".repeat(64 * 1024);
      while (true) {
        connection.send(lot);
      }
    });
  }

  private static int status(RunningProxy proxy) throws IOException {
    return status(proxy, "/");
  }

  private static int status(RunningProxy proxy, String path) throws IOException {
    try (var client = new RawClient(proxy.port())) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      return Integer.parseInt(client.toEnd().substring(9, 12));
    }
  }
}
