package dev.orrery.hub.logins.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which passwords are guessed first. */
class EasyPasswordsTest {

  @Test
  void aWordANameAndKeysInARowAreEasy() {
    for (String password :
        List.of(
            "password",
            "Passw0rd!",
            "P@$$w0rd2026",
            "sunshine",
            "123Dragon",
            "12345678",
            "87654321",
            "qwertyuiop",
            "1qaz2wsx",
            "asdfQWER1234",
            "aaaaaaaaaa",
            "abababababab",
            "abc123abc123",
            "jovanna-maria1",
            "!!!jovanna-maria!!!",
            "x".repeat(500) + "q7!" + "z".repeat(500))) {
      assertThat(EasyPasswords.has(password, "jovanna-maria")).as(password).isTrue();
    }
  }

  @Test
  void severalWordsAndWhatIsRandomIsNot() {
    for (String password :
        List.of(
            "seven green owls",
            "correct horse",
            "kX9#vLp2",
            "my dog ate lunch",
            "여덟 갈색 곰",
            "jovanna-maria")) {
      assertThat(EasyPasswords.has(password, "ann")).as(password).isFalse();
    }
  }
}
