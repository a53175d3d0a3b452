package dev.orrery.hub.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses with and without TLS, asked by the same parts of the hub. */
class OutgoingHttpTest {

  private final OutgoingHttp outgoing = new OutgoingHttp(Duration.ofSeconds(5));
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    outgoing.close();
    server.stop(0);
  }

  private HttpResponse<Void> ask(String scheme) throws IOException, InterruptedException {
    URI url = URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/");
    HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).build();
    return outgoing.to(url).send(request, BodyHandlers.discarding());
  }

  @Test
  void plainHttpIsAnswered() throws Exception {
    assertThat(ask("http").statusCode()).isEqualTo(204);
    assertThat(ask("HTTP").statusCode()).isEqualTo(204);
  }

  @Test
  void tlsIsSpokenWhereTheAddressSaysSo() {
    // This server speaks plain HTTP: that it is not understood shows that TLS was tried.
    assertThatThrownBy(() -> ask("https")).isInstanceOf(SSLException.class);
  }
}
