package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names in addresses from what people call their servers. */
class SlugsTest {

  @Test
  void slugsAreThoseOfJupyterHub() {
    Map.of(
            "Old Name", "old-name",
            "0_zero", "x-0-zero",
            "old.name", "old-name",
            "Crème Brûlée!", "creme-brulee",
            "한글", "x",
            "--a--b--", "a-b")
        .forEach((text, slug) -> assertThat(Slugs.of(text, _ -> false)).as(text).isEqualTo(slug));
    assertThat(Slugs.of("old.name", Set.of("old-name")::contains)).matches("old-name-[0-9a-f]{8}");
    String longest = Slugs.of("a b".repeat(40), Set.of()::contains);
    assertThat(longest).hasSizeLessThanOrEqualTo(30);
    assertThat(ServerNames.isName(longest)).isTrue();
  }

  @Test
  void everySlugIsAName() {
    for (String text :
        List.of("9".repeat(60), "\u0130", "a-", "!", "x".repeat(29) + " y", "ß", "한 1")) {
      assertThat(ServerNames.isName(Slugs.of(text, _ -> false))).as(text).isTrue();
      assertThat(ServerNames.isName(Slugs.of(text, _ -> true))).as(text).isTrue();
    }
  }

  @Test
  void namesAreOfLettersAndSignsWithSingleSpacesBetween() {
    assertThat(List.of("a", "My server", "한글 서버", "C++ (2)", "x".repeat(255)))
        .allMatch(ServerNames::isDisplayName);
    assertThat(List.of("", " ", " a", "a ", "a  b", "a\tb", "a\u00A0b", "\u202Ea", "x".repeat(256)))
        .noneMatch(ServerNames::isDisplayName);
  }
}
