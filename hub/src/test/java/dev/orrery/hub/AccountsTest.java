package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts with passwords of a hub, from the sign-up to a new password. */
class AccountsTest {

  private static final String GOOD = "seven green owls";
  private static final String BETTER = "eight brown bears";
  private static final Pattern LINK = Pattern.compile("invitation\\?code=([0-9a-f]+)");

  private static final List<String> KINDS = List.of("accounts", "native");

  @TempDir private Path folder;

  private RunningHub hub(String... more) throws IOException {
    return hubOf("accounts", more);
  }

  private RunningHub hubOf(String kind, String... more) throws IOException {
    return new RunningHub(
        folder,
        Stream.concat(
                Stream.of(
                    "--JupyterHub.authenticator_class=" + kind,
                    "--NativeAuthenticator.enable_signup=True"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static RunningHub.Answer signUp(RunningHub hub, String name, String password) {
    try (var browser = new Browser(hub.origin())) {
      return signUp(browser, name, password, "");
    }
  }

  private static RunningHub.Answer signUp(
      Browser browser, String name, String password, String email) {
    return browser.submit(
        "/hub/signup",
        "/hub/signup",
        Browser.field("username", name)
            + "&"
            + Browser.field("signup_password", password)
            + "&"
            + Browser.field("signup_password_confirmation", password)
            + (email.isEmpty() ? "" : "&" + Browser.field("email", email)));
  }

  private static RunningHub.Answer logIn(Browser browser, String name, String password) {
    return browser.submit(
        "/hub/login",
        "/hub/login",
        Browser.field("username", name) + "&" + Browser.field("password", password));
  }

  private static int logIn(RunningHub hub, String name, String password) {
    try (var browser = new Browser(hub.origin())) {
      return logIn(browser, name, password).status();
    }
  }

  /** An administrator, by way of a link. */
  private static Browser boss(RunningHub hub, String name) {
    var browser = new Browser(hub.origin());
    String secret = hub.inviteFirstAdmin();
    var answer = accept(browser, secret, name, GOOD);
    assertThat(answer.status()).as(answer.body()).isEqualTo(302);
    return browser;
  }

  private static RunningHub.Answer accept(
      Browser browser, String secret, String name, String password) {
    String page = "/hub/invitation?code=" + secret;
    return browser.submit(
        page,
        page,
        Browser.field("username", name)
            + "&"
            + Browser.field("password", password)
            + "&"
            + Browser.field("again", password));
  }

  private static String secret(RunningHub.Answer page) {
    Matcher matcher = LINK.matcher(page.body());
    assertThat(matcher.find()).as(page.body()).isTrue();
    return matcher.group(1);
  }

  @Test
  void whoSignsUpComesInAfterAnAdministratorsYes() throws IOException {
    try (var hub = hub();
        var chief = boss(hub, "chief");
        var ann = new Browser(hub.origin())) {
      assertThat(ann.get("/hub/login").body()).contains("href=\"/hub/signup\"");
      var asked = signUp(ann, "Ann", GOOD, "");
      assertThat(asked.status()).isEqualTo(200);
      assertThat(asked.body()).contains("/hub/authorize/ann");
      Optional<User> person = hub.database.read(tx -> tx.users().find("ann"));
      assertThat(person).as("no person yet").isEmpty();
      var early = logIn(ann, "ann", GOOD);
      assertThat(early.status()).isEqualTo(403);
      assertThat(early.body()).contains("not approved yet");
      assertThat(logIn(ann, "ann", "wrong").body())
          .as("to who does not know it")
          .doesNotContain("not approved");

      assertThat(chief.get("/hub/admin").body()).contains("1 wait");
      assertThat(chief.get("/hub/authorize").body()).contains("/hub/authorize/ann");
      assertThat(chief.get("/hub/authorize/zoe").body()).contains("No account of the name zoe");
      var approved = chief.submit("/hub/authorize/ann", "/hub/authorize/ann", "");
      assertThat(approved.body()).contains("ann can log in now");
      assertThat(logIn(ann, "ann", GOOD).status()).isEqualTo(302);
      assertThat(ann.get("/hub/authorize").status()).as("not for everybody").isEqualTo(403);
      assertThat(ann.get("/hub/home").body()).contains("change-password");
    }
  }

  @Test
  void nobodyApprovesByALinkOrAForgedForm() throws IOException {
    try (var hub = hub();
        var chief = boss(hub, "chief")) {
      signUp(hub, "ann", GOOD);
      chief.get("/hub/authorize/ann");
      assertThat(chief.post("/hub/authorize/ann", "").status()).isEqualTo(403);
      assertThat(chief.post("/hub/discard/ann", "_xsrf=x").status()).isEqualTo(403);
      assertThat(logIn(hub, "ann", GOOD)).isEqualTo(403);
      assertThat(chief.submit("/hub/authorize", "/hub/discard/ann", "").body())
          .contains("The account ann is gone");
      assertThat(chief.submit("/hub/admin", "/hub/discard/chief", "").body())
          .as("one that is approved")
          .contains("No account of the name chief");
      assertThat(signUp(hub, "ann", GOOD).status()).as("may ask again").isEqualTo(200);
    }
  }

  @Test
  void whatCanBeNoAccountIsRefusedWithAReason() throws IOException {
    try (var hub =
            hub(
                "--AccountAuthenticator.ask_email_on_signup=True",
                "--Authenticator.username_pattern=[a-z한국, /]+");
        var browser = new Browser(hub.origin())) {
      record Case(String name, String password, String email, String reason) {}
      for (var one :
          List.of(
              new Case("ann", "short", "a@b.org", "at least 8"),
              new Case("ann", "Sunshine2026", "a@b.org", "guessed first"),
              new Case("ann", "x".repeat(4) + "한".repeat(400), "a@b.org", "at most 1000"),
              new Case("ann", "nul\0nul and more", "a@b.org", "at most"),
              new Case("ann", GOOD, "", "no email"),
              new Case("ann", GOOD, "a@b", "no email"),
              new Case("ann", GOOD, "a@b.org\r\nBcc: c@d.org", "no email"),
              new Case("eve", GOOD, "a@b.org", "can't be used"),
              new Case("a,b", GOOD, "a@b.org", "can't be used"),
              new Case("a b", GOOD, "a@b.org", "can't be used"),
              new Case("../a", GOOD, "a@b.org", "can't be used"),
              new Case("a\0", GOOD, "a@b.org", "can't be used"),
              new Case("", GOOD, "a@b.org", "can't be used"),
              new Case("x".repeat(129), GOOD, "a@b.org", "can't be used"))) {
        var answer = signUp(browser, one.name(), one.password(), one.email());
        assertThat(answer.status()).as(one.toString()).isEqualTo(400);
        assertThat(answer.body()).as(one.toString()).contains(one.reason()).doesNotContain(GOOD);
      }
      assertThat((long) hub.database.read(tx -> tx.accounts(Accounts.Kind.OWN).countWaiting()))
          .isZero();
      assertThat(signUp(browser, "한국", GOOD, "a.b+c@d-e.org").status()).isEqualTo(200);
      assertThat(signUp(browser, "한국", GOOD, "a@b.org").body()).contains("Somebody has this");
    }
  }

  @Test
  void openSignUpLetsInAtOnceButNotAsSomebodyWhoIsKnown() throws IOException {
    try (var hub = hub("--AccountAuthenticator.open_signup=True");
        var ann = new Browser(hub.origin())) {
      var answer = signUp(ann, "ann", GOOD, "");
      assertThat(answer.status()).isEqualTo(302);
      assertThat(ann.get("/hub/home").body()).contains("Hello, ann");
      assertThat(signUp(hub, "boss", GOOD).body())
          .as("an administrator of the settings, who has no account yet")
          .contains("/hub/authorize/boss");
      assertThat(logIn(hub, "boss", GOOD)).isEqualTo(403);
    }
  }

  @Test
  void withoutTheSettingNobodySignsUp() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.authenticator_class=accounts");
        var browser = new Browser(hub.origin())) {
      assertThat(browser.get("/hub/signup").status()).isEqualTo(404);
      assertThat(browser.get("/hub/login").body()).doesNotContain("signup");
    }
  }

  @Test
  void signUpsOfOneAddressAreBounded() throws IOException {
    try (var hub = hub();
        var browser = new Browser(hub.origin())) {
      int before429 = 0;
      while (signUp(browser, "a/b", "x", "").status() == 400) {
        before429++;
        assertThat(before429).isLessThan(200);
      }
      assertThat(before429).isGreaterThan(10);
      assertThat(signUp(browser, "ann", GOOD, "").status()).isEqualTo(429);
    }
  }

  @Test
  void aNewPasswordEndsOtherLogins() throws IOException {
    try (var hub = hub("--AccountAuthenticator.open_signup=True");
        var ann = new Browser(hub.origin());
        var elsewhere = new Browser(hub.origin())) {
      signUp(ann, "ann", GOOD, "");
      assertThat(logIn(elsewhere, "ann", GOOD).status()).isEqualTo(302);
      assertThat(change(ann, "wrong", BETTER).body()).contains("not your password");
      assertThat(change(ann, GOOD, "short").body()).contains("at least 8");
      assertThat(change(ann, GOOD, BETTER).body()).contains("You have a new password");
      assertThat(ann.get("/hub/home").status()).as("who changed it stays in").isEqualTo(200);
      assertThat(elsewhere.get("/hub/home").status()).isEqualTo(302);
      assertThat(logIn(hub, "ann", GOOD)).isEqualTo(403);
      assertThat(logIn(hub, "ann", BETTER)).isEqualTo(302);
      assertThat(ann.post("/hub/change-password", "old_password=x").status()).isEqualTo(403);
      for (int i = 0; i < 10; i++) {
        change(ann, "wrong", BETTER);
      }
      assertThat(change(ann, BETTER, GOOD).status()).as("guesses are slowed down").isEqualTo(429);
    }
  }

  private static RunningHub.Answer change(Browser browser, String before, String now) {
    return browser.submit(
        "/hub/change-password",
        "/hub/change-password",
        Browser.field("old_password", before)
            + "&"
            + Browser.field("new_password", now)
            + "&"
            + Browser.field("new_password_confirmation", now));
  }

  @Test
  void anAdministratorLetsSomebodyChooseANewPasswordByALink() throws IOException {
    try (var hub = hub("--AccountAuthenticator.open_signup=True");
        var chief = boss(hub, "chief");
        var ann = new Browser(hub.origin())) {
      signUp(ann, "ann", GOOD, "");
      String page = "/hub/admin/user/ann";
      String first = secret(chief.submit(page, page + "/password", ""));
      String link = secret(chief.submit(page, page + "/password", ""));
      assertThat(chief.get("/hub/invitation?code=" + first).status())
          .as("an earlier link")
          .isEqualTo(404);
      try (var other = new Browser(hub.origin())) {
        assertThat(other.get("/hub/invitation?code=" + link).body())
            .contains("new password for ann")
            .doesNotContain("name=\"username\"");
        assertThat(accept(other, link, "chief", "ann").body()).contains("at least 8");
        assertThat(accept(other, link, "chief", BETTER).status()).isEqualTo(302);
        assertThat(other.get("/hub/home").body()).contains("Hello, ann");
        assertThat(other.get("/hub/invitation?code=" + link).status()).isEqualTo(404);
      }
      assertThat(ann.get("/hub/home").status()).as("logins before end").isEqualTo(302);
      assertThat(logIn(hub, "ann", GOOD)).isEqualTo(403);
      assertThat(logIn(hub, "ann", BETTER)).isEqualTo(302);
      // Somebody who was added by name gets an account that way, too.
      hub.token("zoe", false);
      String zoe = secret(chief.submit(page, "/hub/admin/user/zoe/password", ""));
      hub.ask(
          hub.token("chief", true, "admin:users"),
          "PATCH",
          "/hub/api/users/zoe",
          "{\"name\": \"joe\"}");
      assertThat(chief.get("/hub/invitation?code=" + zoe).status())
          .as("the name may be somebody else's later")
          .isEqualTo(404);
    }
  }

  @Test
  void onlyAdministratorsLetAdministratorsChoose() throws IOException {
    try (var hub = hub();
        var chief = boss(hub, "chief")) {
      assertThat(chief.submit("/hub/admin", "/hub/admin/user/zoe/password", "").status())
          .isEqualTo(404);
      assertThat(chief.submit("/hub/admin", "/hub/admin/user/boss/password", "").status())
          .isEqualTo(200);
      assertThat(chief.post("/hub/admin/user/boss/password", "").status()).isEqualTo(403);
    }
    try (var hub =
            hub(
                "--JupyterHub.load_roles=[{'name': 'helper', 'users': ['ann'], 'scopes':"
                    + " ['admin-ui', 'admin:users', 'list:users']}]",
                "--AccountAuthenticator.open_signup=True");
        var chief = boss(hub, "chief")) {
      String ann = secret(chief.submit("/hub/admin", "/hub/admin/user/ann/password", ""));
      try (var helper = new Browser(hub.origin())) {
        assertThat(accept(helper, ann, "", GOOD).status()).isEqualTo(302);
        hub.token("zoe", false);
        assertThat(helper.submit("/hub/admin", "/hub/admin/user/zoe/password", "").status())
            .isEqualTo(200);
        assertThat(helper.submit("/hub/admin", "/hub/admin/user/chief/password", "").status())
            .isEqualTo(403);
      }
    }
  }

  @Test
  void whoIsDeletedIsGoneAndTheNextOfThatNameIsSomebodyNew() throws IOException {
    for (String kind : KINDS) {
      whoIsDeletedIsGoneAndTheNextOfThatNameIsSomebodyNew(kind);
    }
  }

  private void whoIsDeletedIsGoneAndTheNextOfThatNameIsSomebodyNew(String kind) throws IOException {
    try (var hub = hubOf(kind, "--NativeAuthenticator.open_signup=True")) {
      assertThat(signUp(hub, "ann", GOOD).status()).isEqualTo(302);
      assertThat(signUp(hub, "bob", GOOD).status()).isEqualTo(302);
      String admin = hub.token("boss", true, "admin:users");
      hub.ask(admin, "DELETE", "/hub/api/users/ann", "");
      hub.ask(admin, "POST", "/hub/api/users/ann", "");
      assertThat(logIn(hub, "ann", GOOD)).isEqualTo(403);
      hub.ask(admin, "PATCH", "/hub/api/users/bob", "{\"name\": \"rob\"}");
      assertThat(logIn(hub, "rob", GOOD)).isEqualTo(302);
      assertThat(logIn(hub, "bob", GOOD)).isEqualTo(403);
    }
  }

  @Test
  void afterTooManyFailuresTheNameWaitsFromEverywhere() throws IOException {
    for (String kind : KINDS) {
      afterTooManyFailuresTheNameWaitsFromEverywhere(kind);
    }
  }

  private void afterTooManyFailuresTheNameWaitsFromEverywhere(String kind) throws IOException {
    try (var hub =
            hubOf(
                kind,
                "--NativeAuthenticator.open_signup=True",
                "--NativeAuthenticator.allowed_failed_logins=2",
                "--JupyterHub.trusted_downstream_ips=127.0.0.1");
        var browser = new Browser(hub.origin())) {
      signUp(hub, "ann", GOOD);
      signUp(hub, "bob", GOOD);
      logIn(browser, "ann", "wrong");
      assertThat(logIn(hub, "ann", GOOD)).as("a right one in between").isEqualTo(302);
      logIn(browser, "ann", "wrong");
      var last = logIn(browser, "ann", "wrong");
      assertThat(last.body()).contains("After 2 failed logins in a row").contains("10 min");
      var locked = logIn(browser, "ann", GOOD);
      assertThat(locked.status()).isEqualTo(403);
      assertThat(sentence(locked)).as("tells nothing of it").isEqualTo(sentence(last));
      assertThat(sentence(logIn(browser, "zoe", GOOD)))
          .as("nor whether there is such a name")
          .isEqualTo(sentence(last));
      assertThat(logIn(browser, "bob", GOOD).status()).as("others can log in").isEqualTo(302);
    }
  }

  private static String sentence(RunningHub.Answer page) {
    return page.body().replaceAll("(?s).*login_error[^>]*>([^<]*)<.*", "$1");
  }

  @Test
  void settingsFileNamesOfNativeCountForItAndItsTableIsTheirs() throws IOException {
    try (var hub =
            hubOf(
                "nativeauthenticator.NativeAuthenticator",
                "--NativeAuthenticator.minimum_password_length=4");
        var browser = new Browser(hub.origin())) {
      assertThat(signUp(browser, "boss", "1234", "").status())
          .as("whom the settings name needs nobody's yes")
          .isEqualTo(302);
      assertThat(signUp(hub, "ann", "x".repeat(73)).body()).contains("at most 72 bytes");
      assertThat(signUp(hub, "ann", "123").body()).contains("at least 4");
      assertThat(signUp(hub, "ann", "1234").body()).contains("/hub/authorize/ann");
      Optional<Account> kept =
          hub.database.read(tx -> tx.accounts(Accounts.Kind.NATIVE).find("ann"));
      assertThat(kept.orElseThrow().password()).startsWith("$2b$12$");
      assertThat(kept.orElseThrow().toString()).doesNotContain("$2b");
      browser.submit("/hub/authorize", "/hub/authorize/ann", "");
      assertThat(logIn(hub, "ann", "1234")).isEqualTo(302);
    }
  }
}
