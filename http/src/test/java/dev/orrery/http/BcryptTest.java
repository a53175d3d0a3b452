package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Hashes that Python's bcrypt made, and ours. */
class BcryptTest {

  @Test
  void hashesOfPythonMatch() {
    assertThat(
            Bcrypt.matches(
                "$2b$12$r1z7CThJ8NtLJ/USxHdWx.lZKpuvoKO.AmnpxoMjpQBKg7/uGfWOy", "secret"))
        .isTrue();
    assertThat(
            Bcrypt.matches(
                "$2b$04$rTW6cNrQfMg4wfugINavbOyxxa5iQCPKZIUdN8mOvesR0HCLzuMnW", "Secret"))
        .isFalse();
    assertThat(
            Bcrypt.matches("$2b$04$S0xitVVjAQEtCjfBaSMkZ.wOS09DfSdCZBNKsICtWuTbhhPOF4k.e", "한국어 ☃"))
        .as("UTF-8")
        .isTrue();
    assertThat(
            Bcrypt.matches("$2a$04$e9o/deb0DLsGN9cG89fS9OmhwppNO1o9gXjF7PdMClmBAO9x7cLxG", "old"))
        .as("an older prefix")
        .isTrue();
    String longest = "$2b$04$KWv2y.d3AqGD0QiO.TEPJ.3jeZRXq3jbahar4nJbojyruUiqAJ8We";
    assertThat(Bcrypt.matches(longest, "x".repeat(72))).isTrue();
    assertThat(Bcrypt.matches(longest, "x".repeat(90))).as("the rest never counted").isTrue();
    assertThat(Bcrypt.matches(longest, "x".repeat(71))).isFalse();
  }

  @Test
  void whatWeMakeIsOfTheSameForm() {
    String hash = Bcrypt.hash("secret");
    assertThat(hash).startsWith("$2b$12$").hasSize(60).isNotEqualTo(Bcrypt.hash("secret"));
    assertThat(Bcrypt.matches(hash, "secret")).isTrue();
    assertThat(Bcrypt.matches(hash, "secret ")).isFalse();
    assertThatThrownBy(() -> Bcrypt.hash("é".repeat(37)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("72");
  }

  @Test
  void whatIsNoHashMatchesNothing() {
    String salted = "$2b$31$" + "a".repeat(53);
    for (String hash : List.of("", "x", "$2b$04$short", "$1$x$y", salted, "argon2:x")) {
      assertThat(Bcrypt.matches(hash, "x")).as(hash).isFalse();
    }
  }
}
