package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hub as two people find it: the first link, servers, tokens, and one who looks after all. */
@Tag("hub")
class HubInBrowserTest extends InBrowser {

  // Long, because one hub is looked at from its first minute to its end: some twenty pages thrice.
  @Test
  @Timeout(300)
  void oneMakesAHubAndInvitesAnother() {
    try (var hub =
        OurHub.fresh(
            "--JupyterHub.allow_named_servers=True",
            "--Spawner.args=['--expose-app-in-browser']")) {
      continueAt(hub.origin());
      page().navigate(hub.invitation());
      shown("invitation");
      HubPages.makeAccount(page(), "ada");

      assertThat(page().locator("h1")).hasText("Hello, ada");
      shown("home-stopped");
      aServerIsStartedStoppedAndStartedAgain();
      namedServersComeAndGo();
      tokensAreMadeAndRevoked();

      page().navigate(hub.origin() + "/hub/admin");
      page().locator("#invite").click();
      String link = page().locator("#invitation").inputValue();
      shown("admin-invitation");

      page().navigate(hub.origin() + "/hub/home");
      page().locator("#share").click();
      page().locator("#make-link").click();
      String shared = page().locator("#link").inputValue();
      shown("share");

      Page admin = nextPerson("ko-KR");
      page().navigate(link);
      HubPages.makeAccount(page(), "bob");
      assertThat(page().locator("html")).hasAttribute("lang", "ko");
      assertThat(page().locator("h1")).hasText("bob님, 안녕하세요");
      shown("home-korean");
      page().navigate(hub.origin() + "/hub/token");
      shown("token-korean");
      page().navigate(hub.origin() + "/hub/spawn");
      page().waitForURL(Pattern.compile(".*/user/bob/lab.*"));
      awaitLauncher();
      aNotebookRuns("print('of', 6 * 7)", "of 42");
      // An open page would miss its server when that is stopped.
      page().navigate(shared);
      shown("accept-korean");
      page().locator("#accept").click();
      page().waitForURL(Pattern.compile(".*/hub/api/oauth2/authorize.*"));
      shown("confirm-korean");
      page().locator("main button[type=submit]").click();
      page().waitForURL(Pattern.compile(".*/user/ada/lab.*"));
      // What its owner has left open, in whichever of the servers of that home.
      assertThat(page().locator(".jp-NotebookPanel")).isVisible();
      page().navigate(hub.origin() + "/hub/home");

      peopleAreLookedAfter(admin, hub.origin());

      page().reload();
      assertThat(page().locator("#default-state")).hasText("서버가 중지되어 있습니다.");
      complaints()
          .expect("424 (", "a stopped server is told by the status, and the console tells that");
      page().navigate(hub.origin() + "/user/bob/lab");
      assertThat(page().locator("#start")).isVisible();
      shown("stopped-korean");
      complaints().expect("404 (", "what is not there is told by the status");
      page().navigate(hub.origin() + "/hub/admin/nothing");
      shown("not-found-korean");
      page().navigate(hub.origin() + "/hub/logout");
      assertThat(page().locator("#login_submit")).isVisible();
      page().locator("#password_input").fill("secret");
      page().locator("#show-password").click();
      assertThat(page().locator("#password_input")).hasAttribute("type", "text");
      shown("login-korean");
    }
  }

  private void aServerIsStartedStoppedAndStartedAgain() {
    page().keyboard().press("Tab");
    assertThat(page().locator(".skip")).isFocused();
    page().locator("#start").click();
    page().waitForURL(Pattern.compile(".*/user/ada/lab.*"));
    awaitLauncher();
    page().navigate(address("/hub/home"));
    assertThat(page().locator("#default-state")).hasText("Your server runs.");
    shown("home-running");
    page().locator("#stop").click();
    assertThat(page().locator("#default-state")).hasText("Your server is stopped.");
    page().locator("#start").click();
    page().waitForURL(Pattern.compile(".*/user/ada/lab.*"));
    awaitLauncher();
    page().navigate(address("/hub/home"));
  }

  /** All of Lab is there when one can choose what to begin with. */
  private void awaitLauncher() {
    assertThat(page().locator(".jp-LauncherCard").first()).isVisible();
  }

  private void aNotebookRuns(String cell, String output) {
    page().locator(".jp-LauncherCard[data-category=Notebook]").first().click();
    awaitKernel();
    page().keyboard().type(cell);
    runCell(0);
    assertThat(output(0)).hasText(output);
  }

  private String address(String path) {
    return page().url().replaceFirst("(https?://[^/]*).*", "$1") + path;
  }

  private void namedServersComeAndGo() {
    page().locator("#display_name").fill("My GPU");
    page().locator("#add-server").click();
    Locator row =
        page().getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("My GPU"));
    assertThat(row).containsText("stopped");
    shown("home-named");
    page().locator("#start-my-gpu").click();
    page().waitForURL(Pattern.compile(".*/user/ada/my-gpu/lab.*"));
    awaitLauncher();
    // The default server was opened before, and has left its own cookies.
    aNotebookRuns(
        "import os; print(*[v for v in os.environ if 'SERVER_NAME' in v or 'SECRET' in v])",
        "JUPYTERHUB_SERVER_NAME");
    page().navigate(address("/hub/home"));
    assertThat(row).containsText("running");
    page().locator("#stop-my-gpu").click();
    assertThat(row).containsText("stopped");
    page().locator("#delete-my-gpu").click();
    assertThat(row).hasCount(0);
  }

  private void tokensAreMadeAndRevoked() {
    page().navigate(address("/hub/token"));
    page().locator("#token-note").fill("a program");
    page().locator("#request-token-form button[type=submit]").click();
    assertThat(page().locator("#token-result")).hasValue(Pattern.compile("[0-9a-zA-Z_-]{20,}"));
    Locator row =
        page().getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("a program"));
    assertThat(row).isVisible();
    shown("token");
    row.getByRole(AriaRole.BUTTON).click();
    assertThat(row).hasCount(0);
    assertThat(page().locator("#status")).hasText("It was revoked.");
    page().locator("#token-scopes").fill("no:scope");
    complaints().expect("400 (Bad Request)", "what is wrong with a scope is told by the status");
    page().locator("#request-token-form button[type=submit]").click();
    assertThat(page().locator("#status")).containsText("no:scope");
    shown("token-refused");
  }

  private static void peopleAreLookedAfter(Page admin, String origin) {
    admin.navigate(origin + "/hub/admin?q=bob");
    assertThat(admin.locator("#users .state")).hasText("running");
    HubPages.shown(admin, "admin");
    // By the keyboard alone; the focus stays where the button was.
    admin.locator("#toggle-bob").focus();
    admin.keyboard().press("Enter");
    assertThat(admin.locator("#status")).hasText("The server bob is being stopped.");
    assertThat(admin.locator("#users .state")).hasText("stopped");
    assertThat(admin.locator("#toggle-bob")).isFocused();

    admin.locator("#usernames").fill("carol, dan");
    admin.locator("#add-users button").click();
    assertThat(admin.locator("#status")).hasText("Added.");
    admin.navigate(origin + "/hub/admin/groups");
    admin.locator("#group").fill("class of 500");
    admin.locator("#add-group button").click();
    admin.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("class of 500")).click();
    admin.locator("#members").fill("bob carol");
    admin.locator("#add-members button").click();
    assertThat(admin.locator("#live table")).containsText("carol");
    admin.locator("#properties").fill("{\"year\": 2026}");
    admin.locator("#properties-form button").click();
    assertThat(admin.locator("#status")).hasText("Changed.");
    HubPages.shown(admin, "group");
    admin.navigate(origin + "/hub/admin/groups");
    HubPages.shown(admin, "groups");

    admin.navigate(origin + "/hub/admin/user/carol");
    assertThat(admin.locator("#live")).containsText("class of 500");
    admin.locator("#toggle-admin").click();
    assertThat(admin.locator("#live dl")).containsText("administrator");
    admin.locator(".danger-zone summary").click();
    HubPages.shown(admin, "person");
    admin.locator("#delete-user").click();
    admin.waitForURL(Pattern.compile(".*/hub/admin"));
    assertThat(admin.locator("#users")).not().containsText("carol");
    assertThat(admin.locator("#users")).containsText("dan");
  }

  private void shown(String moment) {
    HubPages.shown(page(), moment);
  }
}
