package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** After an upgrade nobody looks at what goes through: it has to be one, for both sides. */
class UpgradesTest extends DangerTest {

  private static final String UPGRADE = GET + "Connection: Upgrade\r\nUpgrade: ";
  private static final String KEY =
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: example\r\n\r\n";
  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  /** HTTP/2 in a tunnel would be requests that no rule of the proxy sees. */
  @Test
  void http2IsNotAskedFor() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    for (String name : List.of("h2c", "H2C", "h2", "h2c, websocket", "websocket, h2c")) {
      Outcome outcome =
          outcome(
              backend,
              port,
              GET
                  + "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
                  + "Upgrade: "
                  + name
                  + "\r\n\r\n");
      if (outcome.response().status() != 200) {
        outcome.isRefused(name);
      }
      for (RawBackend.Request request : outcome.seen()) {
        assertThat(request.head().toLowerCase(Locale.ROOT))
            .as(name)
            .doesNotContain("h2", "http2-settings");
      }
    }
  }

  @Test
  void theBeginningOfHttp2IsRefused() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    outcome(backend, proxyTo(backend), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").isRefused("HTTP/2");
  }

  /** What follows is a request like any other as long as the backend has not agreed. */
  @Test
  void whatFollowsARefusedUpgradeIsNoTunnel() throws IOException {
    RawBackend backend =
        backend(
            RawBackend.answering("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"));
    int port = proxyTo(backend);
    RawClient client = client(port);
    client.send(UPGRADE + "websocket\r\n" + KEY + "\r\n" + HIDDEN);
    assertThat(client.response().status()).isEqualTo(426);
    client.end().toEndOrReset();
    for (RawBackend.Request request : backend.requests()) {
      if (request.target().equals("/hidden")) {
        // It came as a request of its own, and with what the proxy tells of each.
        assertThat(request.header("X-Forwarded-For")).isNotEmpty();
      }
    }
  }

  @Test
  void aBackendCanNotSwitchUnasked() throws IOException {
    RawBackend backend =
        backend(connection -> {
          while (connection.request().isPresent()) {
            connection.send(SWITCH + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden");
          }
        });
    RawClient client = client(proxyTo(backend));
    client.send(GET + "\r\n");
    RawClient.Response response = client.response();
    assertThat(response.status()).isNotIn(101, 200);
    assertThat(client.end().toEndOrReset()).doesNotContain("hidden");
  }

  @Test
  void anUpgradeWithABodyIsNoTunnelBeforeItsBodyEnded() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    int port = proxyTo(backend);
    for (String body :
        List.of(
            "Content-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN,
            "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")) {
      Outcome outcome = outcome(backend, port, UPGRADE + "websocket\r\n" + KEY + body);
      if (outcome.response().refuses()) {
        outcome.isRefused("an upgrade with a body");
      } else {
        assertThat(outcome.seen()).hasSize(1);
        assertThat(outcome.seen().getFirst().body()).isIn(HIDDEN, "ab");
      }
    }
  }

  /**
   * Whether a key is needed is the backend's to say; it gets the request as it is, or not at all.
   */
  @Test
  void anUpgradeWithoutAKeyIsRefusedByOneOfTheTwo() throws IOException {
    RawBackend backend =
        backend(RawBackend.answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno"));
    RawClient client = client(proxyTo(backend));
    client.send(UPGRADE + "websocket\r\n\r\n");
    assertThat(client.response().status()).isEqualTo(400);
    assertThat(backend.requests()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void upgradeWithoutItsConnectionHeaderIsNotPassedOn() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(backend, proxyTo(backend), GET + "Upgrade: websocket\r\n" + KEY + "\r\n");
    assertThat(outcome.response().status()).isEqualTo(200);
    assertThat(outcome.seen().getFirst().header("Upgrade")).isEmpty();
  }

  @Test
  void anOldClientCanNotUpgrade() throws IOException {
    RawBackend backend = backend(RawBackend.answering(RawBackend.OK));
    Outcome outcome =
        outcome(
            backend,
            proxyTo(backend),
            UPGRADE.replace("HTTP/1.1", "HTTP/1.0") + "websocket\r\n" + KEY + "\r\n");
    for (RawBackend.Request request : outcome.seen()) {
      assertThat(request.header("Upgrade")).isEmpty();
    }
  }

  @Test
  void bytesGoBothWaysOnceBothAgreed() throws IOException {
    RawBackend backend =
        backend(connection -> {
          connection.request();
          connection.send(SWITCH + "first");
          connection.send(connection.read(4));
        });
    RawClient client = client(proxyTo(backend));
    client.send(UPGRADE + "websocket\r\n" + KEY + "\r\n");
    assertThat(client.responseWithoutBody().status()).isEqualTo(101);
    assertThat(client.read(5)).isEqualTo("first");
    client.send("\0\r\n\u00ff");
    assertThat(client.toEndOrReset()).isEqualTo("\0\r\n\u00ff");
  }
}
