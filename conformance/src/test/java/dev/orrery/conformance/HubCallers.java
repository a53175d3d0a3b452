package dev.orrery.conformance;

import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who asks a hub: programs with tokens, and browsers that are logged in. */
final class HubCallers {

  private static final String ELSEWHERE = "http://elsewhere.example";

  private final String origin;
  private final Map<String, String> tokens = new HashMap<>();
  private final Map<String, Browser> browsers = new HashMap<>();

  /** What a browser sends of itself, and what its scripts add. */
  private record Browser(String cookies, String xsrf) {}

  HubCallers(String origin) {
    this.origin = origin;
  }

  /** Logs somebody in. */
  void logIn(String user) {
    try (HubSession session = HubSession.logIn(origin, user)) {
      browsers.put(user, new Browser(session.cookies("/hub/api/"), session.xsrf("/hub/")));
    }
  }

  void addToken(String name, String token) {
    tokens.put(name, token);
  }

  String token(String name) {
    return tokens.getOrDefault(name, "wrong-token");
  }

  /** The value that only a page of the hub knows. */
  String xsrf(String user) {
    return browser(user).xsrf();
  }

  private Browser browser(String user) {
    Browser browser = browsers.get(user);
    if (browser == null) {
      throw new AssertionError(user + " has not logged in");
    }
    return browser;
  }

  /**
   * Adds what shows who asks.
   *
   * @param who {@code nobody}, a name of a token, or one with an {@code @} and what is sent in its
   *     place, with commas between
   */
  void show(HttpRequest.Builder request, String who) {
    int at = who.indexOf('@');
    String name = at < 0 ? who : who.substring(0, at);
    List<String> ways =
        at >= 0
            ? List.of(who.substring(at + 1).split(",", -1))
            : name.equals("nobody") ? List.of() : List.of("token");
    for (String way : ways) {
      show(request, name, way);
    }
  }

  private void show(HttpRequest.Builder request, String name, String way) {
    switch (way) {
      case "token" -> request.header("Authorization", "token " + token(name));
      case "bearer" -> request.header("Authorization", "Bearer " + token(name));
      case "basic" -> request.header("Authorization", "Basic " + token(name));
      case "wrong-token" -> request.header("Authorization", "token wrong-token");
      case "cookie" -> request.header("Cookie", browser(name).cookies());
      case "broken-cookie" ->
          request.header(
              "Cookie",
              browser(name).cookies().replaceAll("(jupyterhub-hub-login=\"?)[^;]{20}", "$1x"));
      case "xsrf" -> request.header("X-XSRFToken", xsrf(name));
      case "csrf" -> request.header("X-CSRFToken", xsrf(name));
      case "wrong-xsrf" -> request.header("X-XSRFToken", xsrf(name).substring(1));
      case "cors", "navigate", "no-cors", "websocket" -> request.header("Sec-Fetch-Mode", way);
      case "same-origin", "same-site", "cross-site" -> request.header("Sec-Fetch-Site", way);
      case "foreign-origin" -> request.header("Origin", ELSEWHERE);
      case "foreign-referer" -> request.header("Referer", ELSEWHERE + "/hub/home");
      case "own-origin" -> request.header("Origin", origin);
      case "form" -> request.header("Content-Type", "application/x-www-form-urlencoded");
      case "text" -> request.header("Content-Type", "text/plain");
      case "json" -> request.header("Content-Type", "application/json; charset=UTF-8");
      case "paged" -> request.header("Accept", "application/jupyterhub-pagination+json");
      default -> throw new AssertionError("No caller knows '" + way + "'");
    }
  }
}
