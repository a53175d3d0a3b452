package dev.orrery.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {

  @Test
  void versionsAreThoseOfThePinnedWheels() throws Exception {
    String wheels = Files.readString(Path.of("wheels.txt"));
    assertThat(wheels)
        .contains(
            "jupyterlab==" + Pages.LAB_VERSION + " ", "notebook==" + Pages.NOTEBOOK_VERSION + " ");
  }

  @Test
  void distributionWithoutPagesHasNone(@TempDir Path home) throws Exception {
    assertThat(Pages.in(home)).isEmpty();
    Path index = home.resolve("share/jupyter/lab/static/index.html");
    Files.createDirectories(index.getParent());
    Files.writeString(index, "<html>");
    assertThat(Pages.in(home))
        .get()
        .extracting(Pages::lab)
        .isEqualTo(home.resolve("share/jupyter/lab"));
  }

  @Test
  void onlyKnownAssetsAreFound() {
    assertThat(Assets.find("mark.svg"))
        .get()
        .extracting(
            bytes -> new String(bytes, StandardCharsets.UTF_8),
            org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .startsWith("<svg");
    assertThat(Assets.find("../web/mark.svg")).isEmpty();
    assertThat(Assets.find("Pages.class")).isEmpty();
  }
}
