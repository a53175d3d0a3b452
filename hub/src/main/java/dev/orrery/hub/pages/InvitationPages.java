package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.accounts.Invitations;
import dev.orrery.hub.logins.accounts.PasswordRules;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Invitations.Invitation;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Links by which somebody makes an account or chooses a password, and where they lead. */
public final class InvitationPages {

  private static final Duration INVITATION = Duration.ofDays(7);
  private static final Duration NEW_PASSWORD = Duration.ofDays(1);

  private final Database database;
  private final Access access;
  private final AccountAuthenticator accounts;
  private final Invitations invitations;
  private final Entrance entrance;
  private final Site site;

  /** Makes accounts by {@code invitations}. */
  public InvitationPages(
      Database database,
      Access access,
      AccountAuthenticator accounts,
      Invitations invitations,
      Entrance entrance,
      Site site) {
    this.database = database;
    this.access = access;
    this.accounts = accounts;
    this.invitations = invitations;
    this.entrance = entrance;
    this.site = site;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/invitation", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/invitation", this::accept);
    routes.add(Routes.Kind.PAGE, "POST", "/admin/invite", access.page(this::invite));
    routes.add(
        Routes.Kind.PAGE, "POST", "/admin/user/{user}/password", access.page(this::letChoose));
  }

  /**
   * Refuses who may not add everybody and change everybody's account.
   *
   * @throws HttpException 403
   */
  static void requirePower(Visitor visitor) {
    if (!hasPower(visitor)) {
      throw new HttpException(403, "You may not give accounts to people");
    }
  }

  static boolean hasPower(Visitor visitor) {
    return visitor.scopes().reach(StandardScope.ADMIN_USERS) == Reach.Everything.EVERYTHING;
  }

  /** Whether they may let this person choose a password, and so be them. */
  static boolean mayLetChoose(Visitor visitor, User user) {
    return hasPower(visitor) && (visitor.isAdmin() || !user.admin());
  }

  /** The name in the address of a form that a page of ours sent. */
  static String checked(Access access, Exchange exchange, Visitor visitor) throws IOException {
    access.form(exchange, Optional.of(visitor));
    return exchange.parameter("user");
  }

  private void invite(Exchange exchange, Visitor visitor) throws IOException {
    requirePower(visitor);
    access.form(exchange, Optional.of(visitor));
    showLink(exchange, visitor, invitations.invite(INVITATION), "");
  }

  private void letChoose(Exchange exchange, Visitor visitor) throws IOException {
    String name = checked(access, exchange, visitor);
    User user =
        database
            .read(tx -> tx.users().find(name))
            .filter(_ -> hasPower(visitor))
            .orElseThrow(
                () -> new HttpException(404, "There is nobody of this name whom you may change"));
    if (!mayLetChoose(visitor, user)) {
      throw new HttpException(403, "Only administrators can change other administrators");
    }
    showLink(exchange, visitor, invitations.inviteToChoose(name, NEW_PASSWORD), name);
  }

  /** A link that was made just now; {@code name} is for whom, empty for whoever comes. */
  private void showLink(Exchange exchange, Visitor visitor, String secret, String name) {
    String link = site.origin(exchange) + site.hub("invitation?code=" + secret);
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JtelinkGenerated.render(out, Site.NOBODY, frame, link, name));
  }

  /** In the query, whose secrets logs leave out. */
  private static String secret(Exchange exchange) {
    return exchange.query("code").orElse("");
  }

  private Invitation worth(Exchange exchange) {
    return invitations
        .find(secret(exchange))
        .orElseThrow(() ->
            new HttpException(
                404,
                "This link was used before, or is too old. Who sent it can send another one."));
  }

  private void form(Exchange exchange) {
    show(exchange, 200, worth(exchange), "", "");
  }

  private void accept(Exchange exchange) throws IOException {
    Map<String, String> form = access.form(exchange, Optional.empty());
    Invitation worth = worth(exchange);
    String name = form.getOrDefault("username", "");
    String password = form.getOrDefault("password", "");
    Texts texts = site.texts(exchange);
    if (!password.equals(form.getOrDefault("again", ""))) {
      show(exchange, 400, worth, name, texts.say("password.differ"));
      return;
    }
    switch (invitations.accept(secret(exchange), name, password)) {
      case Invitations.Outcome.Made(String made) -> entrance.enter(exchange, made);
      case Invitations.Outcome.Refused(var objection) ->
          show(
              exchange,
              400,
              worth,
              name,
              PasswordPages.sentence(texts, objection, accounts.rules()));
    }
  }

  /**
   * What the form shows; {@code problem} is mostly empty.
   *
   * @param admin whether the account is an administrator's
   * @param known whose password it is; empty where who comes chooses a name, too
   */
  record Form(
      boolean admin,
      String known,
      PasswordRules rules,
      String xsrf,
      String username,
      String problem) {}

  private void show(Exchange exchange, int status, Invitation worth, String name, String problem) {
    // The address holds a secret, which no other site is to learn.
    exchange.set("Referrer-Policy", "no-referrer");
    var form =
        new Form(
            worth.admin(),
            worth.name(),
            accounts.rules(),
            access.xsrfToken(exchange, Optional.empty()),
            name,
            problem);
    Frame frame = site.frame(exchange, "login");
    site.send(
        exchange, status, out -> JteinvitationGenerated.render(out, Site.NOBODY, frame, form));
  }
}
