package dev.orrery.server.hub;

import dev.orrery.http.BoundXsrf;
import dev.orrery.http.Exchange;
import dev.orrery.http.HeaderToken;
import dev.orrery.http.HttpException;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.http.SignedCookies;
import dev.orrery.server.access.Identity;
import dev.orrery.server.access.IdentityProvider;
import dev.orrery.server.access.Origins;
import dev.orrery.server.access.Visitor;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The hub decides: whoever comes has a token of the hub, in a header or in the cookie that a login
 * there left, and the hub says whose it is and what its owner may do.
 */
final class HubIdentity implements IdentityProvider {

  private static final System.Logger LOG = System.getLogger(HubIdentity.class.getName());

  private final HubSettings settings;
  private final KnownTokens tokens;
  private final AccessScopes scopes;
  private final HubCookies cookies;
  private final HubXsrf xsrf;
  private final OAuthPages pages;
  private final boolean checkXsrf;

  /** How somebody came in, kept with the request. */
  private record Login(String token, From from) {
    enum From {
      HEADER,
      URL,
      COOKIE
    }
  }

  HubIdentity(
      HubSettings settings, HubClient client, Redirects redirects, boolean checkXsrf, Clock clock) {
    this.settings = settings;
    this.checkXsrf = checkXsrf;
    tokens = new KnownTokens(client::userOf, settings.rememberFor());
    scopes = new AccessScopes(settings.client().accessScopes());
    var keys = new CookieKeys(settings.client().token());
    var signed = new SignedCookies(keys.signing(), clock);
    cookies = new HubCookies(settings, signed);
    xsrf = new HubXsrf(cookies, signed, settings.xsrf().secret(), clock);
    var pending = new PendingLogins(cookies, new SealedValue(keys.sealing()), clock);
    pages = new OAuthPages(settings, client, tokens, cookies, xsrf, pending, redirects);
  }

  @Override
  public void declare(Routes routes) {
    pages.declare(routes, this);
  }

  @Override
  public Optional<Visitor> visitor(Exchange exchange) {
    Optional<Login> given = givenToken(exchange);
    if (given.isPresent()) {
      Optional<HubUser> user = ask(exchange, given.get().token());
      if (user.isPresent()) {
        return Optional.of(admitted(exchange, user.get(), given.get()));
      }
    }
    if (isSocket(exchange) && !settings.socketCookies()) {
      return Optional.empty();
    }
    Optional<String> cookie = cookies.token(exchange);
    if (cookie.isEmpty()) {
      return Optional.empty();
    }
    Optional<HubUser> user = ask(exchange, cookie.get());
    if (user.isEmpty()) {
      // Logged out at the hub, or too old.
      cookies.clearToken(exchange);
      return Optional.empty();
    }
    return Optional.of(admitted(exchange, user.get(), new Login(cookie.get(), Login.From.COOKIE)));
  }

  private Optional<Login> givenToken(Exchange exchange) {
    if (settings.tokenInUrl() || isSocket(exchange)) {
      Optional<String> token = exchange.query("token").filter(text -> !text.isEmpty());
      if (token.isPresent()) {
        return token.map(text -> new Login(text, Login.From.URL));
      }
    }
    return HeaderToken.of(exchange).map(text -> new Login(text, Login.From.HEADER));
  }

  private static boolean isSocket(Exchange exchange) {
    return exchange.header("Upgrade").orElse("").equalsIgnoreCase("websocket");
  }

  private Optional<HubUser> ask(Exchange exchange, String token) {
    try {
      return tokens.find(token, cookies.session(exchange));
    } catch (HubTrouble e) {
      LOG.log(System.Logger.Level.ERROR, e.getMessage());
      throw e.forVisitor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpException(503, "The server is stopping");
    }
  }

  private Visitor admitted(Exchange exchange, HubUser user, Login login) {
    if (!scopes.allow(user.scopes())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Not allowing " + user.kind() + " " + user.name() + ": no access to this server");
      throw new HttpException(
          403,
          "You are logged in as "
              + user.name()
              + ", who may not use this server of "
              + settings.user()
              + ". Ask "
              + settings.user()
              + " or an administrator of the hub for access, or log out and log in as somebody"
              + " else.");
    }
    exchange.attribute(Login.class, login);
    exchange.attribute(HubUser.class, user);
    return new Visitor(user.identity(), login.from() != Login.From.COOKIE);
  }

  @Override
  public void sendToLogin(Exchange exchange) {
    if (!BoundXsrf.isNavigation(exchange)) {
      // A part of a page can't log anybody in; it would only leave cookies behind.
      throw new HttpException(403, "Forbidden");
    }
    String query = exchange.rawQuery();
    pages.begin(exchange, exchange.rawPath() + (query.isEmpty() ? "" : "?" + query));
  }

  @Override
  public void openPage(Exchange exchange, Visitor visitor) {
    Login login = login(exchange);
    switch (login.from()) {
      case COOKIE -> xsrf.ensure(exchange, user(exchange), login.token());
      case URL -> keep(exchange, login.token());
      case HEADER -> {}
    }
  }

  /** So that what the page loads, which comes without the token, is let in too. */
  private void keep(Exchange exchange, String token) {
    if (BoundXsrf.isNavigation(exchange)) {
      cookies.setToken(exchange, token);
      xsrf.renew(exchange, user(exchange), token);
    }
  }

  @Override
  public void checkForgery(Exchange exchange, Visitor visitor, Use use, Origins origins) {
    Login login = login(exchange);
    if (login.from() == Login.From.COOKIE && use != Use.SOCKET && checkXsrf) {
      xsrf.check(exchange, user(exchange), login.token());
    }
  }

  private static Login login(Exchange exchange) {
    return exchange.attribute(Login.class).orElseThrow(() -> new HttpException(403, "Forbidden"));
  }

  private static HubUser user(Exchange exchange) {
    return exchange.attribute(HubUser.class).orElseThrow(() -> new HttpException(403, "Forbidden"));
  }

  @Override
  public void describe(Exchange exchange, ObjectNode page) {
    String prefix = settings.hub().prefix();
    page.put("hubUser", exchange.attribute(Visitor.class).map(v -> v.identity().name()).orElse(""))
        .put("hubServerUser", settings.user())
        .put("hubPrefix", prefix)
        .put("hubHost", settings.hub().host())
        .put("shareUrl", prefix + "user-redirect")
        .put("hubServerName", settings.serverName());
    // A page with a token sends it in the addresses of its WebSockets, which end in logs; so only
    // where it has no other way in.
    page.put("token", settings.socketCookies() ? "" : login(exchange).token());
  }

  @Override
  public List<String> updatableFields() {
    return List.of();
  }

  @Override
  public void update(Exchange exchange, Identity changed) {
    throw new HttpException(400, "The hub says who you are; change it there");
  }

  @Override
  public List<WayOut> waysOut() {
    return List.of(
        new WayOut(settings.hub().page("home"), "Go to the hub"),
        new WayOut(settings.basePath() + "logout", "Log out"));
  }
}
