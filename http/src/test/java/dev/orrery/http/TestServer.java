package dev.orrery.http;

import dev.orrery.telemetry.Metrics;
import java.io.IOException;
import java.util.List;

/** A server on a free port with the routes a test gives it. */
final class TestServer implements AutoCloseable {

  static final long MAX_BODY = 100_000;

  final Metrics metrics = new Metrics();
  private final HttpServer server;

  TestServer(Routes routes) throws IOException {
    this(routes, (exchange, next) -> next.handle(exchange), List.of());
  }

  TestServer(Routes routes, Filter filter, List<String> basePath) throws IOException {
    server =
        new HttpServer(
            new HttpOptions(new Listen.Tcp("127.0.0.1", 0), basePath, MAX_BODY, 100),
            routes,
            filter,
            (_, status, message) -> "<p>" + status + ": " + message + "</p>",
            HttpServer.durations(metrics),
            new AccessLog(List.of()));
    server.start();
  }

  HttpServer http() {
    return server;
  }

  RawHttp connect() throws IOException {
    return new RawHttp(server.port());
  }

  /** The answer to one request on a connection of its own. */
  RawHttp.Answer ask(String method, String target, String... headers) throws IOException {
    try (RawHttp http = connect()) {
      http.request(method, target, headers);
      return method.equals("HEAD") ? http.answerWithoutBody() : http.answer();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
