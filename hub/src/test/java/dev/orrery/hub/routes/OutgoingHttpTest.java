package dev.orrery.hub.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses with and without TLS, asked by the same part of the hub. */
class OutgoingHttpTest {

  /** What a connection begins with that speaks TLS: the type of the record of a handshake. */
  private static final int HANDSHAKE = 22;

  private final OutgoingHttp outgoing = new OutgoingHttp(Duration.ofSeconds(20));
  private ServerSocket server;
  private CompletableFuture<Integer> firstByte;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    firstByte = new CompletableFuture<>();
    Thread.ofVirtual().start(this::answerOnce);
  }

  private void answerOnce() {
    try (Socket client = server.accept()) {
      firstByte.complete(client.getInputStream().read());
      client
          .getOutputStream()
          .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      firstByte.completeExceptionally(e);
    }
  }

  @AfterEach
  void stop() throws IOException {
    outgoing.close();
    server.close();
  }

  private int ask(String scheme) throws IOException, InterruptedException {
    URI url = URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/");
    return outgoing.ask("GET", url, Map.of(), "", Duration.ofSeconds(20)).status();
  }

  @Test
  void plainHttpIsAnswered() throws Exception {
    assertThat(ask("http")).isEqualTo(204);
    assertThat(firstByte.get(20, TimeUnit.SECONDS)).isEqualTo('G');
  }

  @Test
  void tlsIsSpokenWhereTheAddressSaysSo() throws Exception {
    // What answers is no TLS; the handshake was tried.
    assertThatThrownBy(() -> ask("https")).isInstanceOf(IOException.class);
    assertThat(firstByte.get(20, TimeUnit.SECONDS)).isEqualTo(HANDSHAKE);
  }
}
