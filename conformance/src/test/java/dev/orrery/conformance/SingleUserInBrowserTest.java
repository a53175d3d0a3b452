package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real page of a server that a real hub started, with the hub's login. */
@Tag("hub")
class SingleUserInBrowserTest extends InBrowser {

  @Test
  void aPersonLogsInAtTheHubWorksAndLogsOut() {
    try (var hub =
        RealHub.withOurServers("c.Spawner.args += ['--LabApp.expose_app_in_browser=True']\n")) {
      continueAt(hub.origin());
      page().navigate(hub.origin() + "/hub/login?next=%2Fhub%2Fuser-redirect%2Flab%3Freset");
      page().locator("#username_input").fill("anna");
      page().locator("#password_input").fill("any");
      page().locator("#login_submit").click();
      page().waitForURL(Pattern.compile(".*/user/anna/lab.*"));
      awaitApplication();
      look("opened");

      complaints()
          .expect(
              "404 (Not Found) (" + hub.origin() + "/user/anna/api/contents/Untitled.ipynb?",
              "Lab asks for the file under its first name after it has renamed it");
      page().locator(".jp-LauncherCard[data-category=Notebook]").first().click();
      awaitKernel();
      page().keyboard().type("print('behind the hub', 6 * 7)");
      runCell(0);
      assertThat(output(0)).hasText("behind the hub 42");
      page().keyboard().press("Control+s");
      page().locator(".jp-Dialog button.jp-mod-accept").click();
      awaitText(hub.home("anna").resolve("Untitled.ipynb"), "behind the hub");

      openMenu("File");
      assertThat(menuItem("Hub Control Panel")).isVisible();
      assertThat(menuItem("Log Out")).isVisible();
      assertThat(menuItem("Shut Down")).hasCount(0);
      look("menu");
      page().keyboard().press("Escape");
      Object address =
          page()
              .evaluate(
                  "() => performance.getEntriesByType('resource').map(e => e.name)"
                      + ".filter(name => name.includes('token=')).length");
      assertThat(address).as("no token in an address").isEqualTo(0);

      // A page that is open would miss its server at the end.
      page().navigate("about:blank");
      complaints()
          .expect(
              "reading 'schema'",
              "Notebook's own race at start: its shortcuts plugin reads a schema before it is there");
      page().navigate(hub.origin() + "/user/anna/tree");
      awaitApplication();
      openMenu("File");
      assertThat(menuItem("Hub Control Panel")).isVisible();
      look("notebook-menu");
      menuItem("Log Out").click();
      page().waitForURL(Pattern.compile(".*/hub/(login|logout).*"));
      page().navigate(hub.origin() + "/user/anna/lab");
      assertThat(page()).hasURL(Pattern.compile(".*/hub/login.*"));
    }
  }
}
