package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What tests do with the pages of a hub again and again. */
final class HubPages {

  static final String PASSWORD = "correct horse";

  private HubPages() {}

  /** Everybody can use it; pictures in light, dark and narrow are for who looks after. */
  static void shown(Page page, String moment) {
    Accessibility.check(page);
    for (ColorScheme scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      picture(page, "hub-" + moment + "-" + scheme.name().toLowerCase(Locale.ROOT));
    }
    page.setViewportSize(360, 740);
    picture(page, "hub-" + moment + "-narrow");
    page.setViewportSize(1280, 800);
    assertThat(page.title()).isNotBlank();
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "screenshots", name + ".png")));
  }

  /** Fills in what an invitation leads to. */
  static void makeAccount(Page page, String name) {
    page.locator("#username").fill(name);
    page.locator("#password").fill(PASSWORD);
    page.locator("#again").fill(PASSWORD);
    page.locator("button[type=submit]").click();
    page.waitForURL(Pattern.compile(".*/hub/home"));
  }
}
