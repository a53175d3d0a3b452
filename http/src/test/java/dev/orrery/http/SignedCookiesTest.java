package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SignedCookiesTest {

  private static final String NAME = "username-localhost-8888";
  private static final byte[] VALUE = "{\"username\":\"u\"}".getBytes(StandardCharsets.UTF_8);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final long MADE = 1_767_225_600L;

  /** What Tornado's create_signed_value makes of the same secret, name, value and time. */
  private static final String TORNADO =
      "2|1:0|10:1767225600|23:username-localhost-8888|24:eyJ1c2VybmFtZSI6InUifQ==|"
          + "8bd0e629db846d5398fab96a112f1dc403a89b778230180dc0636b2d48c36fe8";

  private static SignedCookies at(Instant time) {
    byte[] secret = "a-secret-of-32-bytes-for-testing".getBytes(StandardCharsets.UTF_8);
    return new SignedCookies(secret, Clock.fixed(time, ZoneOffset.UTC));
  }

  private final SignedCookies cookies = at(Instant.ofEpochSecond(MADE));

  @Test
  void valuesAreSignedByteForByteAsTornadoSignsThem() {
    assertThat(cookies.sign(NAME, VALUE)).isEqualTo(TORNADO);
  }

  @Test
  void tornadosValuesAreAccepted() {
    assertThat(cookies.verify(NAME, TORNADO, MONTH)).hasValue(VALUE);
  }

  @Test
  void aChangeOfAnyByteIsNoticed() {
    for (int i = 0; i < TORNADO.length(); i++) {
      for (char other : new char[] {'0', 'x', '|', ':', (char) (TORNADO.charAt(i) ^ 1), 'é'}) {
        if (other != TORNADO.charAt(i)) {
          String forged = TORNADO.substring(0, i) + other + TORNADO.substring(i + 1);
          assertThat(cookies.verify(NAME, forged, MONTH)).as(forged).isEmpty();
        }
      }
      String shorter = TORNADO.substring(0, i) + TORNADO.substring(i + 1);
      assertThat(cookies.verify(NAME, shorter, MONTH)).as(shorter).isEmpty();
      assertThat(cookies.verify(NAME, TORNADO.substring(0, i), MONTH)).isEmpty();
    }
    assertThat(cookies.verify(NAME, TORNADO + "0", MONTH)).isEmpty();
  }

  @Test
  void aValueOfAnotherCookieIsRefused() {
    String other = cookies.sign("other", VALUE);
    assertThat(cookies.verify("other", other, MONTH)).hasValue(VALUE);
    assertThat(cookies.verify(NAME, other, MONTH)).isEmpty();
  }

  @Test
  void aValueOfAnotherSecretIsRefused() {
    var others = new SignedCookies(new byte[32], Clock.systemUTC());
    assertThat(others.verify(NAME, TORNADO, Duration.ofDays(100_000))).isEmpty();
  }

  @Test
  void valuesExpireAndThoseFromTheFutureDoNotCount() {
    Instant made = Instant.ofEpochSecond(MADE);
    assertThat(at(made.plus(MONTH)).verify(NAME, TORNADO, MONTH)).isPresent();
    assertThat(at(made.plus(MONTH).plusSeconds(1)).verify(NAME, TORNADO, MONTH)).isEmpty();
    assertThat(at(made.minus(Duration.ofHours(23))).verify(NAME, TORNADO, MONTH)).isPresent();
    assertThat(at(made.minus(Duration.ofHours(25))).verify(NAME, TORNADO, MONTH)).isEmpty();
  }

  @Test
  void nonsenseIsRefusedWithoutAnException() {
    for (String text :
        new String[] {
          "", "2|", "2|:|", "2|1:", "2|99999:x|", "2|-1:x|", "1|a|b", "2|1:0|2:x|", "2|99999999:|"
        }) {
      assertThat(cookies.verify(NAME, text, MONTH)).as(text).isEmpty();
    }
    assertThat(cookies.verify(NAME, "2|".repeat(100_000), MONTH)).isEmpty();
  }
}
