package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.proxy.metrics.ProxyMetrics;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.MemoryRouteTable;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.wire.RawClient;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API on a free port of this process. With {@code -Dorrery.chp=<port>} a
 * configurable-http-proxy that listens there, with the token {@value #TOKEN}, is asked instead:
 * what the tests then say is what it does.
 */
final class RunningApi implements AutoCloseable {

  static final String TOKEN = "secret-token";

  private static final int PATIENCE_MS = 60_000;
  private static final int OTHER = Integer.getInteger("orrery.chp", 0);

  final RouteTable routes = new MemoryRouteTable();
  final Replica replica = new Replica(true, Clock.systemUTC());
  final ProxyMetrics metrics = new ProxyMetrics();
  private final Transport transport = Transport.start(1);
  private final EndpointInitializer connections;
  private final Channel listening;

  /** A response of the API, whose text is UTF-8. */
  record Reply(RawClient.Response response) {

    int status() {
      return response.status();
    }

    /** The first value of a header; empty when there is none. */
    String header(String name) {
      return response.header(name).stream().findFirst().orElse("");
    }

    String body() {
      return new String(response.body().getBytes(ISO_8859_1), UTF_8);
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(body());
    }
  }

  RunningApi(boolean hostRouting) {
    var api =
        new RouteApi(routes, replica, Optional.of(TOKEN), hostRouting, metrics, Clock.systemUTC());
    connections = new EndpointInitializer(api, "api", Optional.empty());
    try {
      listening = transport.listen(new Listen.Tcp("127.0.0.1", 0), connections);
      if (OTHER > 0) {
        ask("GET", "/api/routes", "")
            .json()
            .propertyNames()
            .forEach(path -> ask("DELETE", "/api/routes" + path, ""));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isOurs() {
    return OTHER == 0;
  }

  RawClient connect() throws IOException {
    return new RawClient(
        OTHER > 0 ? OTHER : ((InetSocketAddress) listening.localAddress()).getPort());
  }

  /** One request with the token, on a connection of its own. */
  Reply ask(String method, String target, String body) {
    return ask(method, target, "Authorization: token " + TOKEN + "\r\n", body);
  }

  Reply ask(String method, String target, String headers, String body) {
    try (RawClient client = connect()) {
      client.send(request(method, target, headers, body).getBytes(UTF_8));
      return new Reply(method.equals("HEAD") ? client.responseWithoutBody() : client.response());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String request(String method, String target, String headers, String body) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + headers
        + (!body.isEmpty() || method.equals("POST")
            ? "Content-Length: " + body.getBytes(UTF_8).length + "\r\n"
            : "")
        + "\r\n"
        + body;
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly(PATIENCE_MS);
    transport.close();
    connections.close();
  }
}
