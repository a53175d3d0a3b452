package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class XsrfTest {

  /** One token as Tornado masked it for its cookie and, later, for a form. */
  private static final String COOKIE = "2|2e6ca4c4|937fca33e52716d5d74773e809b1e43d|1795278865";

  private static final String FORM = "2|f3cbc2db|4ed8ac2c388070ca0ae015f7d4168222|1795278865";

  @Test
  void tornadosTokensMatchUnderDifferentMasks() {
    assertThat(Xsrf.matches(COOKIE, FORM)).isTrue();
    assertThat(Xsrf.matches(COOKIE, COOKIE)).isTrue();
  }

  @Test
  void anotherTokenDoesNotMatch() {
    String other = "2|2e6ca4c4|937fca33e52716d5d74773e809b1e43e|1795278865";
    assertThat(Xsrf.isToken(other)).isTrue();
    assertThat(Xsrf.matches(COOKIE, other)).isFalse();
    assertThat(Xsrf.matches(COOKIE, Xsrf.create(Clock.systemUTC()))).isFalse();
  }

  @Test
  void newTokensAreTokensAndEachIsNew() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String token = Xsrf.create(Clock.systemUTC());
      assertThat(token).matches("2\\|[0-9a-f]{8}\\|[0-9a-f]{32}\\|\\d+");
      assertThat(Xsrf.matches(token, token)).isTrue();
      assertThat(seen.add(token)).isTrue();
    }
  }

  @Test
  void whatIsNoTokenNeverMatchesNotEvenItself() {
    for (String text :
        new String[] {
          "",
          "x",
          "2|||",
          "2|2e6ca4c4||1795278865",
          "2|2e6ca4|937fca33e52716d5d74773e809b1e43d|1",
          "1|2e6ca4c4|937fca33e52716d5d74773e809b1e43d|1",
          "2|zzzzzzzz|937fca33e52716d5d74773e809b1e43d|1",
          "2|2e6ca4c4|937fca33e52716d5d74773e809b1e43d|1|1",
          "2|".repeat(1_000)
        }) {
      assertThat(Xsrf.isToken(text)).as(text).isFalse();
      assertThat(Xsrf.matches(text, text)).as(text).isFalse();
    }
  }
}
