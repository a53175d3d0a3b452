package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who comes in by the login page, and where that leads. */
class LoginTest {

  @TempDir private Path folder;
  private RunningHub hub;

  @BeforeEach
  void start() throws IOException {
    hub = new RunningHub(folder);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void namesAreTakenInOneSpellingAndCookiesAreForTheHubAlone() {
    try (var browser = new Browser(hub.origin())) {
      var answer = browser.logIn("Ann", "");
      assertThat(answer.status()).isEqualTo(302);
      assertThat(Browser.location(answer)).isEqualTo("/hub/home");
      assertThat(answer.headers().allValues("Set-Cookie"))
          .anyMatch(cookie ->
              cookie.startsWith("jupyterhub-hub-login=")
                  && cookie.contains("HttpOnly")
                  && cookie.contains("Path=/hub/;"))
          .anyMatch(
              cookie -> cookie.startsWith("jupyterhub-session-id=") && cookie.contains("Path=/;"));
      assertThat(browser.get("/hub/home").body()).contains("Hello, ann");
    }
  }

  @Test
  void nextLeadsToThisSiteOnly() {
    for (String next :
        List.of(
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/hub/home\r\nX: y",
            "http:evil")) {
      try (var browser = new Browser(hub.origin())) {
        var answer = browser.logIn("ann", "?" + Browser.field("next", next));
        assertThat(Browser.location(answer)).as(next).isEqualTo("/hub/home");
        assertThat(Browser.location(browser.get("/hub/login?" + Browser.field("next", next))))
            .as("also for who is logged in")
            .isEqualTo("/hub/home");
      }
    }
    try (var browser = new Browser(hub.origin())) {
      assertThat(Browser.location(browser.logIn("ann", "?" + Browser.field("next", "/user/ann/x"))))
          .isEqualTo("/user/ann/x");
    }
  }

  @Test
  void aFormOfAnotherSiteLogsNobodyIn() {
    try (var browser = new Browser(hub.origin())) {
      browser.get("/hub/login");
      var answer = browser.post("/hub/login", "username=ann&password=x");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).contains("name=\"username\"").doesNotContain("stack");
      var forged = browser.post("/hub/login", "username=ann&password=x&_xsrf=abc");
      assertThat(forged.status()).isEqualTo(403);
    }
    try (var one = new Browser(hub.origin());
        var other = new Browser(hub.origin())) {
      String token = Browser.xsrf(one.get("/hub/login", "User-Agent", "one")).orElseThrow();
      var answer =
          other.post("/hub/login", "username=ann&password=x&" + Browser.field("_xsrf", token));
      assertThat(answer.status()).as("a token without its cookie").isEqualTo(403);
    }
  }

  @Test
  void whoIsBlockedStaysOutAndSoDoHostileNames() {
    for (String name :
        List.of("eve", "../root", "a/b", "x".repeat(300), "\u202Ebad", " ", "\u0000")) {
      try (var browser = new Browser(hub.origin())) {
        var answer = browser.logIn(name, "");
        assertThat(answer.status()).as(name).isEqualTo(403);
        assertThat(answer.body()).doesNotContain("Exception");
      }
    }
    assertThat(hub.database.read(tx -> tx.users().names()).values())
        .as("nobody but whom the settings name")
        .containsExactly("boss");
  }

  @Test
  void whoGuessesHasToWait() {
    try (var browser = new Browser(hub.origin())) {
      for (int i = 0; i < 5; i++) {
        assertThat(browser.logIn("eve/x", "").status()).isEqualTo(403);
      }
      var answer = browser.logIn("eve/x", "");
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.body()).contains("Wait a minute");
      assertThat(browser.logIn("ann", "").status()).as("others can log in").isEqualTo(302);
    }
  }

  @Test
  void textOfVisitorsIsTextOnPages() {
    try (var browser = new Browser(hub.origin())) {
      var answer = browser.logIn("\"><script>alert(1)</script>/", "");
      assertThat(answer.body()).doesNotContain("<script>alert").contains("&lt;script>");
    }
  }

  @Test
  void aForgedOrForeignCookieIsNobody() {
    try (var ann = Browser.of(hub, "ann");
        var other = new Browser(hub.origin())) {
      String cookie =
          ann.cookies.getCookieStore().getCookies().stream()
              .filter(c -> c.getName().equals("jupyterhub-hub-login"))
              .findFirst()
              .orElseThrow()
              .getValue();
      String changed = cookie.substring(0, cookie.length() - 2) + "zz";
      var answer = other.get("/hub/home", "Cookie", "jupyterhub-hub-login=" + changed);
      assertThat(answer.status()).isEqualTo(302);
      assertThat(Browser.location(answer)).startsWith("/hub/login?next=");
    }
  }

  @Test
  void logoutTakesBackWhatServersWereGiven() {
    try (var ann = Browser.of(hub, "ann")) {
      ann.get("/hub/spawn");
      var given = OAuthTest.tokenFor(hub, ann, "ann");
      assertThat(hub.ask(given, "GET", "/hub/api/user", "").status()).isEqualTo(200);
      assertThat(ann.get("/hub/logout").status()).isEqualTo(302);
      assertThat(hub.ask(given, "GET", "/hub/api/user", "").status()).isEqualTo(403);
      assertThat(ann.get("/hub/home").status()).isEqualTo(302);
    }
  }
}
