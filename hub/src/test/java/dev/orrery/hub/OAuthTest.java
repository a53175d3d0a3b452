package dev.orrery.hub;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.spawner.spi.ServerName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server of a user and a browser do to let somebody in, and what they can do wrong. */
class OAuthTest {

  private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
  private static final String VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-rfc-7636";

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

  private static String authorize(String user, String more) {
    return "/hub/api/oauth2/authorize?client_id=jupyterhub-user-"
        + user
        + "&redirect_uri=%2Fuser%2F"
        + user
        + "%2Foauth_callback&response_type=code&state=a%20state&code_challenge="
        + challenge()
        + "&code_challenge_method=S256"
        + more;
  }

  private static String challenge() {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(VERIFIER.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String code(RunningHub.Answer answer) {
    Matcher matcher = CODE.matcher(Browser.location(answer));
    assertThat(matcher.find()).as(answer.status() + Browser.location(answer)).isTrue();
    return matcher.group(1);
  }

  private static String secret(RunningHub hub, String user) {
    var request = requireNonNull(hub.spawner.requests.get(new ServerName(user, "")));
    return requireNonNull(request.environment().get("JUPYTERHUB_API_TOKEN"));
  }

  private static RunningHub.Answer exchange(
      RunningHub hub, String user, String secret, String code, String verifier) {
    try (var server = new Browser(hub.origin())) {
      return server.post(
          "/hub/api/oauth2/token",
          "grant_type=authorization_code&"
              + Browser.field("client_id", "jupyterhub-user-" + user)
              + "&"
              + Browser.field("client_secret", secret)
              + "&"
              + Browser.field("code", code)
              + "&"
              + Browser.field("redirect_uri", "/user/" + user + "/oauth_callback")
              + (verifier.isEmpty() ? "" : "&" + Browser.field("code_verifier", verifier)));
    }
  }

  /** What the server of a user is given for a browser. */
  static String tokenFor(RunningHub hub, Browser browser, String user) {
    String code = code(browser.get(authorize(user, "")));
    var answer = exchange(hub, user, secret(hub, user), code, VERIFIER);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("access_token").asString();
  }

  @Test
  void theOwnerIsLetInWithoutAQuestionAndTheTokenIsForThatServer() {
    try (var ann = Browser.of(hub, "ann")) {
      ann.get("/hub/spawn");
      var sent = ann.get(authorize("ann", ""));
      assertThat(sent.status()).isEqualTo(302);
      assertThat(Browser.location(sent))
          .startsWith("/user/ann/oauth_callback?code=")
          .endsWith("&state=a%20state");
      var answer = exchange(hub, "ann", secret(hub, "ann"), code(sent), VERIFIER);
      assertThat(answer.json().path("token_type").asString()).isEqualTo("Bearer");
      String token = answer.json().path("access_token").asString();
      var me = hub.ask(token, "GET", "/hub/api/user", "").json();
      assertThat(me.path("name").asString()).isEqualTo("ann");
      assertThat(me.path("scopes").toString()).contains("access:servers!server=ann/");
      assertThat(hub.ask(token, "GET", "/hub/api/users/ann/tokens", "").status())
          .as("it may know who she is, and no more")
          .isEqualTo(403);
    }
  }

  @Test
  void aCodeIsGoodOnceForItsClientWithItsVerifier() {
    try (var ann = Browser.of(hub, "ann");
        var bob = Browser.of(hub, "bob")) {
      ann.get("/hub/spawn");
      bob.get("/hub/spawn");
      String secret = secret(hub, "ann");

      String code = code(ann.get(authorize("ann", "")));
      assertThat(exchange(hub, "ann", "wrong", code, VERIFIER).status()).isEqualTo(401);
      assertThat(exchange(hub, "ann", secret, code, VERIFIER).status()).isEqualTo(200);
      var again = exchange(hub, "ann", secret, code, VERIFIER);
      assertThat(again.status()).isEqualTo(400);
      assertThat(again.json().path("error").asString()).isEqualTo("invalid_grant");

      String other = code(ann.get(authorize("ann", "")));
      assertThat(exchange(hub, "bob", secret(hub, "bob"), other, VERIFIER).status())
          .as("the code of another client")
          .isEqualTo(400);
      String unproved = code(ann.get(authorize("ann", "")));
      assertThat(exchange(hub, "ann", secret, unproved, "").json().path("error").asString())
          .isEqualTo("invalid_request");
      String wrong = code(ann.get(authorize("ann", "")));
      assertThat(exchange(hub, "ann", secret, wrong, "another").json().path("error").asString())
          .isEqualTo("invalid_grant");
      assertThat(exchange(hub, "ann", secret, wrong, VERIFIER).status())
          .as("a wrong verifier uses the code up")
          .isEqualTo(400);
    }
  }

  @Test
  void wrongQuestionsAreNotAnsweredByARedirectElsewhere() {
    try (var ann = Browser.of(hub, "ann")) {
      ann.get("/hub/spawn");
      String evil =
          authorize("ann", "")
              .replace("%2Fuser%2Fann%2Foauth_callback", "https%3A%2F%2Fevil.example%2F");
      assertThat(ann.get(evil).status()).isEqualTo(400);
      assertThat(ann.get(authorize("ann", "").replace("-user-ann", "-user-nobody")).status())
          .isEqualTo(400);
      var method = ann.get(authorize("ann", "").replace("S256", "S512"));
      assertThat(Browser.location(method))
          .startsWith("/user/ann/oauth_callback?error=invalid_request");
      var type = ann.get(authorize("ann", "").replace("response_type=code", "response_type=token"));
      assertThat(Browser.location(type)).contains("error=unsupported_response_type");
    }
    try (var nobody = new Browser(hub.origin())) {
      assertThat(Browser.location(nobody.get(authorize("ann", "")))).startsWith("/hub/login?next=");
    }
  }

  @Test
  void othersStayOutAndAdministratorsAreAsked() {
    try (var ann = Browser.of(hub, "ann");
        var eve = Browser.of(hub, "mallory");
        var boss = Browser.of(hub, "boss")) {
      ann.get("/hub/spawn");
      assertThat(eve.get(authorize("ann", "")).status()).isEqualTo(403);
      var asked = boss.get(authorize("ann", ""));
      assertThat(asked.status()).isEqualTo(200);
      assertThat(asked.body()).contains("Authorize", "/user/ann/");
      assertThat(boss.post(authorize("ann", ""), "scopes=self").status())
          .as("a form of another site")
          .isEqualTo(403);
      String token = Browser.xsrf(asked).orElseThrow();
      var agreed = boss.post(authorize("ann", ""), Browser.field("_xsrf", token) + "&scopes=self");
      assertThat(agreed.status()).isEqualTo(302);
      String given =
          exchange(hub, "ann", secret(hub, "ann"), code(agreed), VERIFIER)
              .json()
              .path("access_token")
              .asString();
      assertThat(hub.ask(given, "GET", "/hub/api/users", "").status())
          .as("more was asked for by the form than by the client")
          .isEqualTo(403);
    }
  }
}
