package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.SettingsPage;
import dev.orrery.kubernetes.pods.SpawnerTraits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  private static final Path PAGE = Path.of("../docs/reference/hub-settings.md");

  @Test
  void documentationIsWhatTheHubDeclares() throws IOException {
    String page = SettingsPage.text(HubDeclarations.all(SpawnerTraits::declare));
    if (Boolean.getBoolean("orrery.write.docs")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }
}
