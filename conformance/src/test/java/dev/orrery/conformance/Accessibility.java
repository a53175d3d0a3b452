package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;

/** Whether everybody can use a page: by axe-core's rules, in both colours, and on a phone. */
final class Accessibility {

  private static final int NARROW = 360;

  private Accessibility() {}

  /** Fails with what is wrong on a page as it is now, and leaves it as it was. */
  static void check(Page page) {
    Path axe = Requirements.nodeModules().resolve("node_modules").resolve("axe-core");
    page.evaluate(Texts.read(axe.resolve("axe.min.js")));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      assertThat(violations(page)).as(page.url() + " in " + scheme).isEmpty();
    }
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    var before = page.viewportSize();
    page.setViewportSize(NARROW, 740);
    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
        .as(page.url() + " is not wider than a phone")
        .isLessThanOrEqualTo(NARROW);
    assertThat(violations(page)).as(page.url() + " on a phone").isEmpty();
    page.setViewportSize(before.width, before.height);
  }

  private static List<?> violations(Page page) {
    return (List<?>)
        page.evaluate(
            "async () => (await axe.run()).violations.map("
                + "v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))");
  }
}
