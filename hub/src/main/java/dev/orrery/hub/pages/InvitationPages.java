package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.logins.Invitations;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Where a link leads that lets somebody make an account. */
public final class InvitationPages {

  private final Access access;
  private final Invitations invitations;
  private final Site site;

  /** Makes accounts by {@code invitations}. */
  public InvitationPages(Access access, Invitations invitations, Site site) {
    this.access = access;
    this.invitations = invitations;
    this.site = site;
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
      show(exchange, 400, name, site.texts(exchange).say("invitation.differ"));
      return;
    }
    switch (invitations.accept(secret(exchange), name, password)) {
      case Invitations.Outcome.Made(var user) -> {
        access.logIn(exchange, user);
        exchange.redirect(site.hub("home"));
      }
      case Invitations.Outcome.Refused(String sentence) -> show(exchange, 400, name, sentence);
    }
  }

  /**
   * What the form shows; {@code problem} is mostly empty.
   *
   * @param admin whether the account is an administrator's
   * @param least the fewest characters of a password
   */
  record Form(boolean admin, int least, String xsrf, String username, String problem) {}

  private void show(Exchange exchange, int status, String name, String problem) {
    // The address holds a secret, which no other site is to learn.
    exchange.set("Referrer-Policy", "no-referrer");
    var form =
        new Form(
            invitations.find(secret(exchange)).map(worth -> worth.admin()).orElse(false),
            Invitations.LEAST_CHARACTERS,
            access.xsrfToken(exchange, Optional.empty()),
            name,
            problem);
    Frame frame = site.frame(exchange, "login");
    site.send(
        exchange, status, out -> JteinvitationGenerated.render(out, Site.NOBODY, frame, form));
  }
}
