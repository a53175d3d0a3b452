package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** JupyterLab, as a person uses it. */
class LabInBrowserTest extends InBrowser {

  @Test
  void startsWithEveryPluginActiveAndShowsTheLauncher() {
    openLab("/lab");
    assertThat(page().locator(".jp-Launcher")).isVisible();
    assertThat(plugins()).hasSizeGreaterThan(200);
    assertThat(inactivePlugins()).isEmpty();
  }
}
