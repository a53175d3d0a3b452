package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Origins;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The login page, and the way out. */
public final class LoginPages {

  private final Access access;
  private final Admittance admittance;
  private final Redirects redirects;
  private final PageFrame frame;
  private final String hubPath;

  /** Logs people in whom {@code admittance} admits. */
  public LoginPages(Access access, Admittance admittance, Redirects redirects, String hubPath) {
    this.access = access;
    this.admittance = admittance;
    this.redirects = redirects;
    this.frame = HubFrame.of(hubPath);
    this.hubPath = hubPath;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/login", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/login", this::logIn);
    routes.add(Routes.Kind.PAGE, "GET", "/logout", this::logOut);
  }

  private void form(Exchange exchange) {
    if (access.person(exchange).isPresent()) {
      exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      return;
    }
    show(exchange, 200, "", "");
  }

  private void logIn(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    Optional<Visitor> visitor = access.person(exchange);
    try {
      access.checkForm(
          exchange, visitor, Optional.of(form.getOrDefault("_xsrf", "")).filter(t -> !t.isEmpty()));
    } catch (HttpException e) {
      // A form that lay open for long is no attack: it is shown again, with a new token.
      show(exchange, 403, form.getOrDefault("username", ""), "The form had expired. Try again.");
      return;
    }
    switch (admittance.logIn(form, Origins.address(exchange))) {
      case Admittance.Outcome.In(var user) -> {
        access.logIn(exchange, user);
        exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      }
      case Admittance.Outcome.Out(int status, String sentence) ->
          show(exchange, status, form.getOrDefault("username", ""), sentence);
    }
  }

  private void show(Exchange exchange, int status, String username, String problem) {
    String token = access.xsrfToken(exchange, Optional.empty());
    String next = exchange.query("next").orElse("");
    String action =
        hubPath + "login" + (next.isEmpty() ? "" : "?next=" + RawPath.encodeQuery(next));
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(
        status,
        frame.html(
            "Log in",
            """
            <form method="post" action="%s">
              <input type="hidden" name="_xsrf" value="%s">
              <label for="username_input">Username</label>
              <input type="text" name="username" id="username_input" value="%s" autocomplete="username"
                autocapitalize="off" autocorrect="off" spellcheck="false" required%s>
              <label for="password_input">Password</label>
              <input type="password" name="password" id="password_input" autocomplete="current-password"%s>
              %s
              <button type="submit" id="login_submit">Log in</button>
            </form>
            """
                .formatted(
                    Html.escape(action),
                    Html.escape(token),
                    Html.escape(username),
                    username.isEmpty() ? " autofocus" : "",
                    username.isEmpty() ? "" : " autofocus",
                    problem.isEmpty()
                        ? ""
                        : "<p class=\"problem login_error\" role=\"alert\">"
                            + Html.escape(problem)
                            + "</p>")));
  }

  private void logOut(Exchange exchange) {
    access.logOut(exchange);
    exchange.set("Cache-Control", "no-store");
    exchange.redirect(hubPath + "login");
  }
}
