package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HeaderToken;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import dev.orrery.http.XsrfField;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The server decides by itself: by its token, its password, and cookies for those who had one. */
public final class LocalIdentity implements IdentityProvider {

  private static final Duration COOKIE_AGE = Duration.ofDays(30);

  private final AccessSettings settings;
  private final SignedCookies cookies;
  private final Clock clock;
  private final String basePath;
  private final Redirects redirects;

  /**
   * Decides for one server.
   *
   * @param cookies signs and checks login cookies
   * @param basePath the path all of the server lives below, with a slash at both ends
   * @param redirects decides where a login may lead
   */
  public LocalIdentity(
      AccessSettings settings,
      SignedCookies cookies,
      Clock clock,
      String basePath,
      Redirects redirects) {
    this.settings = settings;
    this.cookies = cookies;
    this.clock = clock;
    this.basePath = basePath;
    this.redirects = redirects;
  }

  @Override
  public void declare(Routes routes) {
    new LoginPages(this, settings, redirects, basePath).declare(routes);
  }

  @Override
  public void sendToLogin(Exchange exchange) {
    String query = exchange.rawQuery();
    String next = exchange.rawPath() + (query.isEmpty() ? "" : "?" + query);
    exchange.redirect(basePath + "login?next=" + RawPath.encodeQuery(next));
  }

  /** A valid token gives the browser a login cookie. */
  @Override
  public Optional<Visitor> visitor(Exchange exchange) {
    Optional<Identity> known = cookieIdentity(exchange);
    Optional<String> given =
        exchange
            .query("token")
            .filter(token -> !token.isEmpty())
            .or(() -> HeaderToken.of(exchange));
    if (given.filter(this::isToken).isPresent()) {
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

  @Override
  public void openPage(Exchange exchange, Visitor visitor) {
    xsrfToken(exchange);
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

  @Override
  public void checkForgery(Exchange exchange, Visitor visitor, Use use, Origins origins) {
    if (visitor.byToken() || !settings.checkXsrf()) {
      return;
    }
    switch (use) {
      case API -> {
        if (!Access.reads(exchange) && !xsrfSent(exchange)) {
          throw new HttpException(
              403,
              "'_xsrf' argument missing from "
                  + exchange.method()
                  + ", or not the one of the _xsrf cookie");
        }
      }
      case FILE -> {
        if (!xsrfSent(exchange) && !origins.isRefererOurs(exchange)) {
          throw new HttpException(403, "Blocked: this file was asked for from another site");
        }
      }
      // A page shows itself to its visitor alone; sockets are judged by their origin.
      case PAGE, SOCKET -> {}
    }
  }

  /** Whether a header or query field repeats the token of the cookie. */
  boolean xsrfSent(Exchange exchange) {
    return XsrfField.of(exchange).filter(sent -> isXsrfToken(exchange, sent)).isPresent();
  }

  boolean isXsrfToken(Exchange exchange, String sent) {
    return exchange.cookie(Xsrf.NAME).filter(cookie -> Xsrf.matches(cookie, sent)).isPresent();
  }

  @Override
  public void describe(Exchange exchange, ObjectNode pageConfig) {
    pageConfig.put("token", settings.token());
  }

  @Override
  public List<String> updatableFields() {
    return Identity.UPDATABLE;
  }

  @Override
  public void update(Exchange exchange, Identity changed) {
    login(exchange, changed);
  }

  @Override
  public List<WayOut> waysOut() {
    return List.of(new WayOut(basePath, "Go to the start page"));
  }
}
