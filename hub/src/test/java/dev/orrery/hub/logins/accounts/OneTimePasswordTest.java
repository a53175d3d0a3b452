package dev.orrery.hub.logins.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of RFC 6238, of which six digits are shown here. */
class OneTimePasswordTest {

  /** {@code 12345678901234567890} in base 32. */
  private static final String KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

  private static boolean isRight(String given, long time) {
    return OneTimePassword.isRight(KEY, given, Instant.ofEpochSecond(time));
  }

  @Test
  void theDigitsOfTheirTimeAreRight() {
    assertThat(isRight("287082", 59)).isTrue();
    assertThat(isRight("081804", 1_111_111_109)).isTrue();
    assertThat(isRight(" 050471 ", 1_111_111_111)).isTrue();
    assertThat(isRight("005924", 1_234_567_890)).isTrue();
    assertThat(isRight("353130", 20_000_000_000L)).isTrue();
  }

  @Test
  void otherDigitsAndOtherTimesAreNot() {
    assertThat(isRight("287082", 60)).isFalse();
    for (String given : List.of("", "0", "287083", "94287082", "28708２", "287082\0")) {
      assertThat(isRight(given, 59)).as(given).isFalse();
    }
    for (String key : List.of("", "A", "not base 32!", "1")) {
      assertThat(OneTimePassword.isRight(key, "287082", Instant.ofEpochSecond(59)))
          .as(key)
          .isFalse();
    }
  }
}
