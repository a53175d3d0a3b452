package dev.orrery.proxy.danger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** HTTP/1.0, and versions there are none of. */
class OldClientsTest extends DangerTest {

  @Test
  void theConnectionOfAnOldClientEndsWithItsAnswer() throws IOException {
    RawClient client = client(proxyTo(backend(RawBackend.answering(RawBackend.OK))));
    client.send("GET / HTTP/1.0\r\n\r\n");
    assertThat(client.response().body()).isEqualTo("ok");
    assertThat(client.toEndOrReset()).isEmpty();
  }

  @Test
  void anOldClientThatAsksKeepsItsConnection() throws IOException {
    RawClient client = client(proxyTo(backend(RawBackend.answering(RawBackend.OK))));
    for (int i = 0; i < 2; i++) {
      client.send("GET / HTTP/1.0\r\nHost: example\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.body()).isEqualTo("ok");
      assertThat(response.header("Connection"))
          .first()
          .asString()
          .isEqualToIgnoringCase("keep-alive");
    }
  }

  @Test
  void anOldClientGetsNoChunks() throws IOException {
    RawClient client =
        client(
            proxyTo(
                backend(
                    RawBackend.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"))));
    client.send("GET / HTTP/1.0\r\nHost: example\r\nConnection: keep-alive\r\n\r\n");
    RawClient.Response response = client.response();
    assertThat(response.header("Transfer-Encoding")).isEmpty();
    assertThat(response.body()).isEqualTo("ok");
  }

  @TestFactory
  List<DynamicTest> versionsThatAreNoneAreRefused() throws IOException {
    return refused(
        Map.of(
            "0.9", "GET /\r\n",
            "0.9 with headers", "GET /\r\nHost: example\r\n\r\n",
            "2.0", "GET / HTTP/2.0\r\nHost: example\r\n\r\n",
            "1.2", "GET / HTTP/1.2\r\nHost: example\r\n\r\n",
            "lower case", "GET / http/1.1\r\nHost: example\r\n\r\n",
            "01.1", "GET / HTTP/01.1\r\nHost: example\r\n\r\n",
            "another protocol", "GET / RTSP/1.0\r\nHost: example\r\n\r\n",
            "more after it", "GET / HTTP/1.1x\r\nHost: example\r\n\r\n"));
  }
}
