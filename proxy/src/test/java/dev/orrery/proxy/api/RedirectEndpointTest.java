package dev.orrery.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.api.Endpoint.Request;
import org.junit.jupiter.api.Test;

/** Where a client without TLS is led. */
class RedirectEndpointTest {

  private static String location(int port, String host, String target) {
    var answer =
        new RedirectEndpoint(port).beforeBody(new Request("GET", target, host, "")).orElseThrow();
    return answer.status() + " " + answer.headers().getOrDefault("Location", "");
  }

  @Test
  void portIsReplaced() {
    assertThat(location(8443, "hub.example:80", "/a?b=c"))
        .isEqualTo("301 https://hub.example:8443/a?b=c");
    assertThat(location(443, "hub.example", "/")).isEqualTo("301 https://hub.example/");
    assertThat(location(443, "[::1]:80", "/")).isEqualTo("301 https://[::1]/");
    assertThat(location(443, "x", "http://x/abs")).isEqualTo("301 https://x/abs");
  }

  @Test
  void hostThatIsNoneLeadsNowhere() {
    for (String host : new String[] {"", "a b", "evil/", "a@b", "a\r\nX: y", "[::1"}) {
      assertThat(location(443, host, "/")).as(host).isEqualTo("400 ");
    }
  }
}
