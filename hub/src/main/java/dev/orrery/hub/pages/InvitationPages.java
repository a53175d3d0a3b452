package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.logins.Invitations;
import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Where a link leads that lets somebody make an account. */
public final class InvitationPages {

  private final Access access;
  private final Invitations invitations;
  private final PageFrame frame;
  private final String hubPath;

  /** Answers at the hub at {@code hubPath}. */
  public InvitationPages(Access access, Invitations invitations, String hubPath) {
    this.access = access;
    this.invitations = invitations;
    this.frame = HubFrame.of(hubPath);
    this.hubPath = hubPath;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/invitation", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/invitation", this::accept);
  }

  /** In the query, whose secrets logs leave out. */
  private static String secret(Exchange exchange) {
    return exchange.query("code").orElse("");
  }

  private void form(Exchange exchange) {
    if (invitations.find(secret(exchange)).isEmpty()) {
      throw new HttpException(
          404, "This link was used before, or is too old. Who sent it can send another one.");
    }
    show(exchange, 200, "", "");
  }

  private void accept(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    access.checkForm(exchange, Optional.empty(), Optional.ofNullable(form.get("_xsrf")));
    String name = form.getOrDefault("username", "");
    String password = form.getOrDefault("password", "");
    if (!password.equals(form.getOrDefault("again", ""))) {
      show(exchange, 400, name, "The two passwords are not the same.");
      return;
    }
    switch (invitations.accept(secret(exchange), name, password)) {
      case Invitations.Outcome.Made(var user) -> {
        access.logIn(exchange, user);
        exchange.redirect(hubPath + "home");
      }
      case Invitations.Outcome.Refused(String sentence) -> show(exchange, 400, name, sentence);
    }
  }

  private void show(Exchange exchange, int status, String name, String problem) {
    exchange.set("Cache-Control", "no-store");
    // The address holds a secret, which no other site is to learn.
    exchange.set("Referrer-Policy", "no-referrer");
    exchange.sendHtml(
        status,
        frame.html(
            "Welcome",
            """
            <p>Make your account. You are an administrator of this hub then.</p>
            <form method="post">
              <input type="hidden" name="_xsrf" value="%s">
              <label for="username">Username</label>
              <input type="text" name="username" id="username" value="%s" autocomplete="username"
                autocapitalize="off" autocorrect="off" spellcheck="false" required autofocus>
              <label for="password">Password, at least %d characters</label>
              <input type="password" name="password" id="password" minlength="%d" autocomplete="new-password" required>
              <label for="again">The same again</label>
              <input type="password" name="again" id="again" autocomplete="new-password" required>
              %s
              <button type="submit">Make the account</button>
            </form>
            """
                .formatted(
                    Html.escape(access.xsrfToken(exchange, Optional.empty())),
                    Html.escape(name),
                    Invitations.LEAST_CHARACTERS,
                    Invitations.LEAST_CHARACTERS,
                    problem.isEmpty()
                        ? ""
                        : "<p class=\"problem\" role=\"alert\">" + Html.escape(problem) + "</p>")));
  }
}
