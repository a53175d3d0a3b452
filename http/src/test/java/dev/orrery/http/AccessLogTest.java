package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogTest {

  private final AccessLog log = new AccessLog(List.of("Ticket"));

  @Test
  void secretsAreReplacedAndTheRestStays() {
    assertThat(log.uri("/lab", "token=abc&a=1&_xsrf=2|x|y&b="))
        .isEqualTo("/lab?token=[secret]&a=1&_xsrf=[secret]&b=");
  }

  @Test
  void namesCountInAnySpelling() {
    for (String name :
        List.of(
            "token",
            "TOKEN",
            "access_token",
            "apiKey",
            "code",
            "state",
            "my_auth",
            "password",
            "client_secret",
            "ticket",
            "x-TICKET",
            "t%6fken")) {
      assertThat(log.uri("/", name + "=abc")).as(name).isEqualTo("/?" + name + "=[secret]");
    }
  }

  @Test
  void pathsWithoutQueryAndFieldsWithoutValueAreLeftAlone() {
    assertThat(log.uri("/api/token", "")).isEqualTo("/api/token");
    assertThat(log.uri("/api", "1738320000000")).isEqualTo("/api?1738320000000");
    assertThat(log.uri("/api", "&&a")).isEqualTo("/api?&&a");
  }

  @Test
  void aValueMayHoldAnEqualsSign() {
    assertThat(log.uri("/", "token=a=b=c&x=y=z")).isEqualTo("/?token=[secret]&x=y=z");
  }
}
