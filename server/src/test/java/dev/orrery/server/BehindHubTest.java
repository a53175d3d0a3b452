package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.server.TestNotebookServer.Answer;
import dev.orrery.server.hub.SealedLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A server that a hub started: what its hub decides, and what it does when the hub misbehaves. */
class BehindHubTest {

  private static final String TOKEN = "token-of-anna";
  private static final String STATUS = "/user/anna/api/status";
  private static final String PAGE = "/user/anna/lab";

  @TempDir(cleanup = CleanupMode.ALWAYS)
  @Nullable Path temp;

  private FakeHub hub;
  private @Nullable TestNotebookServer running;

  @BeforeEach
  void startHub() throws IOException {
    hub = new FakeHub();
    hub.addUser(TOKEN, "anna", "access:servers!user=anna", "read:users:name!user=anna");
    hub.addUser("token-of-bob", "bob", "access:servers!user=bob");
    hub.addUser("token-of-admin", "root", "access:servers");
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
    hub.close();
  }

  private TestNotebookServer server(Map<String, String> more, String... arguments)
      throws IOException {
    if (running == null) {
      if (temp == null) {
        throw new IllegalStateException("called outside of a test");
      }
      Map<String, String> env = new HashMap<>(hub.variables());
      env.putAll(more);
      running = TestNotebookServer.startBehind(temp.toRealPath(), env, arguments);
    }
    return running;
  }

  private TestNotebookServer server() throws IOException {
    return server(Map.of());
  }

  /** A browser's cookies, as it would send them to the server. */
  private final class Browser {
    final Map<String, String> cookies = new HashMap<>();

    Answer get(String path, String... headers) throws IOException {
      return ask("GET", path, headers);
    }

    Answer ask(String method, String path, String... headers) throws IOException {
      var all = new ArrayList<>(List.of(headers));
      all.add("Cookie");
      all.add(cookies.isEmpty() ? "none=1" : header());
      Answer answer = server().ask(method, path, "", all.toArray(String[]::new));
      for (String cookie : answer.headers("Set-Cookie")) {
        String[] pair = cookie.substring(0, cookie.indexOf(';')).split("=", 2);
        if (cookie.contains("Max-Age=0;")) {
          cookies.remove(pair[0]);
        } else {
          cookies.put(pair[0], pair[1]);
        }
      }
      return answer;
    }

    String header() {
      return String.join(
          "; ", cookies.entrySet().stream().map(c -> c.getKey() + "=" + c.getValue()).toList());
    }

    /** Goes all the way over the hub; gives the last answer of it. */
    Answer logIn(String path, String token) throws IOException {
      return get(hub.agree(get(path).header("Location"), token));
    }

    String xsrf() {
      return cookies.getOrDefault("_xsrf", "");
    }

    List<String> stateCookies() {
      return cookies.keySet().stream().filter(name -> name.contains("-oauth-state")).toList();
    }
  }

  @Test
  void aBrowserIsSentToTheHubAndBackToThePageItWanted() throws IOException {
    var browser = new Browser();
    Answer sent = browser.get("/user/anna/lab/tree/a%20b?x=1&y=%26");
    assertThat(sent.status()).isEqualTo(302);
    assertThat(sent.header("Location"))
        .startsWith(
            "/hub/api/oauth2/authorize?client_id=jupyterhub-user-anna"
                + "&redirect_uri=%2Fuser%2Fanna%2Foauth_callback&response_type=code");
    assertThat(sent.headers("Set-Cookie"))
        .singleElement()
        .asString()
        .contains("jupyterhub-user-anna-oauth-state-", "HttpOnly", "Path=/user/anna/")
        .contains("Max-Age=600");
    assertThat(browser.header()).doesNotContain("a%20b");

    Answer back = browser.get(hub.agree(sent.header("Location"), TOKEN));
    assertThat(back.status()).isEqualTo(302);
    assertThat(back.header("Location")).isEqualTo("/user/anna/lab/tree/a%20b?x=1&y=%26");
    assertThat(browser.stateCookies()).isEmpty();
    assertThat(browser.get(back.header("Location")).status()).isEqualTo(200);
    assertThat(browser.get(STATUS).status()).isEqualTo(200);
    assertThat(hub.asked("/user")).as("the answer is remembered").isEqualTo(1);
  }

  @Test
  void programsAreRefusedWithoutARedirect() throws IOException {
    Answer answer = server().ask("GET", STATUS, "", "Accept", "*/*");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.message()).isEqualTo("Forbidden");
    assertThat(answer.headers("Set-Cookie")).isEmpty();
    assertThat(answer.header("X-JupyterHub-Version")).isEqualTo("6.1.1");
    Answer part = server().ask("GET", PAGE, "", "Sec-Fetch-Mode", "no-cors");
    assertThat(part.status()).isEqualTo(403);
    assertThat(part.headers("Set-Cookie")).isEmpty();
  }

  @Test
  void theProbeOfTheHubIsAnsweredWithoutALogin() throws IOException {
    Answer answer = server().ask("GET", "/user/anna/api", "", "Accept", "*/*");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("X-JupyterHub-Version")).isEqualTo("6.1.1");
    assertThat(answer.header("Content-Security-Policy"))
        .isEqualTo("frame-ancestors 'none'; default-src 'none'");
    assertThat(hub.asked("/user")).isZero();
    assertThat(server().ask("GET", "/user/anna?a=b", "", "A", "b").header("Location"))
        .isEqualTo("/user/anna/?a=b");
  }

  @Test
  void aTargetThatLeadsAwayIsNotFollowedAfterALogin() throws IOException {
    for (String path :
        List.of(
            "/user/anna//evil.example/lab",
            "/user/anna/%5Cevil.example",
            "/user/anna/x?next=//e")) {
      var browser = new Browser();
      Answer back = browser.logIn("/user/anna/lab?from=" + encoded(path), TOKEN);
      assertThat(back.header("Location")).startsWith("/user/anna/lab");
    }
    String location = server().locationOfRaw("//evil.example/user/anna/lab");
    assertThat(location).doesNotStartWith("//").doesNotContain("evil.example/user");
    // No parameter of the callback says where to: it is sealed with the login.
    var browser = new Browser();
    String callback = hub.agree(browser.get(PAGE).header("Location"), TOKEN);
    Answer back = browser.get(callback + "&next=" + encoded("//evil.example/"));
    assertThat(back.header("Location")).isEqualTo(PAGE);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void evenASealedTargetIsCheckedAndGetsOld() throws IOException {
    for (String target :
        List.of("//evil.example/", "http://evil.example/", "/\\evil.example", "/hub/logout", "")) {
      Answer back = comeBack(target, Duration.ZERO);
      assertThat(back.status()).as(target).isEqualTo(302);
      assertThat(back.header("Location")).as(target).isEqualTo(PAGE);
    }
    assertThat(comeBack(PAGE + "?x", Duration.ofSeconds(590)).header("Location"))
        .isEqualTo(PAGE + "?x");
    Answer late = comeBack(PAGE, Duration.ofSeconds(610));
    assertThat(late.status()).isEqualTo(403);
    assertThat(late.body()).contains("longer than 10 minutes");
    assertThat(comeBack(PAGE, Duration.ofMinutes(-1)).status())
        .as("from a clock that is ahead")
        .isEqualTo(403);
  }

  private Answer comeBack(String target, Duration age) throws IOException {
    var browser = new Browser();
    var login = SealedLogin.of(FakeHub.SERVER_TOKEN, FakeHub.CLIENT, target, age);
    browser.cookies.put(login.cookie(), login.value());
    String location = browser.get(PAGE).header("Location");
    String asLogin =
        location
            .replace("state=" + parameter(location, "state"), "state=" + login.state())
            .replace(parameter(location, "code_challenge"), login.challenge());
    return browser.get(hub.agree(asLogin, TOKEN));
  }

  @Test
  void aLoginOfAnotherBrowserIsNotFinished() throws IOException {
    var attacker = new Browser();
    String callback = hub.agree(attacker.get(PAGE).header("Location"), "token-of-admin");
    var victim = new Browser();
    victim.get(PAGE);
    Answer answer = victim.get(callback);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).contains("not begun in this browser");
    assertThat(victim.cookies).doesNotContainKey(FakeHub.CLIENT);
    assertThat(hub.asked("/oauth2/token")).as("the code was not even tried").isZero();
  }

  @Test
  void aLoginThatIsThroughIsNotDoneAgain() throws IOException {
    var browser = new Browser();
    String callback = hub.agree(browser.get(PAGE).header("Location"), TOKEN);
    Map<String, String> before = new HashMap<>(browser.cookies);
    assertThat(browser.get(callback).status()).isEqualTo(302);
    Answer again = browser.get(callback);
    assertThat(again.status()).isEqualTo(302);
    assertThat(again.header("Location")).isEqualTo(PAGE);
    assertThat(hub.asked("/oauth2/token")).isEqualTo(1);

    var thief = new Browser();
    thief.cookies.putAll(before);
    Answer stolen = thief.get(callback);
    assertThat(stolen.status()).as("the hub knows that the code was used").isEqualTo(400);
    assertThat(stolen.body()).contains("invalid_grant");
    assertThat(thief.cookies).doesNotContainKey(FakeHub.CLIENT);
  }

  @Test
  void aVerifierThatDoesNotFitIsTheHubsToRefuse() throws IOException {
    var browser = new Browser();
    String first = browser.get(PAGE).header("Location");
    String other = browser.get(PAGE).header("Location");
    String challenge = "code_challenge=" + parameter(first, "code_challenge");
    String mixed =
        hub.agree(
            other.replace("code_challenge=" + parameter(other, "code_challenge"), challenge),
            TOKEN);
    assertThat(browser.get(mixed).status()).isEqualTo(400);
    assertThat(browser.cookies).doesNotContainKey(FakeHub.CLIENT);
  }

  private static String parameter(String location, String name) {
    Matcher matcher = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(location);
    if (!matcher.find()) {
      throw new AssertionError(location + " has no " + name);
    }
    return matcher.group(1);
  }

  @Test
  void aRestartInTheMiddleOfALoginIsNotNoticed() throws IOException {
    var browser = new Browser();
    String callback = hub.agree(browser.get(PAGE).header("Location"), TOKEN);
    restart();
    assertThat(browser.get(callback).header("Location")).isEqualTo(PAGE);
    restart();
    assertThat(browser.get(STATUS).status()).as("nor is one after it").isEqualTo(200);
  }

  private void restart() {
    if (running != null) {
      running.close();
    }
    running = null;
  }

  @Test
  void loginsThatAreGivenUpDoNotPileUp() throws IOException {
    var browser = new Browser();
    for (int i = 0; i < 12; i++) {
      browser.get(PAGE);
      assertThat(browser.stateCookies()).hasSizeLessThanOrEqualTo(5);
    }
    assertThat(browser.logIn(PAGE, TOKEN).header("Location")).isEqualTo(PAGE);
    assertThat(browser.stateCookies()).isEmpty();
  }

  @Test
  void aCallbackWithoutItsPartsSaysWhatIsMissing() throws IOException {
    String callback = "/user/anna/oauth_callback";
    assertThat(new Browser().get(callback).status()).isEqualTo(400);
    assertThat(new Browser().get(callback + "?code=x").status()).isEqualTo(400);
    assertThat(new Browser().get(callback + "?code=x&state=").status()).isEqualTo(400);
    assertThat(new Browser().get(callback + "?code=x&state=short").status()).isEqualTo(403);
    Answer error =
        new Browser().get(callback + "?error=access_denied&error_description=%3Cscript%3E");
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.body()).contains("&lt;script&gt;").doesNotContain("<script>");
  }

  @Test
  void whoMayNotComeInIsToldWhoTheyAre() throws IOException {
    var browser = new Browser();
    Answer back = browser.logIn(PAGE, "token-of-bob");
    Answer page = browser.get(back.header("Location"));
    assertThat(page.status()).isEqualTo(403);
    assertThat(page.body())
        .contains("logged in as bob")
        .contains("server of anna")
        .contains("href=\"/user/anna/logout\"")
        .contains("href=\"/hub/home\"");
    Answer program = server().ask("GET", STATUS, "", "Authorization", "token token-of-bob");
    assertThat(program.status()).isEqualTo(403);
    assertThat(program.message()).contains("bob");
    assertThat(server().ask("GET", STATUS, "", "Authorization", "token token-of-admin").status())
        .isEqualTo(200);
  }

  @Test
  void scopesOpenTheServersTheyName() throws IOException {
    String[] open = {
      "access:servers", "access:servers!user=anna", "access:servers!server=anna/",
    };
    String[] closed = {
      "access:servers!server=anna/other",
      "access:servers!server=bob/",
      "access:servers!user=ann",
      "access:services",
      "read:servers",
      "access:servers!group=x",
    };
    Map<String, String> env =
        Map.of("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!server=anna/\"]");
    for (String scope : open) {
      hub.addUser("t-" + scope.hashCode(), "u", scope);
      assertThat(status(env, scope)).as(scope).isEqualTo(200);
    }
    for (String scope : closed) {
      hub.addUser("t-" + scope.hashCode(), "u", scope);
      assertThat(status(env, scope)).as(scope).isEqualTo(403);
    }
  }

  private int status(Map<String, String> env, String scope) throws IOException {
    return server(env)
        .ask("GET", STATUS, "", "Authorization", "Bearer t-" + scope.hashCode())
        .status();
  }

  @Test
  void aTokenThatIsRevokedIsForgottenWithTheSessionOrTheLogout() throws IOException {
    var browser = new Browser();
    browser.cookies.put("jupyterhub-session-id", "session-1");
    browser.logIn(PAGE, TOKEN);
    assertThat(browser.get(STATUS).status()).isEqualTo(200);
    hub.revoke(TOKEN);
    assertThat(browser.get(STATUS).status()).as("remembered").isEqualTo(200);
    Map<String, String> kept = new HashMap<>(browser.cookies);
    browser.cookies.put("jupyterhub-session-id", "session-2");
    Answer page = browser.get(PAGE);
    assertThat(page.status()).isEqualTo(302);
    assertThat(page.header("Location")).startsWith("/hub/api/oauth2/authorize?");
    assertThat(browser.cookies).doesNotContainKey(FakeHub.CLIENT);

    browser.cookies.putAll(kept);
    Answer out = browser.get("/user/anna/logout");
    assertThat(out.header("Location")).isEqualTo("/hub/logout");
    assertThat(browser.cookies).doesNotContainKey(FakeHub.CLIENT);
    browser.cookies.putAll(kept);
    assertThat(browser.get(STATUS).status()).as("even with the old cookie").isEqualTo(403);
  }

  @Test
  void whatIsRememberedGetsOld() throws Exception {
    var server = server(Map.of(), "--HubOAuth.cache_max_age=1");
    assertThat(server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN).status())
        .isEqualTo(200);
    hub.revoke(TOKEN);
    Eventually.holds("the hub is asked again", () -> statusByToken(server) == 403);
  }

  private static int statusByToken(TestNotebookServer server) {
    try {
      return server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN).status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void oneQuestionServesAllWhoWaitForIt() throws Exception {
    var server = server();
    try (var requests = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Answer>>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            requests.submit(
                () -> server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN)));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
    assertThat(hub.asked("/user")).isEqualTo(1);
  }

  @Test
  void cookiesThatWereChangedAreNobodys() throws IOException {
    var browser = new Browser();
    browser.logIn(PAGE, TOKEN);
    String cookie = browser.cookies.getOrDefault(FakeHub.CLIENT, "");
    var forged = new Browser();
    for (String value :
        List.of(
            cookie.substring(0, cookie.length() - 3) + "00\"",
            cookie.replace("2|1:0", "1|1:0"),
            "\"\"",
            TOKEN)) {
      forged.cookies.clear();
      forged.cookies.put(FakeHub.CLIENT, value);
      assertThat(forged.get(STATUS).status()).as(value).isEqualTo(403);
    }
    forged.cookies.clear();
    String location = forged.get(PAGE).header("Location");
    String name = forged.stateCookies().getFirst();
    String state = forged.cookies.getOrDefault(name, "");
    forged.cookies.put(name, (state.charAt(0) == 'A' ? 'B' : 'A') + state.substring(1));
    assertThat(forged.get(hub.agree(location, TOKEN)).status()).isEqualTo(403);
  }

  @Test
  void theLoginCookieIsSignedAndForTheServerAlone() throws IOException {
    var browser = new Browser();
    String location = browser.get(PAGE).header("Location");
    Answer back = browser.get(hub.agree(location, TOKEN), "X-Forwarded-Proto", "https,http");
    assertThat(back.headers("Set-Cookie"))
        .anyMatch(cookie ->
            cookie.startsWith("jupyterhub-user-anna=\"2|1:0|10:")
                && cookie.contains("HttpOnly")
                && cookie.contains("Path=/user/anna/")
                && cookie.contains("Max-Age=2592000")
                && cookie.contains("Secure"));
  }

  @Test
  void attributesOfCookiesAreTheHubsToChoose() throws IOException {
    server(
        Map.of(
            "JUPYTERHUB_COOKIE_OPTIONS",
            "{\"expires_days\": null, \"samesite\": \"Strict\", \"secure\": true}",
            "JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED",
            "1"));
    var browser = new Browser();
    Answer back = browser.logIn(PAGE, TOKEN);
    assertThat(back.headers("Set-Cookie"))
        .anyMatch(cookie ->
            cookie.startsWith("__Host-jupyterhub-user-anna=")
                && cookie.contains("; Path=/;")
                && cookie.contains("Secure")
                && cookie.contains("SameSite=Strict")
                && !cookie.contains("Max-Age"));
    assertThat(browser.get(STATUS).status()).isEqualTo(200);
  }

  @Test
  void aRequestByCookieProvesThatAPageOfTheServerMadeIt() throws IOException {
    var browser = new Browser();
    browser.logIn(PAGE, TOKEN);
    String xsrf = browser.xsrf();
    assertThat(xsrf).matches("[A-Za-z0-9_-]{40,}");
    assertThat(browser.ask("POST", "/user/anna/api/contents").status()).isEqualTo(403);
    assertThat(browser.ask("POST", "/user/anna/api/contents", "X-XSRFToken", xsrf + "0").status())
        .isEqualTo(403);
    assertThat(browser.ask("POST", "/user/anna/api/contents", "X-XSRFToken", xsrf).status())
        .isEqualTo(201);
    assertThat(browser.ask("POST", "/user/anna/api/contents?_xsrf=" + xsrf).status())
        .isEqualTo(201);
    // Reading by script from another server's page on the same origin.
    assertThat(browser.get(STATUS, "Sec-Fetch-Mode", "cors").status()).isEqualTo(403);
    assertThat(browser.get(STATUS, "Sec-Fetch-Mode", "same-origin").status()).isEqualTo(403);
    assertThat(browser.get(PAGE, "Sec-Fetch-Mode", "cors").status()).isEqualTo(403);
    assertThat(browser.get(STATUS, "Sec-Fetch-Mode", "cors", "X-XSRFToken", xsrf).status())
        .isEqualTo(200);
    assertThat(browser.get(STATUS, "Sec-Fetch-Mode", "navigate").status()).isEqualTo(200);
    assertThat(
            browser
                .get(
                    "/user/anna/files/none.png",
                    "Sec-Fetch-Mode",
                    "no-cors",
                    "Sec-Fetch-Site",
                    "same-origin")
                .status())
        .isEqualTo(404);
    assertThat(
            browser
                .get(
                    "/user/anna/files/none.png",
                    "Sec-Fetch-Mode",
                    "no-cors",
                    "Sec-Fetch-Site",
                    "cross-site")
                .status())
        .isEqualTo(403);
    // A token in a header no other site can add.
    assertThat(
            server()
                .ask("POST", "/user/anna/api/contents", "", "Authorization", "token " + TOKEN)
                .status())
        .isEqualTo(201);
  }

  @Test
  void aForgeryTokenIsForOneLogin() throws IOException {
    var admin = new Browser();
    admin.logIn(PAGE, "token-of-admin");
    var browser = new Browser();
    browser.logIn(PAGE, TOKEN);
    String own = browser.xsrf();
    browser.cookies.put("_xsrf", admin.xsrf());
    assertThat(browser.ask("POST", "/user/anna/api/contents", "X-XSRFToken", admin.xsrf()).status())
        .isEqualTo(403);
    // A part of a page gets no new cookie, the page itself does.
    browser.get(STATUS, "Sec-Fetch-Mode", "cors");
    assertThat(browser.xsrf()).isEqualTo(admin.xsrf());
    browser.get(PAGE, "Sec-Fetch-Mode", "navigate");
    assertThat(browser.xsrf()).isNotEqualTo(admin.xsrf());
    // Two of the name: the one of a shorter path is not ours.
    browser.cookies.put("_xsrf", "x; _xsrf=" + own);
    assertThat(browser.ask("POST", "/user/anna/api/contents", "X-XSRFToken", own).status())
        .isEqualTo(201);
  }

  @Test
  void serversOfOneOwnerTakeEachOthersForgeryTokensOfTheSameSession() throws IOException {
    hub.addUser("second-token", "anna", "access:servers!user=anna");
    var browser = new Browser();
    browser.cookies.put("jupyterhub-session-id", "session");
    server(common("a"));
    browser.logIn(PAGE, TOKEN);
    String first = browser.xsrf();

    restart(named(common("a")));
    // Each server has a login of its own.
    browser.cookies.remove(FakeHub.CLIENT);
    Answer back = browser.logIn("/user/anna/gpu/lab", "second-token");
    assertThat(back.headers("Set-Cookie"))
        .as("one cookie for all of them, so that scripts find one")
        .anyMatch(cookie -> cookie.startsWith("_xsrf=") && cookie.endsWith("Path=/user/anna/"));
    String second = browser.xsrf();
    // Lab sends the last one, whosever it is.
    browser.cookies.put("_xsrf", second + "; _xsrf=" + first);
    assertThat(write(browser, first)).isEqualTo(201);
    assertThat(write(browser, second)).isEqualTo(201);
    // Both are the same where they were made in one second.
    browser.cookies.put("_xsrf", "x");
    assertThat(write(browser, first)).as("no cookie has it").isEqualTo(403);
    browser.cookies.put("_xsrf", first);
    browser.cookies.put("jupyterhub-session-id", "another");
    assertThat(write(browser, first)).as("of another session").isEqualTo(403);
    browser.cookies.put("jupyterhub-session-id", "session");
    assertThat(write(browser, first)).isEqualTo(201);

    restart(named(common("b")));
    assertThat(write(browser, first)).as("of another owner").isEqualTo(403);
    restart(named(Map.of()));
    assertThat(write(browser, first)).as("without a common secret").isEqualTo(403);
  }

  private static int write(Browser browser, String xsrf) throws IOException {
    return browser.ask("POST", "/user/anna/gpu/api/contents", "X-XSRFToken", xsrf).status();
  }

  private static Map<String, String> common(String digit) {
    return Map.of("ORRERY_XSRF_SECRET", digit.repeat(64));
  }

  private static Map<String, String> named(Map<String, String> more) {
    var env = new HashMap<>(more);
    env.put("JUPYTERHUB_SERVER_NAME", "gpu");
    env.put("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/gpu/");
    env.put("JUPYTERHUB_OAUTH_CALLBACK_URL", "/user/anna/gpu/oauth_callback");
    return env;
  }

  private void restart(Map<String, String> env) throws IOException {
    if (running != null) {
      running.close();
      running = null;
    }
    server(env);
  }

  @Test
  void aTokenInTheAddressOpensPagesOnlyWhereThatIsWanted() throws IOException {
    String query = "?token=" + TOKEN;
    assertThat(server().ask("GET", STATUS + query, "", "A", "b").status()).isEqualTo(403);
    assertThat(server().ask("GET", PAGE + query, "", "A", "b").status()).isEqualTo(302);
    restart();
    server(Map.of("JUPYTERHUB_ALLOW_TOKEN_IN_URL", "1"));
    assertThat(server().ask("GET", STATUS + query, "", "A", "b").status()).isEqualTo(200);
    var browser = new Browser();
    assertThat(browser.get(PAGE + query).status()).isEqualTo(200);
    assertThat(browser.get(STATUS).status()).as("it is kept").isEqualTo(200);
    assertThat(server().ask("GET", STATUS + "?token=wrong", "", "A", "b").status()).isEqualTo(403);
  }

  @Test
  void aSocketComesWithATokenInItsAddressOrACookieUnlessThatIsOff() throws Exception {
    String path = "/user/anna/api/events/subscribe";
    var browser = new Browser();
    browser.logIn(PAGE, TOKEN);
    new TestSocket(server(), path + "?token=" + TOKEN, "A", "b").close();
    new TestSocket(server(), path, "Cookie", browser.header(), "Origin", server().origin()).close();
    assertThatThrownBy(() ->
            new TestSocket(
                server(), path, "Cookie", browser.header(), "Origin", "http://evil.example"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new TestSocket(server(), path, "A", "b"))
        .isInstanceOf(IOException.class);
    assertThat(browser.get(PAGE).body()).contains("\"token\":\"\"");

    restart();
    server(Map.of("JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH", "0"));
    assertThatThrownBy(() ->
            new TestSocket(server(), path, "Cookie", browser.header(), "Origin", server().origin()))
        .isInstanceOf(IOException.class);
    new TestSocket(server(), path + "?token=" + TOKEN, "A", "b").close();
    assertThat(browser.get(PAGE).body())
        .as("the page has no other way in then")
        .contains("\"token\":\"" + TOKEN + "\"");
  }

  @Test
  void aHubThatFailsIsAnsweredForAtOnceAndAskedAgain() throws IOException {
    var server = server();
    Map<String, Integer> answers =
        Map.of(
            FakeHub.http(500, "{}"),
            502,
            FakeHub.http(302, ""),
            502,
            FakeHub.http(200, "not json"),
            502,
            FakeHub.http(200, "{}"),
            502,
            FakeHub.http(200, "[1]"),
            502,
            "HTTP/1.1 200 X\r\nContent-Length: 99999999\r\n\r\n{}",
            502,
            "HTTP/1.1 200 X\r\n\r\n" + "x".repeat(2_000_000),
            502,
            "HTTP/1.1 200 X\r\nA: " + "x".repeat(100_000) + "\r\n\r\n",
            502,
            "SSH-2.0-OpenSSH\r\n",
            502,
            "HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\n{",
            503);
    for (var entry : answers.entrySet()) {
      hub.breakDown("/user", new FakeHub.Fault.Says(entry.getKey()));
      Answer answer = server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN);
      String said = entry.getKey().substring(0, Math.min(60, entry.getKey().length()));
      assertThat(answer.status()).as(said).isEqualTo(entry.getValue());
      assertThat(answer.message()).contains("hub").doesNotContain("Exception");
    }
    hub.repair();
    assertThat(server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN).status())
        .as("a failure is not remembered")
        .isEqualTo(200);
    hub.close();
    assertThat(server.ask("GET", STATUS, "", "Authorization", "token other").status())
        .isEqualTo(503);
    assertThat(server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN).status())
        .as("who is known works on")
        .isEqualTo(200);
  }

  @Test
  void aChunkedAnswerIsUnderstood() throws IOException {
    String model = "{\"name\":\"anna\",\"scopes\":[\"access:servers\"]}";
    String half = model.substring(0, 10);
    String rest = model.substring(10);
    hub.breakDown(
        "/user",
        new FakeHub.Fault.Says(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(10)
                + ";x=y\r\n"
                + half
                + "\r\n"
                + Integer.toHexString(rest.length())
                + "\r\n"
                + rest
                + "\r\n0\r\n\r\n"));
    assertThat(server().ask("GET", STATUS, "", "Authorization", "token " + TOKEN).status())
        .isEqualTo(200);
  }

  @Test
  void aHubThatSaysNothingHoldsNobodyForLong() throws IOException {
    var server = server();
    hub.breakDown("/user", new FakeHub.Fault.Silent());
    Answer answer = server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(server.ask("GET", "/user/anna/api", "", "A", "b").status()).isEqualTo(200);
  }

  @Test
  void aCodeTheHubFailsToExchangeIsNoLogin() throws IOException {
    var browser = new Browser();
    String callback = hub.agree(browser.get(PAGE).header("Location"), TOKEN);
    hub.breakDown("/oauth2/token", new FakeHub.Fault.Says(FakeHub.http(200, "{}")));
    assertThat(browser.get(callback).status()).isEqualTo(502);
    assertThat(browser.cookies).doesNotContainKey(FakeHub.CLIENT);
    hub.repair();
    assertThat(browser.logIn(PAGE, "token-nobody-has").status()).isEqualTo(502);
    assertThat(browser.cookies).doesNotContainKey(FakeHub.CLIENT);
    assertThat(browser.logIn(PAGE, TOKEN).status()).isEqualTo(302);
  }

  @Test
  void theHubSaysWhoAVisitorIs() throws IOException {
    hub.addModel(
        "token-of-zoe",
        """
        {"kind": "user", "name": "zoe", "scopes": ["access:servers"], "user_info":
         {"name": "Zoë Example", "display_name": "Zoë", "initials": "ZE",
          "avatar_url": "https://example.org/z.png", "color": "#abc", "other": 1}}
        """);
    hub.addModel(
        "token-of-odd",
        "{\"name\": \"odd\", \"scopes\": [\"access:servers\", 5], \"user_info\": {\"name\": 7}}");
    String me = "/user/anna/api/me";
    var zoe = server().ask("GET", me, "", "Authorization", "token token-of-zoe").json();
    assertThat(zoe.path("identity").toString())
        .isEqualTo(
            "{\"username\":\"zoe\",\"name\":\"Zoë Example\",\"display_name\":\"Zoë\","
                + "\"initials\":\"ZE\",\"avatar_url\":\"https://example.org/z.png\","
                + "\"color\":\"#abc\"}");
    var odd = server().ask("GET", me, "", "Authorization", "token token-of-odd").json();
    assertThat(odd.path("identity").path("name").asString()).isEqualTo("odd");
    assertThat(odd.path("permissions").path("updatable_fields")).isEmpty();
    assertThat(
            server()
                .ask("PATCH", me, "{\"name\": \"x\"}", "Authorization", "token token-of-zoe")
                .status())
        .isEqualTo(400);
  }

  @Test
  void theServersOwnTokenAndPasswordOpenNothing() throws IOException {
    server(Map.of("JUPYTER_TOKEN", "own"), "--IdentityProvider.token=own");
    for (String token : List.of("own", FakeHub.SERVER_TOKEN, "")) {
      assertThat(server().ask("GET", STATUS, "", "Authorization", "token " + token).status())
          .as(token)
          .isEqualTo(403);
    }
    assertThat(server().ask("POST", "/user/anna/login", "password=own", "A", "b").status())
        .isIn(404, 405);
    assertThat(
            server()
                .ask("POST", "/user/anna/api/shutdown", "", "Authorization", "token " + TOKEN)
                .status())
        .as("the hub stops servers")
        .isEqualTo(403);
  }

  @Test
  void activityIsReportedWhenThereWasSome() throws Exception {
    var server = server(Map.of("JUPYTERHUB_ACTIVITY_INTERVAL", "1"));
    Eventually.holds("a first report", () -> !hub.activity().isEmpty());
    int before = hub.activity().size();
    assertThat(hub.activity().getFirst())
        .matches(
            "\\{\"servers\":\\{\"\":\\{\"last_activity\":\"[0-9T:.-]+Z\"}},\"last_activity\":\"[0-9T:.-]+Z\"}");
    server.ask("GET", STATUS, "", "Authorization", "token " + TOKEN);
    Eventually.holds("a second one after a use", () -> hub.activity().size() > before);
  }

  @Test
  void aHubThatTakesTheServersTokenNoMoreIsComplainedOfOnce() throws Exception {
    hub.breakDown("/users/anna/activity", new FakeHub.Fault.Says(FakeHub.http(403, "{}")));
    try (var log = new LogOf("dev.orrery.server.hub.HubClient")) {
      var server = server(Map.of("JUPYTERHUB_ACTIVITY_INTERVAL", "1"));
      Eventually.holds(
          "it is told of activity again and again",
          () -> statusByToken(server) == 200 && hub.asked("/users/anna/activity") > 2);
      assertThat(log.lines()).singleElement().asString().contains("JUPYTERHUB_API_TOKEN", "403");
    }
  }

  @Test
  void aHubOfAnotherMajorVersionIsWarnedAbout() throws Exception {
    Map<String, Integer> warnings = Map.of("5.4.5", 1, "6.0.0", 0, "6.1.1", 0, "7.0.0.dev", 1);
    for (var entry : warnings.entrySet()) {
      hub.breakDown(
          "/",
          new FakeHub.Fault.Says(
              FakeHub.http(200, "{}").replace("Version: 6.1.1", "Version: " + entry.getKey())));
      try (var log = new LogOf("dev.orrery.server.hub.HubMembership")) {
        server(Map.of("JUPYTERHUB_ACTIVITY_INTERVAL", "60"));
        assertThat(log.lines()).as(entry.getKey()).hasSize(entry.getValue());
      }
      restart();
    }
  }

  @Test
  void aHubThatIsNotThereIsWaitedForAtTheStart() throws Exception {
    FakeHub other = new FakeHub();
    other.breakDown("/", new FakeHub.Fault.Says(FakeHub.http(503, "")));
    if (temp == null) {
      throw new IllegalStateException("called outside of a test");
    }
    Path home = temp.toRealPath();
    try (var starter = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<TestNotebookServer> starting =
          starter.submit(() -> TestNotebookServer.startBehind(home, other.variables()));
      Eventually.holds("it is asked", () -> other.asked("/") > 0);
      other.repair();
      starting.get().close();
    } finally {
      other.close();
    }
  }
}
