package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the distribution contains, its notices name. */
@Tag("hub")
class NoticesTest {

  @Test
  void everyLibraryIsNamedInTheNotices() throws Exception {
    Path home = Path.of(System.getProperty("orrery.home", ""));
    String notices = Files.readString(home.resolve("THIRD-PARTY-NOTICES.md"));
    try (var files = Files.list(home.resolve("lib"))) {
      List<String> libraries =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".jar") && !name.startsWith("orrery-"))
              .map(name -> name.replaceFirst("-\\d.*", ""))
              .toList();
      assertThat(libraries)
          .isNotEmpty()
          .allSatisfy(name -> assertThat(notices).contains("`" + name + "`"));
    }
  }
}
