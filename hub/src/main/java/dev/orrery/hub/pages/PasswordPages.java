package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.Throttle;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.accounts.Objection;
import dev.orrery.hub.logins.accounts.PasswordChange;
import dev.orrery.hub.logins.accounts.PasswordRules;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where people choose another password. */
public final class PasswordPages {

  private final Access access;
  private final AccountAuthenticator accounts;
  private final PasswordChange change;
  private final Throttle throttle;
  private final Site site;

  /**
   * Changes passwords.
   *
   * @param throttle that of logins, for this is one more place to guess a password
   */
  public PasswordPages(
      Access access,
      AccountAuthenticator accounts,
      PasswordChange change,
      Throttle throttle,
      Site site) {
    this.access = access;
    this.accounts = accounts;
    this.change = change;
    this.throttle = throttle;
    this.site = site;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/change-password", access.page(this::form));
    routes.add(Routes.Kind.PAGE, "POST", "/change-password", access.page(this::change));
    // The address that firstuseauthenticator has for it.
    routes.add(
        Routes.Kind.PAGE,
        "GET",
        "/auth/change-password",
        access.page((exchange, _) -> exchange.redirect(site.hub("change-password"))));
    // And nativeauthenticator for that of somebody else.
    routes.add(
        Routes.Kind.PAGE,
        "GET",
        "/change-password/{user}",
        access.page((exchange, _) ->
            exchange.redirect(
                site.hub("admin/user/" + Paths.escaped(exchange.parameter("user"))))));
  }

  /** Why a password was not taken, in the language of who chose it. */
  static String sentence(Texts texts, Objection objection, PasswordRules rules) {
    return texts.say(
        "objection." + objection.name().toLowerCase(Locale.ROOT),
        rules.leastCharacters(),
        rules.mostBytes());
  }

  /**
   * What the form shows.
   *
   * @param problem mostly empty
   */
  record Form(String xsrf, String user, PasswordRules rules, boolean changed, String problem) {}

  private void form(Exchange exchange, Visitor visitor) {
    show(exchange, 200, visitor, false, "");
  }

  private void show(
      Exchange exchange, int status, Visitor visitor, boolean changed, String problem) {
    var form =
        new Form(site.proof(exchange, visitor), visitor.name(), accounts.rules(), changed, problem);
    Frame frame = site.frame(exchange, visitor, "change-password");
    site.send(
        exchange, status, out -> JtechangepasswordGenerated.render(out, Site.NOBODY, frame, form));
  }

  private void change(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> fields = access.form(exchange, Optional.of(visitor));
    User user =
        visitor.user().orElseThrow(() -> new HttpException(403, "Services have no password"));
    Texts texts = site.texts(exchange);
    String password = fields.getOrDefault("new_password", "");
    if (!password.equals(fields.getOrDefault("new_password_confirmation", ""))) {
      show(exchange, 400, visitor, false, texts.say("password.differ"));
      return;
    }
    String from = access.address(exchange);
    if (!throttle.mayTry(user.name(), from)) {
      show(exchange, 429, visitor, false, texts.say("login.wait"));
      return;
    }
    switch (change.change(user, fields.getOrDefault("old_password", ""), password)) {
      case PasswordChange.Outcome.Changed(User changed) -> {
        access.logIn(exchange, changed);
        show(exchange, 200, visitor, true, "");
      }
      case PasswordChange.Outcome.Refused(Objection objection) -> {
        if (objection == Objection.OLD) {
          throttle.failed(user.name(), from);
        }
        show(exchange, 400, visitor, false, sentence(texts, objection, accounts.rules()));
      }
    }
  }
}
