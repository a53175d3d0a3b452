package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Requests sent without waiting: each gets its own answer, or the connection ends. */
class PipeliningTest extends DangerTest {

  private static RawBackend.Script echo() {
    return connection -> {
      for (var request = connection.request();
          request.isPresent();
          request = connection.request()) {
        String body = request.get().target() + request.get().body();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      }
    };
  }

  private static String get(int number) {
    return "GET /" + number + " HTTP/1.1\r\nHost: example\r\n\r\n";
  }

  @Test
  void answersComeInTheOrderOfTheRequests() throws IOException {
    RawClient client = client(proxyTo(backend(echo())));
    var all = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      all.append(get(i));
    }
    client.send(all.toString());
    for (int i = 0; i < 50; i++) {
      assertThat(client.response().body()).isEqualTo("/" + i);
    }
  }

  @Test
  void aBodyIsNotTakenForTheNextRequest() throws IOException {
    RawClient client = client(proxyTo(backend(echo())));
    String hidden = get(9);
    client.send(
        "POST /1 HTTP/1.1\r\nHost: example\r\nContent-Length: "
            + hidden.length()
            + "\r\n\r\n"
            + hidden
            + get(2));
    assertThat(client.response().body()).isEqualTo("/1" + hidden);
    assertThat(client.response().body()).isEqualTo("/2");
  }

  @Test
  void nothingIsServedAfterARefusal() throws IOException {
    RawBackend backend = backend(echo());
    RawClient client = client(proxyTo(backend));
    client.send(get(1) + "GET /2 HTTP/1.1\r\n\r\n" + get(3));
    assertThat(client.response().body()).isEqualTo("/1");
    assertThat(client.response().refuses()).isTrue();
    assertThat(client.toEndOrReset()).isEmpty();
    assertThat(backend.requests()).hasSize(1);
  }

  @Test
  void nothingIsServedAfterTheClientSaidClose() throws IOException {
    RawBackend backend = backend(echo());
    RawClient client = client(proxyTo(backend));
    client.send("GET /1 HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n" + get(2));
    assertThat(client.response().body()).isEqualTo("/1");
    assertThat(client.toEndOrReset()).isEmpty();
    assertThat(backend.requests()).hasSize(1);
  }
}
