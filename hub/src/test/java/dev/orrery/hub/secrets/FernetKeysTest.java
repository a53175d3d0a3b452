package dev.orrery.hub.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class FernetKeysTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final String HEX = "00112233445566778899aabbccddeeff".repeat(2);
  private static final String OTHER = "ab".repeat(32);

  /** Key, token and text of the Fernet specification. */
  @Test
  void tokenOfTheSpecificationIsReadAndWrittenByteForByte() {
    FernetKeys keys = FernetKeys.parse("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
    byte[] token =
        bytes(
            "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7"
                + "JcbmrR64jVmpU4IwqDA==");
    byte[] vector = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    assertThat(keys.decrypt(token)).contains("hello");
    assertThat(keys.encrypt("hello", Instant.ofEpochSecond(499_162_800), vector)).isEqualTo(token);
  }

  /** Made by JupyterHub 6.1.1 with the keys of this class. */
  @Test
  void whatJupyterHubKeptIsRead() {
    assertThat(
            FernetKeys.parse(HEX)
                .decrypt(
                    bytes(
                        "gAAAAABrAoKGs924p5BF05QrT_fW8oiLXXxywnuzSCUFDK1bYiwzGxUK2NVs7-OcAzFAoP"
                            + "iTryG3p7WWyeu2qwgKPQ0x7nVs0jdA57JOan-WbD7_kbAwy5ydG38EQXXvy4Q6LAjf6MzN")))
        .contains("{\"name\": \"\\ud55c\", \"n\": [1, null]}");
  }

  @Test
  void whatIsEncryptedComesBackInEveryFormOfTheKey() {
    byte[] raw = new byte[32];
    raw[0] = 7;
    String base64 = Base64.getUrlEncoder().encodeToString(raw);
    for (FernetKeys keys :
        List.of(
            FernetKeys.of(List.of(raw)), FernetKeys.parse(base64), FernetKeys.parse(" ;" + HEX))) {
      byte[] token = keys.encrypt("{\"한\": 1}", NOW);
      assertThat(new String(token, StandardCharsets.US_ASCII)).startsWith("gAAAAA");
      assertThat(keys.decrypt(token)).contains("{\"한\": 1}");
    }
    assertThat(FernetKeys.of(List.of(raw)).decrypt(FernetKeys.parse(base64).encrypt("x", NOW)))
        .contains("x");
  }

  @Test
  void theFirstKeyEncryptsAndEachOneDecrypts() {
    FernetKeys old = FernetKeys.parse(HEX);
    FernetKeys both = FernetKeys.parse(OTHER + ";" + HEX);
    assertThat(both.decrypt(old.encrypt("x", NOW))).contains("x");
    assertThat(old.decrypt(both.encrypt("x", NOW))).isEmpty();
  }

  @Test
  void whatWasChangedOrIsNoTokenIsNothing() {
    FernetKeys keys = FernetKeys.parse(HEX);
    byte[] token = Base64.getUrlDecoder().decode(keys.encrypt("x", NOW));
    for (int i = 0; i < token.length; i++) {
      byte[] changed = token.clone();
      changed[i] ^= 1;
      assertThat(keys.decrypt(Base64.getUrlEncoder().encode(changed))).as("byte " + i).isEmpty();
    }
    for (String none : List.of("", "gAAA", "not base64!", "a".repeat(200))) {
      assertThat(keys.decrypt(bytes(none))).as(none).isEmpty();
    }
  }

  @Test
  void whatIsNoKeyIsRefusedWithTheRule() {
    for (String none : List.of("", ";", "short", "x".repeat(64), "!".repeat(44))) {
      assertThatThrownBy(() -> FernetKeys.parse(none))
          .as(none)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("32 bytes");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
