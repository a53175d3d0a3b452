package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.Filter;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.RawPath;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The checks of section 4.1 of the reference, in their order: host, then who it is, then origin,
 * then forgery. As a {@link Filter} it checks the host and sets the headers of every answer; {@link
 * #api}, {@link #page} and {@link #socket} wrap the handlers of routes that need a login, each with
 * the refusal that suits it.
 */
public final class Access implements Filter {

  static final Duration COOKIE_AGE = Duration.ofDays(30);

  private final AccessSettings settings;
  private final SignedCookies cookies;
  private final Origins origins;
  private final Clock clock;
  private final String basePath;

  /**
   * Makes the checks of one server.
   *
   * @param cookies signs and checks login cookies
   * @param basePath the path all of the server lives below, with a slash at both ends
   */
  public Access(AccessSettings settings, SignedCookies cookies, Clock clock, String basePath) {
    this.settings = settings;
    this.cookies = cookies;
    this.clock = clock;
    this.basePath = basePath;
    origins = new Origins(settings);
  }

  String basePath() {
    return basePath;
  }

  @Override
  public void handle(Exchange exchange, Handler next) throws IOException {
    exchange.set("X-Content-Type-Options", "nosniff");
    exchange.set("Content-Security-Policy", contentSecurityPolicy(""));
    settings.headers().forEach(exchange::set);
    origins.checkHost(exchange);
    next.handle(exchange);
  }

  private String contentSecurityPolicy(String more) {
    return settings
        .contentSecurityPolicy()
        .orElseGet(() ->
            "frame-ancestors 'self'; report-uri " + basePath + "api/security/csp-report" + more);
  }

  /**
   * Adds to the policy of this answer, for example {@code sandbox allow-scripts} around a user's
   * own files.
   */
  public void restrict(Exchange exchange, String directive) {
    exchange.set("Content-Security-Policy", contentSecurityPolicy("; " + directive));
  }

  /** For programs: without a login 403 as JSON. */
  public Handler api(Handler handler) {
    return exchange -> {
      prepareApi(exchange);
      Visitor visitor = visitor(exchange).orElseThrow(() -> new HttpException(403, "Forbidden"));
      exchange.attribute(Visitor.class, visitor);
      origins.checkApi(exchange, visitor.byToken());
      checkXsrf(exchange, visitor);
      handler.handle(exchange);
    };
  }

  /** For programs that need no login. */
  public Handler openApi(Handler handler) {
    return exchange -> {
      prepareApi(exchange);
      handler.handle(exchange);
    };
  }

  /** What a browser asks before a call from another origin; needs no login. */
  public void preflight(Exchange exchange) {
    prepareApi(exchange);
    exchange.set(
        "Access-Control-Allow-Headers", "accept, content-type, authorization, x-xsrftoken");
    exchange.set("Access-Control-Allow-Methods", "GET, PUT, POST, PATCH, DELETE, OPTIONS");
    exchange.sendEmpty(200);
  }

  private void prepareApi(Exchange exchange) {
    exchange.set("Content-Security-Policy", contentSecurityPolicy("; default-src 'none'"));
    origins.allow(exchange);
  }

  /** For people: without a login to the login page and back. */
  public Handler page(Handler handler) {
    return exchange -> {
      Optional<Visitor> visitor = visitor(exchange);
      if (visitor.isEmpty()) {
        String query = exchange.rawQuery();
        String next = exchange.rawPath() + (query.isEmpty() ? "" : "?" + query);
        exchange.redirect(basePath + "login?next=" + encodeQuery(next));
        return;
      }
      exchange.attribute(Visitor.class, visitor.get());
      xsrfToken(exchange);
      handler.handle(exchange);
    };
  }

  static String encodeQuery(String text) {
    return RawPath.encode(text)
        .replace("&", "%26")
        .replace("+", "%2B")
        .replace("=", "%3D")
        .replace(";", "%3B");
  }

  /**
   * For files of the user, which another site must not be able to pull in: also asks for a
   * same-site sign.
   */
  public Handler file(Handler handler) {
    return page(exchange -> {
      boolean byToken = exchange.attribute(Visitor.class).map(Visitor::byToken).orElse(false);
      if (settings.checkXsrf()
          && !byToken
          && !xsrfSent(exchange)
          && !origins.isRefererOurs(exchange)) {
        throw new HttpException(403, "Blocked: this file was asked for from another site");
      }
      handler.handle(exchange);
    });
  }

  /** For WebSockets: without a login, or from a foreign origin, 403 before the upgrade. */
  public Handler socket(Handler handler) {
    return exchange -> {
      Visitor visitor = visitor(exchange).orElseThrow(() -> new HttpException(403, "Forbidden"));
      exchange.attribute(Visitor.class, visitor);
      origins.checkSocket(exchange, visitor.byToken());
      handler.handle(exchange);
    };
  }

  /** Who the request comes from. A valid token gives the browser a login cookie. */
  Optional<Visitor> visitor(Exchange exchange) {
    Optional<Identity> known = cookieIdentity(exchange);
    if (!settings.token().isEmpty() && tokenOf(exchange).filter(this::isToken).isPresent()) {
      Identity identity = known.orElseGet(Identity::anonymous);
      if (known.isEmpty()) {
        login(exchange, identity);
      }
      return Optional.of(new Visitor(identity, true));
    }
    if (known.isPresent()) {
      return Optional.of(new Visitor(known.get(), false));
    }
    if (settings.isOpen()) {
      Identity identity = Identity.anonymous();
      login(exchange, identity);
      return Optional.of(new Visitor(identity, false));
    }
    return Optional.empty();
  }

  boolean isToken(String given) {
    return !settings.token().isEmpty()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8),
            settings.token().getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> tokenOf(Exchange exchange) {
    Optional<String> header =
        exchange
            .header("Authorization")
            .map(String::strip)
            .filter(text ->
                text.regionMatches(true, 0, "token ", 0, 6)
                    || text.regionMatches(true, 0, "bearer ", 0, 7))
            .map(text -> text.substring(text.indexOf(' ') + 1).strip());
    return exchange.query("token").filter(token -> !token.isEmpty()).or(() -> header);
  }

  private Optional<Identity> cookieIdentity(Exchange exchange) {
    String name = cookieName(exchange);
    return exchange
        .cookie(name)
        .flatMap(value -> cookies.verify(name, value, COOKIE_AGE))
        .flatMap(Identity::fromJson);
  }

  /** Gives the browser a login cookie. */
  void login(Exchange exchange, Identity identity) {
    String name = cookieName(exchange);
    byte[] json = Json.bytes(identity.toJson());
    exchange.addCookie(
        name,
        cookies.sign(name, json),
        "Max-Age="
            + COOKIE_AGE.toSeconds()
            + "; HttpOnly; Path="
            + basePath
            + "; SameSite=Lax"
            + secure(exchange));
  }

  /** Takes the login cookie away. */
  void logout(Exchange exchange) {
    exchange.addCookie(
        cookieName(exchange), "", "Max-Age=0; HttpOnly; Path=" + basePath + secure(exchange));
  }

  private String secure(Exchange exchange) {
    return settings.secureCookie().orElse(exchange.isSecure()) ? "; Secure" : "";
  }

  private String cookieName(Exchange exchange) {
    return settings.cookieName().isEmpty()
        ? ("username-" + exchange.host()).replaceAll("[^A-Za-z0-9]", "-")
        : settings.cookieName();
  }

  /** The token of this browser against forged requests; sets the cookie when there is none. */
  String xsrfToken(Exchange exchange) {
    Optional<String> present = exchange.cookie(Xsrf.NAME).filter(Xsrf::isToken);
    if (present.isPresent()) {
      return present.get();
    }
    String token = Xsrf.create(clock);
    exchange.addCookie(
        Xsrf.NAME,
        token,
        "Max-Age=" + COOKIE_AGE.toSeconds() + "; Path=" + basePath + secure(exchange));
    return token;
  }

  private void checkXsrf(Exchange exchange, Visitor visitor) {
    boolean reads =
        switch (exchange.method().toUpperCase(Locale.ROOT)) {
          case "GET", "HEAD", "OPTIONS" -> true;
          default -> false;
        };
    if (reads || visitor.byToken() || !settings.checkXsrf()) {
      return;
    }
    if (!xsrfSent(exchange)) {
      throw new HttpException(
          403,
          "'_xsrf' argument missing from "
              + exchange.method()
              + ", or not the one of the _xsrf cookie");
    }
  }

  /** Whether a header or query field repeats the token of the cookie. */
  boolean xsrfSent(Exchange exchange) {
    return exchange
        .query(Xsrf.NAME)
        .or(() -> exchange.header("X-XSRFToken"))
        .or(() -> exchange.header("X-CSRFToken"))
        .filter(sent -> isXsrfToken(exchange, sent))
        .isPresent();
  }

  boolean isXsrfToken(Exchange exchange, String sent) {
    return exchange.cookie(Xsrf.NAME).filter(cookie -> Xsrf.matches(cookie, sent)).isPresent();
  }
}
