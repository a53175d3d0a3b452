package dev.orrery.hub;

import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A browser: it keeps cookies, fills in forms, and shows where it is led instead of going there.
 */
final class Browser implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern XSRF =
      Pattern.compile("(?:name=\"_xsrf\" value|data-xsrf)=\"([^\"]*)\"");

  private final String origin;
  final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient client =
      HttpClient.newBuilder()
          .cookieHandler(cookies)
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Browser(String origin) {
    this.origin = origin;
  }

  /** Somebody who has logged in. */
  static Browser of(RunningHub hub, String name) {
    var browser = new Browser(hub.origin());
    RunningHub.Answer answer = browser.logIn(name, "");
    if (answer.status() != 302) {
      throw new AssertionError("Login answered " + answer.status() + "\n" + answer.body());
    }
    return browser;
  }

  RunningHub.Answer get(String path, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(origin + path)).timeout(LIMIT);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return RunningHub.send(client, request.build());
  }

  RunningHub.Answer post(String path, String form) {
    return RunningHub.send(
        client,
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(LIMIT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  /** Sends a form of a page together with the token in it. */
  RunningHub.Answer submit(String page, String path, String form) {
    String token = xsrf(get(page)).orElseThrow(() -> new AssertionError("No form on " + page));
    return post(path, form + (form.isEmpty() ? "" : "&") + field("_xsrf", token));
  }

  /** The same as browsers send a form with files. */
  RunningHub.Answer submitParts(String page, String path, String parts) {
    String token = xsrf(get(page)).orElseThrow(() -> new AssertionError("No form on " + page));
    String body =
        ("--edge\nContent-Disposition: form-data; name=\"_xsrf\"\n\n" + token + "\n" + parts)
            .replace("\n", "\r\n");
    return RunningHub.send(
        client,
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(LIMIT)
            .header("Content-Type", "multipart/form-data; boundary=edge")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** Fills in the login form; {@code query} begins with a question mark, or is empty. */
  RunningHub.Answer logIn(String name, String query) {
    String token = xsrf(get("/hub/login" + query)).orElseThrow();
    return post(
        "/hub/login" + query,
        field("username", name) + "&" + field("password", "any") + "&" + field("_xsrf", token));
  }

  /** The token in the form of a page. */
  static Optional<String> xsrf(RunningHub.Answer page) {
    Matcher matcher = XSRF.matcher(page.body());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  static String field(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  static String location(RunningHub.Answer answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
