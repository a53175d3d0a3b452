package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server on a unix socket, as a proxy before it sees it. */
class UnixSocketServerTest {

  private final Path root = OrreryServer.makeRoot();
  private final Path socket = root.resolve("lab.sock");

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void pagesAndWebSocketsComeThroughASocketThatIsGoneAtTheEnd() throws IOException {
    try (var server = OrreryServer.in(root, "--ServerApp.sock=" + socket)) {
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      // The line that a start is waited for by is not the last one.
      Eventually.holds(
          "the log says how to get there",
          Duration.ofSeconds(60),
          () -> server.output().contains("ssh -L 8888:" + socket),
          server::output);
      assertThat(server.output())
          .contains("http+unix://")
          .doesNotContain("open this file in a browser");
      assertThat(ask("GET /lab HTTP/1.1"))
          .startsWith("HTTP/1.1 200")
          .contains("jupyter-config-data");
      assertThat(ask("GET /api/status HTTP/1.1", "Authorization: none")).startsWith("HTTP/1.1 403");
      assertThat(ask("POST /api/terminals HTTP/1.1")).startsWith("HTTP/1.1 200");
      terminalAnswers();

      assertThatThrownBy(() -> OrreryServer.in(root, "--ServerApp.sock=" + socket).close())
          .hasMessageContaining("ended with 1")
          .hasMessageContaining("already in use by another server")
          .hasMessageNotContaining("Exception");
      assertThat(ask("GET /api HTTP/1.1")).startsWith("HTTP/1.1 200");
    }
    assertThat(Files.exists(socket)).isFalse();
  }

  @Test
  void theSocketOfACrashedServerIsTakenOver() throws IOException {
    try (var crashing =
        OrreryServer.in(root, "--ServerApp.sock=" + socket, "--ServerApp.sock_mode=0660")) {
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      crashing.kill();
    }
    assertThat(Files.exists(socket)).as("left by the crash").isTrue();
    try (var _ = OrreryServer.in(root, "--ServerApp.sock=" + socket)) {
      assertThat(ask("GET /api HTTP/1.1")).startsWith("HTTP/1.1 200");
    }
  }

  private String ask(String line) throws IOException {
    return ask(line, "Authorization: token " + OrreryServer.TOKEN);
  }

  private String ask(String line, String authorization) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      send(
          channel,
          line + "\r\nHost: localhost\r\nConnection: close\r\n" + authorization + "\r\n\r\n");
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }

  private void terminalAnswers() throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      send(
          channel,
          "GET /terminals/websocket/1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + "Authorization: token "
              + OrreryServer.TOKEN
              + "\r\n\r\n");
      InputStream in = Channels.newInputStream(channel);
      readUntil(in, "[\"setup\", {}]");
      byte[] message = "[\"stdin\",\"echo over-$((6*7))\\r\"]".getBytes(UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(6 + message.length);
      // A whole text frame whose mask changes nothing.
      frame.put((byte) 0x81).put((byte) (0x80 | message.length)).putInt(0).put(message);
      channel.write(frame.flip());
      readUntil(in, "over-42");
    }
  }

  private static void readUntil(InputStream in, String text) throws IOException {
    var seen = new StringBuilder();
    byte[] buffer = new byte[4096];
    while (seen.indexOf(text) < 0) {
      int count = in.read(buffer);
      assertThat(count).as("the end came before " + text + ": " + seen).isPositive();
      seen.append(new String(buffer, 0, count, UTF_8));
    }
  }

  private static void send(SocketChannel channel, String request) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
