package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;

/**
 * A proxy between a raw client and a raw backend.
 *
 * <p>With {@code -Dorrery.danger.front=PORT,BACKEND} the tests use a proxy that listens on PORT
 * already and passes everything on to the port BACKEND of this machine: any other one, to see what
 * it makes of the same bytes.
 */
abstract class DangerTest {

  static final String GET = "GET / HTTP/1.1\r\nHost: example\r\n";
  static final String POST = "POST / HTTP/1.1\r\nHost: example\r\n";

  private static final String FRONT = System.getProperty("orrery.danger.front", "");
  private static final String FENCE = "/fence";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** What became of bytes that a client sent. */
  record Outcome(RawClient.Response response, String after, List<RawBackend.Request> seen) {

    /** Nothing but a refusal came of it. */
    void isRefused(String what) {
      assertThat(response.refuses())
          .as(what + " is refused, and not answered with: " + response.head() + seen)
          .isTrue();
      assertThat(after).as("answers after the refusal of " + what).isEmpty();
      assertThat(seen).as("what the backend saw of " + what).isEmpty();
    }
  }

  /** The port of a proxy in front of a backend. */
  final int proxyTo(RawBackend backend) throws IOException {
    if (!FRONT.isEmpty()) {
      return Integer.parseInt(FRONT.substring(0, FRONT.indexOf(',')));
    }
    RunningProxy proxy = opened(RunningProxy.start());
    proxy.route("/", backend.target());
    return proxy.port();
  }

  final RawBackend backend(RawBackend.Script script) throws IOException {
    int port = FRONT.isEmpty() ? 0 : Integer.parseInt(FRONT.substring(FRONT.indexOf(',') + 1));
    return opened(new RawBackend(port, script));
  }

  final RawClient client(int port) throws IOException {
    return opened(new RawClient(port));
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  @AfterEach
  final void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** A test for each of some requests that have to be refused. */
  final List<DynamicTest> refused(Map<String, String> requests) throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    var tests = new ArrayList<DynamicTest>();
    requests.forEach((name, bytes) ->
        tests.add(
            DynamicTest.dynamicTest(name, () -> outcome(backend, port, bytes).isRefused(name))));
    return tests;
  }

  /** Sends bytes over a connection of their own and watches both ends until nothing more comes. */
  static Outcome outcome(RawBackend backend, int port, String bytes) throws IOException {
    int before = backend.requests().size();
    RawClient.Response response;
    String after;
    try (var client = new RawClient(port)) {
      client.send(bytes);
      response = client.response();
      // What was hidden in the bytes is answered before the connection ends.
      after = response.closes() ? client.toEndOrReset() : client.end().toEndOrReset();
    }
    // Whatever of it was passed on was passed on before this.
    try (var client = new RawClient(port)) {
      client.send("GET " + FENCE + " HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n");
      assertThat(client.response().status()).as("the proxy works on").isEqualTo(200);
    }
    List<RawBackend.Request> seen = backend.requests();
    return new Outcome(
        response,
        after,
        seen.subList(before, seen.size()).stream()
            .filter(request -> !request.target().equals(FENCE))
            .toList());
  }
}
