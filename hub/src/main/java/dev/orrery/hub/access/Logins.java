package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.SignedCookies;
import dev.orrery.hub.store.User;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The cookies of browsers that are logged in, JupyterHub's: one that says who it is, signed, for
 * the hub alone, and one that names the login, so that what was given to servers ends with it.
 */
public final class Logins {

  /** What browsers know names of cookies by that only this host sets, by HTTPS. */
  private static final String HOST = "__Host-";

  static final String LOGIN = "jupyterhub-hub-login";
  static final String SESSION = "jupyterhub-session-id";

  private final SignedCookies cookies;
  private final Duration maxAge;
  private final String prefix;
  private final String basePath;
  private final String hubPath;

  /**
   * Makes cookies for a hub whose pages are below {@code hubPath}.
   *
   * @param hostPrefix whether browsers are to take the login from this host alone; then it is for
   *     all paths, and for HTTPS. Servers know the name of the other cookie.
   */
  public Logins(
      SignedCookies cookies, Duration maxAge, boolean hostPrefix, String basePath, String hubPath) {
    this.cookies = cookies;
    this.maxAge = maxAge;
    this.prefix = hostPrefix ? HOST : "";
    this.basePath = basePath;
    this.hubPath = hostPrefix ? "/" : hubPath;
  }

  private String login() {
    return prefix + LOGIN;
  }

  /**
   * What the login cookie holds; nothing when there is none that is ours and young enough. Another
   * one is taken away.
   */
  Optional<String> cookieId(Exchange exchange) {
    Optional<String> sent = exchange.cookie(login()).filter(value -> !value.isEmpty());
    Optional<String> id = sent.flatMap(value -> cookieId(login(), value));
    if (sent.isPresent() && id.isEmpty()) {
      forget(exchange);
    }
    return id;
  }

  /** The same of a cookie that somebody else was sent, whatever it is called. */
  public Optional<String> cookieId(String name, String value) {
    return cookies
        .verify(name, value, maxAge)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The name of the login; empty when there is none. */
  static String sessionId(Exchange exchange) {
    // It becomes part of what is signed and stored; ours has nothing but hex digits.
    return exchange
        .cookie(SESSION)
        .filter(id -> id.length() <= 64 && id.matches("[0-9A-Za-z-]+"))
        .orElse("");
  }

  /** Logs a browser in; gives the name of the login. */
  public String logIn(Exchange exchange, User user) {
    exchange.addCookie(
        login(),
        cookies.sign(login(), user.cookieId().getBytes(StandardCharsets.UTF_8)),
        attributes(exchange, hubPath, maxAge));
    return newSession(exchange);
  }

  /** Names the login of a browser that has lost its name. */
  String newSession(Exchange exchange) {
    String id = UUID.randomUUID().toString().replace("-", "");
    exchange.addCookie(SESSION, id, attributes(exchange, basePath, maxAge));
    return id;
  }

  /** Takes a login away that is nobody's any more. */
  void forget(Exchange exchange) {
    exchange.addCookie(login(), "", attributes(exchange, hubPath, Duration.ZERO));
  }

  /** Logs a browser out. */
  void logOut(Exchange exchange) {
    forget(exchange);
    exchange.addCookie(SESSION, "", attributes(exchange, basePath, Duration.ZERO));
  }

  private String attributes(Exchange exchange, String path, Duration age) {
    return "Max-Age="
        + age.toSeconds()
        + "; HttpOnly; Path="
        + path
        + "; SameSite=Lax"
        + (!prefix.isEmpty() || isHttps(exchange) ? "; Secure" : "");
  }

  /** Whether the browser speaks HTTPS, as the proxy before us tells. */
  static boolean isHttps(Exchange exchange) {
    return exchange.isSecure()
        || exchange
            .header("X-Forwarded-Proto")
            .map(protocols -> protocols.split(",", 2)[0].strip())
            .filter("https"::equalsIgnoreCase)
            .isPresent();
  }
}
