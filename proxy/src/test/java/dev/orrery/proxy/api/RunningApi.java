package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.proxy.metrics.ProxyMetrics;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.MemoryRouteTable;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.RouteTable;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.util.Locale;
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

  private static final int PATIENCE_MS = 10_000;
  private static final int OTHER = Integer.getInteger("orrery.chp", 0);

  final RouteTable routes = new MemoryRouteTable();
  final Replica replica = new Replica(true, Clock.systemUTC());
  final ProxyMetrics metrics = new ProxyMetrics();
  private final Transport transport = Transport.start(1);
  private final EndpointInitializer connections;
  private final Channel listening;

  record Reply(int status, String head, String body) {

    String header(String name) {
      return head.lines()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(body);
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

  Connection connect() {
    try {
      int port = OTHER > 0 ? OTHER : ((InetSocketAddress) listening.localAddress()).getPort();
      return new Connection(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request with the token, on a connection of its own. */
  Reply ask(String method, String target, String body) {
    return ask(method, target, "Authorization: token " + TOKEN + "\r\n", body);
  }

  Reply ask(String method, String target, String headers, String body) {
    try (Connection connection = connect()) {
      return connection.send(request(method, target, headers, body)).reply(method.equals("HEAD"));
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

  /** A client that says exactly what it is told to. */
  static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MS);
      in = socket.getInputStream();
    }

    Connection send(String text) {
      try {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Connection end() {
      try {
        socket.shutdownOutput();
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Reply reply() {
      return reply(false);
    }

    Reply reply(boolean headAlone) {
      try {
        String head = until("\r\n\r\n");
        if (head.isEmpty()) {
          return new Reply(0, "", "");
        }
        var reply = new Reply(Integer.parseInt(head.split(" ", 3)[1]), head, "");
        String body = "";
        if (!headAlone && reply.header("Transfer-Encoding").equals("chunked")) {
          body = chunks();
        } else if (!headAlone && !reply.header("Content-Length").isEmpty()) {
          int length = Integer.parseInt(reply.header("Content-Length"));
          body = new String(in.readNBytes(length), UTF_8);
        } else if (!headAlone && reply.header("Connection").equals("close")) {
          body = new String(in.readAllBytes(), UTF_8);
        }
        return new Reply(reply.status(), head, body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isClosed() {
      try {
        return in.read() < 0;
      } catch (IOException e) {
        // A reset.
        return true;
      }
    }

    private String chunks() throws IOException {
      var body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(until("\r\n").strip(), 16);
        body.write(in.readNBytes(size));
        until("\r\n");
        if (size == 0) {
          return body.toString(UTF_8);
        }
      }
    }

    private String until(String mark) throws IOException {
      var text = new StringBuilder();
      while (text.indexOf(mark) < 0) {
        int next = in.read();
        if (next < 0) {
          break;
        }
        text.append((char) next);
      }
      return text.toString();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
