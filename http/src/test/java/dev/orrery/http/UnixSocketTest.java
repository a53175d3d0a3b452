package dev.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.telemetry.Metrics;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on a unix socket, and what may be in the way of one. */
class UnixSocketTest {

  @TempDir Path folder;

  private static HttpServer server(Path socket, int mode) {
    var routes = new Routes();
    routes.add(
        Routes.Kind.API,
        "GET",
        "/who",
        exchange -> exchange.sendJson(200, Json.object().put("client", exchange.clientAddress())));
    return new HttpServer(
        new HttpOptions(new Listen.Unix(socket, mode), List.of(), 1_000, 100),
        routes,
        (exchange, next) -> next.handle(exchange),
        (_, status, message) -> status + ": " + message,
        HttpServer.durations(new Metrics()),
        new AccessLog(List.of()));
  }

  private static String ask(Path socket) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          ByteBuffer.wrap(
              "GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(UTF_8)));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }

  @Test
  void itAnswersWithItsModeAndIsGoneAfterwards() throws IOException {
    Path socket = folder.resolve("s");
    try (var server = server(socket, 0660)) {
      server.start();
      assertThat(server.port()).isEqualTo(-1);
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      assertThat(ask(socket)).startsWith("HTTP/1.1 200").endsWith("{\"client\":\"unix\"}");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSocketThatNobodyServesAnyMoreIsReplaced() throws IOException {
    Path socket = folder.resolve("s");
    try (var crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      crashed.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(Files.exists(socket)).isTrue();
    try (var server = server(socket, 0600)) {
      server.start();
      assertThat(ask(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aSocketThatIsServedIsLeftToItsServer() throws IOException {
    Path socket = folder.resolve("s");
    try (var first = server(socket, 0600);
        var second = server(socket, 0600)) {
      first.start();
      assertThatThrownBy(second::start)
          .hasMessage("The socket " + socket + " is already in use by another server");
      assertThat(ask(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aFileThatIsNoSocketIsKept() throws IOException {
    Path file = Files.writeString(folder.resolve("thesis.txt"), "years of work");
    try (var server = server(file, 0600)) {
      assertThatThrownBy(server::start)
          .hasMessage(file + " exists and is not a socket; give the socket another name");
    }
    assertThat(file).hasContent("years of work");
  }

  @Test
  void whatCanNotBeASocketIsNamed() {
    for (Path impossible :
        List.of(folder.resolve("no/such/folder/s"), folder.resolve("s".repeat(150)))) {
      try (var server = server(impossible, 0600)) {
        assertThatThrownBy(server::start)
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("The socket " + impossible + " can't be made: ");
      }
    }
  }
}
