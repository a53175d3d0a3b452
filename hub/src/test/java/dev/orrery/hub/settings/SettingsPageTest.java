package dev.orrery.hub.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  private static final Path PAGE = Path.of("../docs/reference/hub-settings.md");

  @Test
  void documentationIsWhatTheHubDeclares() throws IOException {
    String page = SettingsPage.text(HubDeclarations.all());
    if (Boolean.getBoolean("orrery.write.docs")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }
}
