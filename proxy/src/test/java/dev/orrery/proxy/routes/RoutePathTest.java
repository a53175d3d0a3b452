package dev.orrery.proxy.routes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoutePathTest {

  @Test
  void aRouteBeginsWithASlashAndEndsWithoutOne() {
    assertThat(RoutePath.clean("")).isEqualTo("/");
    assertThat(RoutePath.clean("a")).isEqualTo("/a");
    assertThat(RoutePath.clean("/a/b/")).isEqualTo("/a/b");
    assertThat(RoutePath.clean("/")).isEqualTo("/");
  }

  @Test
  void escapesAreDecodedAsUtf8() {
    assertThat(RoutePath.decode("/user/a%40b")).contains("/user/a@b");
    assertThat(RoutePath.decode("/%C3%BCber%2Fx")).contains("/über/x");
    assertThat(RoutePath.decode("/plain")).contains("/plain");
  }

  @Test
  void brokenEscapesAreNoPath() {
    assertThat(RoutePath.decode("/%")).isEmpty();
    assertThat(RoutePath.decode("/%4")).isEmpty();
    assertThat(RoutePath.decode("/%zz")).isEmpty();
    assertThat(RoutePath.decode("/%ff")).isEmpty();
  }

  /** What {@code new URL(path, "http://x").pathname} gives for each. */
  @Test
  void dotSegmentsGoAsUrlParsersTakeThemAway() {
    assertThat(RoutePath.withoutDots("/a/./b")).isEqualTo("/a/b");
    assertThat(RoutePath.withoutDots("/a/../b")).isEqualTo("/b");
    assertThat(RoutePath.withoutDots("/a/b/..")).isEqualTo("/a/");
    assertThat(RoutePath.withoutDots("/a/.")).isEqualTo("/a/");
    assertThat(RoutePath.withoutDots("/../../a")).isEqualTo("/a");
    assertThat(RoutePath.withoutDots("/a/%2e%2E/b")).isEqualTo("/b");
    assertThat(RoutePath.withoutDots("/a/.%2e/b")).isEqualTo("/b");
  }

  @Test
  void everythingElseStaysAsItWasSent() {
    for (String path : new String[] {"/a%20b", "/a%2Fb", "/.hidden", "/a/..b", "/a//b", "/%2"}) {
      assertThat(RoutePath.withoutDots(path)).isEqualTo(path);
    }
  }
}
