package dev.orrery.hub.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every sentence is there in every language, and no other one. */
class TextsTest {

  private static final Pattern PLACE = Pattern.compile("\\{[0-9]}");
  private static final Pattern WORD = Pattern.compile("\"([a-z]+\\.[-a-z_.0-9]*)\"");

  @Test
  void languagesHaveTheSameTextsWithTheSamePlaces() {
    Texts english = Texts.of("en");
    for (String language : Texts.LANGUAGES) {
      Texts other = Texts.of(language);
      assertThat(other.all().keySet()).as(language).isEqualTo(english.all().keySet());
      other
          .all()
          .forEach((key, text) -> {
            assertThat(text).as(language + " " + key).isNotBlank();
            assertThat(places(text))
                .as(language + " " + key)
                .isEqualTo(places(english.all().getOrDefault(key, "")));
          });
    }
  }

  private static Set<String> places(String text) {
    return PLACE.matcher(text).results().map(match -> match.group()).collect(Collectors.toSet());
  }

  /** Keys stand in templates and handlers as they are, or as their beginning up to a dot. */
  @Test
  void everyTextIsUsedAndEveryOneUsedIsThere() throws IOException {
    Set<String> known = Texts.of("en").all().keySet();
    var written = new TreeSet<String>();
    for (String folder : new String[] {"src/main/jte", "src/main/java/dev/orrery/hub/pages"}) {
      try (var files = Files.list(Path.of(folder))) {
        for (Path file : files.toList()) {
          WORD.matcher(Files.readString(file))
              .results()
              .forEach(word -> written.add(word.group(1)));
        }
      }
    }
    // Families whose last word is chosen while a page is drawn.
    var families =
        Set.of(
            "state",
            "home.default",
            "error",
            "error.advice",
            "admin.state",
            "admin.sort",
            "time",
            "roles.origin",
            "roles.from",
            "roles.kind",
            "objection");
    assertThat(known)
        .allSatisfy(key ->
            assertThat(
                    written.contains(key)
                        || families.contains(key.substring(0, key.lastIndexOf('.')))
                        || key.startsWith("time."))
                .as(key + " is used")
                .isTrue());
    var sections = known.stream().map(key -> key.split("\\.", 2)[0]).collect(Collectors.toSet());
    assertThat(written)
        .filteredOn(word ->
            sections.contains(word.split("\\.", 2)[0])
                && !word.endsWith(".")
                && !word.endsWith(".js")
                && !families.contains(word))
        .isNotEmpty()
        .allSatisfy(word -> assertThat(known).contains(word));
  }

  @Test
  void theBrowserChoosesTheLanguage() {
    assertThat(Texts.accepted("ko-KR,ko;q=0.9,en;q=0.8").language()).isEqualTo("ko");
    assertThat(Texts.accepted("de, ko;q=0.5").language()).isEqualTo("ko");
    assertThat(Texts.accepted("en-US,ko;q=0.5").language()).isEqualTo("en");
    assertThat(Texts.accepted("fr").language()).isEqualTo("en");
    assertThat(Texts.accepted("").language()).isEqualTo("en");
    assertThat(Texts.accepted(";;;q=x").language()).isEqualTo("en");
  }

  @Test
  void whatIsPutInIsNotReadAgain() {
    assertThat(Texts.of("en").say("admin.shown", "{1}", "{2}", 3)).isEqualTo("{1} to {2} of 3");
  }
}
