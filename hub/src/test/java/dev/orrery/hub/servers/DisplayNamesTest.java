package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names in addresses from what people call their servers. */
class DisplayNamesTest {

  @Test
  void slugsAreThoseOfJupyterHub() {
    Map.of(
            "Old Name", "old-name",
            "0_zero", "x-0-zero",
            "old.name", "old-name",
            "Crème Brûlée!", "creme-brulee",
            "한글", "x",
            "--a--b--", "a-b")
        .forEach((text, slug) ->
            assertThat(DisplayNames.slug(text, _ -> false)).as(text).isEqualTo(slug));
    assertThat(DisplayNames.slug("old.name", Set.of("old-name")::contains))
        .matches("old-name-[0-9a-f]{8}");
    String longest = DisplayNames.slug("a b".repeat(40), Set.of()::contains);
    assertThat(longest).hasSizeLessThanOrEqualTo(30);
    assertThat(ServerNames.isName(longest)).isTrue();
  }

  @Test
  void everySlugIsAName() {
    for (String text : List.of("9".repeat(60), "\u0130", "a-", "!", "x".repeat(29) + " y", "ß", "한 1")) {
      assertThat(ServerNames.isName(DisplayNames.slug(text, _ -> false))).as(text).isTrue();
      assertThat(ServerNames.isName(DisplayNames.slug(text, _ -> true))).as(text).isTrue();
    }
  }

  @Test
  void namesAreOfLettersAndSignsWithSingleSpacesBetween() {
    assertThat(List.of("a", "My server", "한글 서버", "C++ (2)", "x".repeat(255)))
        .allMatch(DisplayNames::isName);
    assertThat(
            List.of("", " ", " a", "a ", "a  b", "a\tb", "a\u00A0b", "\u202Ea", "x".repeat(256)))
        .noneMatch(DisplayNames::isName);
  }
}
