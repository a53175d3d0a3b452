package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.http.Xsrf;
import dev.orrery.server.pages.Page;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The login and logout pages, and {@code /api/me}. */
public final class LoginPages {

  private final Access access;
  private final AccessSettings settings;
  private final Redirects redirects;

  /**
   * Logs visitors in.
   *
   * @param redirects decides where a login may lead
   */
  public LoginPages(Access access, AccessSettings settings, Redirects redirects) {
    this.access = access;
    this.settings = settings;
    this.redirects = redirects;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/login", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/login", this::login);
    routes.add(Routes.Kind.PAGE, "GET", "/logout", this::logout);
    routes.add(Routes.Kind.API, "GET", "/api/me", access.api(this::me));
    routes.add(Routes.Kind.API, "PATCH", "/api/me", access.api(this::changeMe));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/me", access::preflight);
  }

  private void form(Exchange exchange) {
    if (access.visitor(exchange).isPresent()) {
      exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      return;
    }
    show(exchange, 200, "");
  }

  private void show(Exchange exchange, int status, String message) {
    String token = access.xsrfToken(exchange);
    String action =
        access.basePath() + "login?next=" + Access.encodeQuery(exchange.query("next").orElse(""));
    boolean byToken = settings.hashedPassword().isEmpty();
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(status, Page.login(access.basePath(), action, token, byToken, message));
  }

  private void login(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    String sentXsrf = form.getOrDefault(Xsrf.NAME, "");
    if (settings.checkXsrf()
        && !access.isXsrfToken(exchange, sentXsrf)
        && !access.xsrfSent(exchange)) {
      throw new HttpException(
          403, "'_xsrf' argument missing from POST, or not the one of the _xsrf cookie");
    }
    String given = form.getOrDefault("password", "");
    boolean password =
        !settings.hashedPassword().isEmpty() && Passwords.matches(settings.hashedPassword(), given);
    if (!password && !access.isToken(given)) {
      show(
          exchange,
          401,
          settings.hashedPassword().isEmpty() ? "Invalid token" : "Invalid credentials");
      return;
    }
    access.login(exchange, Identity.anonymous());
    exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
  }

  private void logout(Exchange exchange) {
    access.logout(exchange);
    exchange.set("Cache-Control", "no-store");
    String message =
        settings.isOpen()
            ? "Cannot log out: authentication is disabled, so that everyone is always logged in."
            : "Successfully logged out.";
    exchange.sendHtml(
        200,
        Page.message(
            access.basePath(),
            settings.isOpen() ? "Still logged in" : "Logged out",
            message,
            "login",
            "Log in again"));
  }

  private void me(Exchange exchange) {
    Identity identity = visitor(exchange).identity();
    ObjectNode permissions = Json.object();
    Optional<String> asked = exchange.query("permissions").filter(text -> !text.isEmpty());
    if (asked.isPresent()) {
      addPermissions(asked.get(), permissions);
    }
    var updatable = permissions.putArray("updatable_fields");
    Identity.UPDATABLE.forEach(updatable::add);
    ObjectNode answer = Json.object();
    answer.set("identity", identity.toJson());
    answer.set("permissions", permissions);
    exchange.sendJson(200, answer);
  }

  /** Everyone who is in may do everything: the question is repeated as the answer. */
  private static void addPermissions(String asked, ObjectNode permissions) {
    JsonNode wanted;
    try {
      wanted = Json.parse(asked);
    } catch (JacksonException e) {
      throw new HttpException(
          400,
          "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
              + shown(asked)
              + "'");
    }
    if (!wanted.isObject()) {
      throw new HttpException(
          400,
          "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
              + shown(asked)
              + "'");
    }
    for (var entry : wanted.properties()) {
      if (!entry.getValue().isArray()
          || entry.getValue().valueStream().anyMatch(action -> !action.isString())) {
        throw new HttpException(
            400,
            "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
                + shown(asked)
                + "'");
      }
      permissions.set(entry.getKey(), entry.getValue());
    }
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private void changeMe(Exchange exchange) throws IOException {
    Identity changed = visitor(exchange).identity().with(exchange.jsonObject());
    access.login(exchange, changed);
    exchange.sendJson(
        200, Json.object().put("status", "success").set("identity", changed.toJson()));
  }

  private static Visitor visitor(Exchange exchange) {
    return exchange.attribute(Visitor.class).orElseThrow(() -> new HttpException(403, "Forbidden"));
  }
}
