package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What administrators see and do, and people on their way to an account. No server is started. */
@Tag("hub")
class AdminInBrowserTest extends InBrowser {

  @Test
  void peopleAskForAccountsAndAnAdministratorSeesToThem() {
    try (var hub = OurHub.fresh("--AccountAuthenticator.enable_signup=True")) {
      continueAt(hub.origin());
      page().navigate(hub.invitation());
      HubPages.makeAccount(page(), "ada");

      Page admin = nextPerson("en-US");
      page().navigate(hub.origin() + "/hub/login");
      shown("login");
      page().locator("#signup").click();
      shown("signup");
      page().locator("#username").fill("bob");
      page().locator("#password").fill(HubPages.PASSWORD);
      page().locator("#again").fill("another one");
      complaints().expect("400 (", "what is wrong with a form is told by the status");
      page().locator("main button[type=submit]").click();
      assertThat(page().locator(".problem")).isVisible();
      shown("signup-refused");
      page().locator("#password").fill(HubPages.PASSWORD);
      page().locator("#again").fill(HubPages.PASSWORD);
      page().locator("main button[type=submit]").click();
      String approval = page().locator("#approval").inputValue();
      shown("signed-up");

      admin.navigate(approval);
      HubPages.shown(admin, "authorize");
      // By the keyboard alone.
      admin.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Approve bob")).focus();
      admin.keyboard().press("Enter");
      assertThat(admin.locator("#status")).hasText("bob can log in now.");
      HubPages.shown(admin, "authorized");

      page().navigate(hub.origin() + "/hub/login");
      logIn("bob");
      page().navigate(hub.origin() + "/hub/change-password");
      shown("change-password");
      page().locator("#old").fill(HubPages.PASSWORD);
      page().locator("#password").fill("seven green owls");
      page().locator("#again").fill("seven green owls");
      page().locator("main button[type=submit]").click();
      assertThat(page().locator("[role=status]")).isVisible();
      shown("changed-password");

      admin.navigate(hub.origin() + "/hub/admin/user/bob");
      admin.locator("#let-choose").click();
      String link = admin.locator("#invitation").inputValue();
      HubPages.shown(admin, "password-link");
      page().navigate(link);
      shown("choose-password");
    }
  }

  @Test
  void rolesAndServicesAreLookedAfter() {
    try (var hub =
        OurHub.fresh(
            "--JupyterHub.load_groups={'class of 500': []}",
            "--JupyterHub.load_roles=[{'name': 'teacher', 'description': 'Looks after a class',"
                + " 'scopes': ['admin-ui', 'list:users!group=class of 500', 'access:servers!user'],"
                + " 'groups': ['class of 500'], 'services': ['grades']}]",
            "--JupyterHub.services=[{'name': 'grades', 'url': 'http://127.0.0.1:9',"
                + " 'info': {'room': 4}}, {'name': 'culler', 'admin': True,"
                + " 'command': ['sleep', '600']}]")) {
      continueAt(hub.origin());
      page().navigate(hub.invitation());
      HubPages.makeAccount(page(), "ada");
      page().locator("header a").getByText("Admin").click();
      page().locator("#usernames").fill("bob carol");
      page().locator("#add-users button").click();
      assertThat(page().locator("#status")).hasText("Added.");
      link("Roles").click();
      shown("roles");
      page().locator("#search").fill("each");
      page().keyboard().press("Enter");
      assertThat(page().locator("#roles tbody tr")).hasCount(1);
      link("teacher").click();
      assertThat(page().locator("main")).containsText("the group class of 500 and who is in it");
      shown("role");
      page().locator("main nav a").getByText("Groups").last().click();
      assertThat(page().locator("main")).containsText("class of 500");

      page().navigate(hub.origin() + "/hub/admin/role/admin");
      page().locator("#user").fill("zoe");
      complaints().expect("404 (", "that there is nobody of a name is told by the status");
      page().locator("#give button").click();
      assertThat(page().locator("[role=alert]")).containsText("zoe");
      page().locator("#user").fill("carol");
      page().locator("#give button").click();
      assertThat(page().locator("table").last()).containsText("carol");
      page().navigate(hub.origin() + "/hub/admin/role/admin?kind=user");
      shown("role-admin");
      Locator take =
          page()
              .getByRole(
                  AriaRole.BUTTON,
                  new Page.GetByRoleOptions().setName("Take administrator rights from carol"));
      take.focus();
      page().keyboard().press("Enter");
      assertThat(take).hasCount(0);

      link("Services").click();
      assertThat(page().locator("#services .state")).containsText("runs as process");
      shown("services");
      link("culler").click();
      shown("service-managed");
      page().goBack();
      page().locator("#name").fill("a/b");
      complaints().expect("400 (", "what is wrong with a form is told by the status");
      page().locator("#add-service button").click();
      assertThat(page().locator("[role=alert]")).containsText("no valid name");
      shown("services-refused");
      page().locator("#name").fill("reports");
      page().locator("#url").fill("http://127.0.0.1:9");
      page().locator("#allowed").fill("read:users!user list:groups");
      page().locator("#add-service button").click();
      assertThat(page().locator("#made-token")).hasValue(Pattern.compile("[0-9a-zA-Z_-]{20,}"));
      shown("service-added");
      link("reports").click();
      page().locator(".danger-zone summary").click();
      shown("service");
      page().locator("#remove-service").click();
      assertThat(page().locator("#services")).not().containsText("reports");

      koreanPagesAreTheSame(hub.origin());
    }
  }

  private void koreanPagesAreTheSame(String origin) {
    nextPerson("ko-KR");
    page().navigate(origin + "/hub/login");
    logIn("ada");
    for (String path : new String[] {"roles", "role/admin", "services", "service/grades"}) {
      page().navigate(origin + "/hub/admin/" + path);
      assertThat(page().locator("html")).hasAttribute("lang", "ko");
      shown(path.replace('/', '-') + "-korean");
    }
  }

  private void logIn(String name) {
    page().locator("#username_input").fill(name);
    page().locator("#password_input").fill(HubPages.PASSWORD);
    page().locator("#login_submit").click();
    page().waitForURL(Pattern.compile(".*/hub/(home|spawn).*"));
  }

  private Locator link(String name) {
    return page()
        .locator("main")
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }

  private void shown(String moment) {
    HubPages.shown(page(), moment);
  }
}
