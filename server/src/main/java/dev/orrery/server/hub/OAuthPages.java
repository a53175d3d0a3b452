package dev.orrery.server.hub;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.server.access.IdentityProvider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Logging in at the hub and out of it: to the hub's pages, and back from them with a code. */
final class OAuthPages {

  private static final System.Logger LOG = System.getLogger(OAuthPages.class.getName());

  private final HubSettings settings;
  private final HubClient client;
  private final KnownTokens tokens;
  private final HubCookies cookies;
  private final HubXsrf xsrf;
  private final PendingLogins pending;
  private final Redirects redirects;

  OAuthPages(
      HubSettings settings,
      HubClient client,
      KnownTokens tokens,
      HubCookies cookies,
      HubXsrf xsrf,
      PendingLogins pending,
      Redirects redirects) {
    this.settings = settings;
    this.client = client;
    this.tokens = tokens;
    this.cookies = cookies;
    this.xsrf = xsrf;
    this.pending = pending;
    this.redirects = redirects;
  }

  void declare(Routes routes, IdentityProvider identities) {
    routes.add(Routes.Kind.PAGE, "GET", "/oauth_callback", e -> callback(e, identities));
    routes.add(Routes.Kind.PAGE, "GET", "/logout", this::logout);
  }

  /** Sends a browser to the hub, from where it comes back to {@code next}. */
  void begin(Exchange exchange, String next) {
    PendingLogins.Begun login = pending.begin(exchange, redirects.safe(next));
    exchange.set("Cache-Control", "no-store");
    exchange.redirect(
        settings.hub().page("api/oauth2/authorize")
            + "?client_id="
            + encoded(settings.client().id())
            + "&redirect_uri="
            + encoded(settings.client().callback())
            + "&response_type=code&code_challenge="
            + login.challenge()
            + "&code_challenge_method=S256&state="
            + login.state());
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private void callback(Exchange exchange, IdentityProvider identities) {
    exchange.set("Cache-Control", "no-store");
    Optional<String> error = exchange.query("error").filter(text -> !text.isEmpty());
    if (error.isPresent()) {
      String why = exchange.query("error_description").orElse(error.get());
      throw new HttpException(400, "The hub did not log you in: " + shown(why));
    }
    String code = parameter(exchange, "code");
    String state = parameter(exchange, "state");
    Optional<PendingLogins.Returned> login = pending.find(exchange, state);
    if (login.isEmpty()) {
      if (identities.visitor(exchange).isPresent()) {
        exchange.redirect(redirects.safe(""));
        return;
      }
      throw new HttpException(
          403,
          "This login was not begun in this browser, took longer than "
              + PendingLogins.TIME.toMinutes()
              + " minutes, or was used already. Open the server's page again to log in.");
    }
    pending.end(exchange);
    try {
      switch (client.exchange(code, login.get().verifier())) {
        case HubClient.Exchanged.Refused(String reason) -> {
          LOG.log(System.Logger.Level.WARNING, "The hub refused a login: " + reason);
          throw new HttpException(
              400, "The hub did not accept this login: " + reason + ". Try again.");
        }
        case HubClient.Exchanged.Token(String token) -> {
          HubUser user =
              tokens
                  .find(token, cookies.session(exchange))
                  .orElseThrow(
                      () -> HubTrouble.badAnswer("The hub does not know the token it just gave"));
          LOG.log(System.Logger.Level.INFO, "Logged-in user " + user.name());
          cookies.setToken(exchange, token);
          xsrf.renew(exchange, user, token);
          exchange.redirect(redirects.safe(login.get().next()));
        }
      }
    } catch (HubTrouble e) {
      LOG.log(System.Logger.Level.ERROR, e.getMessage());
      throw e.forVisitor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpException(503, "The server is stopping");
    }
  }

  private static String parameter(Exchange exchange, String name) {
    return exchange
        .query(name)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() ->
            new HttpException(400, "The address lacks the '" + name + "' that the hub adds to it"));
  }

  private static String shown(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  private void logout(Exchange exchange) {
    cookies.token(exchange).ifPresent(tokens::forget);
    cookies.clearToken(exchange);
    pending.end(exchange);
    exchange.set("Cache-Control", "no-store");
    exchange.redirect(settings.hub().page("logout"));
  }
}
