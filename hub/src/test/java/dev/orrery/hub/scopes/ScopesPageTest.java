package dev.orrery.hub.scopes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of the documentation. */
class ScopesPageTest {

  private static final Path PAGE = Path.of("../docs/reference/scopes.md");

  @Test
  void documentationIsThatOfTheTable() throws IOException {
    if (Boolean.getBoolean("orrery.write.docs")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, ScopesPage.text());
    }
    assertThat(Files.readString(PAGE)).isEqualTo(ScopesPage.text());
  }
}
