package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs from one way to log in to another, as browsers meet it. */
class LoginWaysTest {

  private static final String KEY = "0a".repeat(32);

  @TempDir private Path folder;

  private Optional<User> find(RunningHub hub, String name) {
    return hub.database.read(tx -> tx.users().find(name));
  }

  @Test
  void whoComesToAHubOfTemporaryPeopleIsSomebodyNew() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.authenticator_class=tmp");
        var one = new Browser(hub.origin());
        var other = new Browser(hub.origin())) {
      var answer = one.get("/hub/login?next=%2Fhub%2Ftoken");
      assertThat(Browser.location(answer)).isEqualTo("/hub/token");
      other.get("/hub/login");
      List<String> names =
          hub.database.read(tx -> tx.users().names()).values().stream()
              .filter(name -> !name.equals("boss"))
              .toList();
      assertThat(names).hasSize(2).doesNotHaveDuplicates();
      assertThat(names).allSatisfy(name -> assertThat(UUID.fromString(name)).isNotNull());
      one.get("/hub/login");
      assertThat(people(hub)).as("who is logged in stays who they are").isEqualTo(3);
    }
  }

  @Test
  void aTemporaryPersonWhoLogsOutIsOutUntilTheyAskToComeIn() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.authenticator_class=tmp");
        var browser = new Browser(hub.origin())) {
      browser.get("/hub/login");
      var answer = browser.get("/hub/logout");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("Logged out").contains("/hub/login");
      assertThat(browser.get("/hub/home").status()).isEqualTo(302);
    }
  }

  @Test
  void nobodyChoosesTheNameOfATemporaryPerson() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.authenticator_class=tmp");
        var browser = new Browser(hub.origin());
        var known = new Browser(hub.origin())) {
      known.get("/hub/login");
      String token = Browser.xsrf(known.get("/hub/token")).orElseThrow();
      var answer =
          known.post("/hub/login", "username=boss&password=x&" + Browser.field("_xsrf", token));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(browser.post("/hub/login", "username=boss&password=x").status()).isEqualTo(403);
    }
  }

  @Test
  void temporaryPeopleComeInOnlyWhereSomebodySaysSo() throws IOException {
    try (var hub =
            new RunningHub(
                folder, "--JupyterHub.authenticator_class=tmp", "--Authenticator.allow_all=False");
        var browser = new Browser(hub.origin())) {
      assertThat(browser.get("/hub/login").status()).isEqualTo(403);
      assertThat(people(hub)).isEqualTo(1);
    }
  }

  @Test
  void aButtonIsPressedWhereTheSettingsWantThatButNotByWhoComesFromAServer() throws IOException {
    try (var hub =
            new RunningHub(
                folder,
                "--JupyterHub.authenticator_class=tmp",
                "--Authenticator.auto_login=False",
                "--Authenticator.auto_login_oauth2_authorize=True");
        var one = new Browser(hub.origin());
        var other = new Browser(hub.origin())) {
      var page = one.get("/hub/login?next=%2Fhub%2Ftoken");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.body()).contains("login_submit").doesNotContain("name=\"username\"");
      assertThat(people(hub)).isEqualTo(1);
      assertThat(one.post("/hub/login", "username=boss").status()).as("forged").isEqualTo(403);
      var answer = one.submit("/hub/login", "/hub/login?next=%2Fhub%2Ftoken", "username=boss");
      assertThat(Browser.location(answer)).isEqualTo("/hub/token");
      assertThat(one.get("/hub/home").body()).doesNotContain("Hello, boss");
      assertThat(Browser.location(other.get("/hub/tmplogin?next=%2Fhub%2Ftoken")))
          .isEqualTo("/hub/login?next=%2Fhub%2Ftoken");
      String back = "/hub/api/oauth2/authorize?client_id=x";
      assertThat(Browser.location(other.get("/hub/login?" + Browser.field("next", back))))
          .isEqualTo(back);
      assertThat(people(hub)).isEqualTo(3);
    }
  }

  @Test
  void onlySoManyTemporaryPeopleComeFromOneAddress() throws IOException {
    try (var hub =
            new RunningHub(
                folder,
                "--JupyterHub.authenticator_class=tmp",
                "--JupyterHub.trusted_downstream_ips=127.0.0.1");
        var browser = new Browser(hub.origin())) {
      int came = 0;
      while (came <= 200 && arrive(hub, "6.6.6.6") == 302) {
        came++;
      }
      assertThat(came).isEqualTo(50);
      assertThat(people(hub)).isEqualTo(51);
      assertThat(arrive(hub, "7.7.7.7")).as("from elsewhere").isEqualTo(302);
      var answer = browser.get("/hub/login", "X-Forwarded-For", "6.6.6.6");
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
  }

  private static int arrive(RunningHub hub, String address) {
    try (var browser = new Browser(hub.origin())) {
      return browser.get("/hub/login", "X-Forwarded-For", address).status();
    }
  }

  @Test
  void groupsComeFromTheLoginWhereTheSettingsSaySo() throws IOException {
    try (var hub =
            new RunningHub(
                folder,
                "--JupyterHub.authenticator_class=shared-password",
                "--SharedPasswordAuthenticator.user_password=long enough",
                "--SharedPasswordAuthenticator.password_groups={'class of two': ['two', 'all']}",
                "--Authenticator.manage_groups=True");
        var browser = new Browser(hub.origin())) {
      assertThat(logIn(browser, "ann", "class of two")).isEqualTo(302);
      assertThat(groups(hub, "ann")).containsExactly("all", "two");
      try (var again = new Browser(hub.origin())) {
        assertThat(logIn(again, "ann", "long enough")).isEqualTo(302);
        assertThat(groups(hub, "ann")).as("this password is in no group").isEmpty();
      }
    }
  }

  @Test
  void whatALoginLeavesBehindIsKeptEncryptedAndShownToWhoMaySeeIt() throws IOException {
    try (var hub =
        new RunningHub(
            folder,
            "--Authenticator.enable_auth_state=True",
            "--CryptKeeper.keys=['" + KEY + "']")) {
      String admin = hub.token("boss", true, "admin:users", "admin:auth_state");
      hub.token("ann", false);
      var changed =
          hub.ask(admin, "PATCH", "/hub/api/users/ann", "{\"auth_state\": {\"token\": \"한\"}}");
      assertThat(changed.status()).isEqualTo(200);
      assertThat(changed.json().at("/auth_state/token").asString()).isEqualTo("한");
      User ann = find(hub, "ann").orElseThrow();
      byte[] kept = hub.database.read(tx -> tx.users().authState(ann.id())).orElseThrow();
      assertThat(new String(kept, StandardCharsets.US_ASCII)).startsWith("gAAAA");
      assertThat(FernetKeys.parse(KEY).decrypt(kept)).contains("{\"token\":\"한\"}");
      var shown = hub.ask(admin, "GET", "/hub/api/users/ann", "").json();
      assertThat(shown.at("/auth_state/token").asString()).isEqualTo("한");
      String other = hub.token("boss", true, "read:users");
      assertThat(hub.ask(other, "GET", "/hub/api/users/ann", "").json().has("auth_state"))
          .isFalse();
      hub.ask(admin, "PATCH", "/hub/api/users/ann", "{\"auth_state\": null}");
      Optional<byte[]> now = hub.database.read(tx -> tx.users().authState(ann.id()));
      assertThat(now).isEmpty();
    }
  }

  @Test
  void withoutAKeyStateIsRefusedAndNotLost() throws IOException {
    try (var hub = new RunningHub(folder)) {
      String admin = hub.token("boss", true, "admin:users", "admin:auth_state");
      hub.token("ann", false);
      var answer = hub.ask(admin, "PATCH", "/hub/api/users/ann", "{\"auth_state\": {\"a\": 1}}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("enable_auth_state");
    }
  }

  @Test
  void aOneTimePasswordIsAskedForWhereTheSettingsSaySo() throws IOException {
    try (var hub =
            new RunningHub(
                folder,
                "--Authenticator.request_otp=True",
                "--Authenticator.otp_prompt=Code <b>:");
        var browser = new Browser(hub.origin())) {
      assertThat(browser.get("/hub/login").body())
          .contains("name=\"otp\"")
          .contains("Code &lt;b")
          .doesNotContain("<b>:");
    }
    try (var hub = new RunningHub(folder);
        var browser = new Browser(hub.origin())) {
      assertThat(browser.get("/hub/login").body()).doesNotContain("name=\"otp\"");
    }
  }

  @Test
  void cookiesOfThisHostAloneAreForHttpsAndAllPaths() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.cookie_host_prefix_enabled=True");
        var browser = new Browser(hub.origin())) {
      assertThat(browser.logIn("ann", "").headers().allValues("Set-Cookie"))
          .anyMatch(cookie ->
              cookie.startsWith("__Host-jupyterhub-hub-login=")
                  && cookie.contains("Path=/;")
                  && cookie.contains("Secure"))
          .anyMatch(cookie -> cookie.startsWith("jupyterhub-session-id="));
    }
  }

  @Test
  void proxiesThatAreTrustedSayWhereSomebodyComesFrom() throws IOException {
    try (var hub = new RunningHub(folder, "--JupyterHub.trusted_downstream_ips=10.0.0.1");
        var browser = new Browser(hub.origin())) {
      // The form's proof is bound to the address, which shows what the hub takes for it.
      String token =
          Browser.xsrf(browser.get("/hub/login", "X-Forwarded-For", "6.6.6.6, 5.5.5.5, 10.0.0.1"))
              .orElseThrow();
      assertThat(Browser.xsrf(browser.get("/hub/login", "X-Forwarded-For", "7.7.7.7, 5.5.5.5")))
          .contains(token);
      assertThat(Browser.xsrf(browser.get("/hub/login", "X-Forwarded-For", "5.5.5.5, 10.0.0.2")))
          .as("one that is not trusted")
          .isNotEqualTo(Optional.of(token));
    }
  }

  private static long people(RunningHub hub) {
    return hub.database.read(tx -> tx.users().count());
  }

  private static int logIn(Browser browser, String name, String password) {
    String token = Browser.xsrf(browser.get("/hub/login")).orElseThrow();
    return browser
        .post(
            "/hub/login",
            Browser.field("username", name)
                + "&"
                + Browser.field("password", password)
                + "&"
                + Browser.field("_xsrf", token))
        .status();
  }

  private List<String> groups(RunningHub hub, String name) {
    User user = find(hub, name).orElseThrow();
    return hub.database.read(
        tx -> tx.users().groups(List.of(user.id())).getOrDefault(user.id(), List.of()));
  }
}
