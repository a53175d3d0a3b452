package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Passwords;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.http.Xsrf;
import dev.orrery.server.pages.Page;
import java.io.IOException;
import java.util.Map;

/** The login and logout pages of a server that decides by itself who comes in. */
final class LoginPages {

  private final LocalIdentity identities;
  private final AccessSettings settings;
  private final Redirects redirects;
  private final String basePath;

  /**
   * Logs visitors in.
   *
   * @param redirects decides where a login may lead
   */
  LoginPages(
      LocalIdentity identities, AccessSettings settings, Redirects redirects, String basePath) {
    this.identities = identities;
    this.settings = settings;
    this.redirects = redirects;
    this.basePath = basePath;
  }

  /** Adds what this class answers. */
  void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/login", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/login", this::login);
    routes.add(Routes.Kind.PAGE, "GET", "/logout", this::logout);
  }

  private void form(Exchange exchange) {
    if (identities.visitor(exchange).isPresent()) {
      exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      return;
    }
    show(exchange, 200, "");
  }

  private void show(Exchange exchange, int status, String message) {
    String token = identities.xsrfToken(exchange);
    String action =
        basePath + "login?next=" + RawPath.encodeQuery(exchange.query("next").orElse(""));
    boolean byToken = settings.hashedPassword().isEmpty();
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(status, Page.login(basePath, action, token, byToken, message));
  }

  private void login(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    String sentXsrf = form.getOrDefault(Xsrf.NAME, "");
    if (settings.checkXsrf()
        && !identities.isXsrfToken(exchange, sentXsrf)
        && !identities.xsrfSent(exchange)) {
      throw new HttpException(
          403, "'_xsrf' argument missing from POST, or not the one of the _xsrf cookie");
    }
    String given = form.getOrDefault("password", "");
    boolean password =
        !settings.hashedPassword().isEmpty() && Passwords.matches(settings.hashedPassword(), given);
    if (!password && !identities.isToken(given)) {
      show(
          exchange,
          401,
          settings.hashedPassword().isEmpty() ? "Invalid token" : "Invalid credentials");
      return;
    }
    identities.login(exchange, Identity.anonymous());
    exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
  }

  private void logout(Exchange exchange) {
    identities.logout(exchange);
    exchange.set("Cache-Control", "no-store");
    String message =
        settings.isOpen()
            ? "Cannot log out: authentication is disabled, so that everyone is always logged in."
            : "Successfully logged out.";
    exchange.sendHtml(
        200,
        Page.message(
            basePath,
            settings.isOpen() ? "Still logged in" : "Logged out",
            message,
            "login",
            "Log in again"));
  }
}
