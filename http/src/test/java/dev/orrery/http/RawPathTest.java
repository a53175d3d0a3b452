package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawPathTest {

  @Test
  void segmentsAreCutFirstAndDecodedOnce() {
    assertThat(RawPath.segments("/a%20b/%C3%BC/%2541")).containsExactly("a b", "ü", "%41");
    assertThat(RawPath.segments("/a+b")).containsExactly("a+b");
  }

  @Test
  void emptySegmentsAreKept() {
    assertThat(RawPath.segments("/")).containsExactly("");
    assertThat(RawPath.segments("/a//b")).containsExactly("a", "", "b");
    assertThat(RawPath.segments("//a/")).containsExactly("", "a", "");
  }

  @Test
  void whatCouldBeTakenForMoreThanOneNameIsNotFound() {
    for (String path :
        List.of(
            "/a/../b", "/..", "/.", "/a/%2e%2E/b", "/.%2e", "/%2e", "/a%2Fb", "/a%2fb", "/a%00b")) {
      assertRefused(path, 404);
    }
  }

  @Test
  void namesThatOnlyLookLikeClimbingAreNames() {
    assertThat(RawPath.segments("/.../..a/a../.%2e.")).containsExactly("...", "..a", "a..", "...");
  }

  @Test
  void badEscapesAreRefused() {
    for (String path : List.of("/%", "/a%4", "/%zz", "/%4g/a", "/a/%", "/%\u0663\u0661")) {
      assertRefused(path, 400);
    }
  }

  @Test
  void badUtf8IsRefused() {
    // A lone continuation, a cut sequence, an overlong slash, a surrogate.
    for (String path : List.of("/%80", "/%C3", "/%C0%AF", "/%ED%A0%80", "/%FF")) {
      assertRefused(path, 400);
    }
  }

  @Test
  void refusalsQuoteAtMostTheBeginningOfALongSegment() {
    assertThatThrownBy(() -> RawPath.segments("/%" + "x".repeat(10_000)))
        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(300));
  }

  @Test
  void whatIsEncodedDecodesToItself() {
    var random = new Random(20260131);
    for (int i = 0; i < 2_000; i++) {
      String name =
          random
              .ints(1 + random.nextInt(12), 1, 0x11000)
              .filter(c -> c != '/' && (c < 0xd800 || c > 0xdfff))
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      if (!name.equals(".") && !name.equals("..")) {
        assertThat(RawPath.segments("/" + RawPath.encode(name))).containsExactly(name);
      }
    }
  }

  @Test
  void pathsAreEncodedNameByName() {
    assertThat(RawPath.encodePath("a b/ü?#%/c")).isEqualTo("a%20b/%C3%BC%3F%23%25/c");
    assertThat(RawPath.encodePath("/a//b/")).isEqualTo("/a//b/");
    assertThat(RawPath.encodePath("")).isEmpty();
  }

  private static void assertRefused(String path, int status) {
    assertThatThrownBy(() -> RawPath.segments(path))
        .as(path)
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.status()).as(path).isEqualTo(status));
  }
}
