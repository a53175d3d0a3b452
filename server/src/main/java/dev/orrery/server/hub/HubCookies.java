package dev.orrery.server.hub;

import dev.orrery.http.Exchange;
import dev.orrery.http.SignedCookies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The cookies of a server behind a hub: their names, paths and attributes. The login cookie holds
 * the visitor's token, signed, as upstream writes it.
 */
final class HubCookies {

  /** The browser's session at the hub, which the hub sets. */
  private static final String SESSION = "jupyterhub-session-id";

  private static final Duration LONGEST = Duration.ofDays(31);

  private final HubSettings settings;
  private final SignedCookies signed;
  private final String login;

  HubCookies(HubSettings settings, SignedCookies signed) {
    this.settings = settings;
    this.signed = signed;
    login = (settings.cookies().hostPrefix() ? "__Host-" : "") + settings.client().id();
  }

  /** What the names of the cookies of pending logins begin with. */
  String statePrefix() {
    return login + "-oauth-state";
  }

  /** The visitor's token, if the browser has one that we wrote. */
  Optional<String> token(Exchange exchange) {
    return exchange.cookies(login).stream()
        .flatMap(value -> signed.verify(login, value, LONGEST).stream())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .findFirst();
  }

  String session(Exchange exchange) {
    return exchange.cookie(SESSION).orElse("");
  }

  void setToken(Exchange exchange, String token) {
    CookieOptions options = settings.cookies();
    String age = options.age().isZero() ? "" : "Max-Age=" + options.age().toSeconds() + "; ";
    exchange.addCookie(
        login,
        signed.sign(login, token.getBytes(StandardCharsets.UTF_8)),
        age + "HttpOnly; Path=" + loginPath() + shared(exchange));
  }

  void clearToken(Exchange exchange) {
    exchange.addCookie(login, "", "Max-Age=0; HttpOnly; Path=" + loginPath() + shared(exchange));
  }

  void setState(Exchange exchange, String name, String value, Duration age) {
    exchange.addCookie(
        name,
        value,
        "Max-Age=" + age.toSeconds() + "; HttpOnly; Path=" + path() + shared(exchange));
  }

  void clearState(Exchange exchange, String name) {
    exchange.addCookie(name, "", "Max-Age=0; HttpOnly; Path=" + path() + shared(exchange));
  }

  /** Scripts of the pages read this one, so that it is on no path above theirs. */
  void setXsrf(Exchange exchange, String name, String value) {
    exchange.addCookie(
        name, value, "Path=" + settings.xsrf().path() + (isSecure(exchange) ? "; Secure" : ""));
  }

  private String path() {
    return settings.cookies().hostPrefix() ? "/" : settings.basePath();
  }

  private String loginPath() {
    return settings.cookies().path().filter(_ -> !settings.cookies().hostPrefix()).orElse(path());
  }

  private String shared(Exchange exchange) {
    CookieOptions options = settings.cookies();
    boolean secure = options.hostPrefix() || options.secure().orElseGet(() -> isSecure(exchange));
    return options.sameSite().map(value -> "; SameSite=" + value).orElse("")
        + options.domain().filter(_ -> !options.hostPrefix()).map(d -> "; Domain=" + d).orElse("")
        + (secure ? "; Secure" : "");
  }

  /** Whether the browser's own connection is encrypted, wherever that ends. */
  private boolean isSecure(Exchange exchange) {
    if (settings.publicUrl().isPresent()) {
      return settings.publicUrl().get().getScheme().equals("https");
    }
    return exchange
        .header("Forwarded")
        .flatMap(HubCookies::forwardedProtocol)
        .or(() -> exchange.header("X-Scheme"))
        .or(() -> exchange.header("X-Forwarded-Proto"))
        .map(list -> list.split(",", 2)[0].strip().toLowerCase(Locale.ROOT))
        .filter(protocol -> protocol.equals("https") || protocol.equals("http"))
        .map(protocol -> protocol.equals("https"))
        .orElse(exchange.isSecure());
  }

  /** The first hop's: what the browser sees. */
  private static Optional<String> forwardedProtocol(String header) {
    for (String field : header.split(",", 2)[0].split(";", -1)) {
      String[] parts = field.split("=", 2);
      if (parts.length == 2 && parts[0].strip().equalsIgnoreCase("proto")) {
        return Optional.of(parts[1].strip().replace("\"", ""));
      }
    }
    return Optional.empty();
  }
}
