package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.Throttle;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.accounts.PasswordRules;
import dev.orrery.hub.logins.accounts.SignUps;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.store.Account;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where people ask for an account, and administrators say yes or no. */
public final class SignUpPages {

  private final Access access;
  private final AccountAuthenticator accounts;
  private final SignUps signUps;
  private final Entrance entrance;
  private final Throttle throttle;
  private final Site site;

  /**
   * Signs people up.
   *
   * @param throttle slows down who signs up again and again
   */
  public SignUpPages(
      Access access,
      AccountAuthenticator accounts,
      SignUps signUps,
      Entrance entrance,
      Throttle throttle,
      Site site) {
    this.access = access;
    this.accounts = accounts;
    this.signUps = signUps;
    this.entrance = entrance;
    this.throttle = throttle;
    this.site = site;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    if (accounts.settings().signUp()) {
      routes.add(Routes.Kind.PAGE, "GET", "/signup", exchange -> show(exchange, 200, EMPTY, ""));
      routes.add(Routes.Kind.PAGE, "POST", "/signup", this::signUp);
    }
    routes.add(Routes.Kind.PAGE, "GET", "/authorize", admin(this::list));
    routes.add(Routes.Kind.PAGE, "GET", "/authorize/{user}", admin(this::one));
    routes.add(Routes.Kind.PAGE, "POST", "/authorize/{user}", admin(this::approve));
    routes.add(Routes.Kind.PAGE, "POST", "/discard/{user}", admin(this::discard));
  }

  private Handler admin(Access.Known handler) {
    return access.page((exchange, visitor) -> {
      InvitationPages.requirePower(visitor);
      handler.handle(exchange, visitor);
    });
  }

  /** What somebody has typed, without the passwords. */
  private record Typed(String username, String email) {}

  private static final Typed EMPTY = new Typed("", "");

  /** What the form shows; {@code problem} is mostly empty. */
  record Form(
      String action,
      String xsrf,
      boolean open,
      PasswordRules rules,
      boolean email,
      String username,
      String address,
      String problem) {}

  private void show(Exchange exchange, int status, Typed typed, String problem) {
    var form =
        new Form(
            site.hub("signup"),
            access.xsrfToken(exchange, Optional.empty()),
            accounts.settings().open(),
            accounts.rules(),
            accounts.settings().asksEmail(),
            typed.username(),
            typed.email(),
            problem);
    Frame frame = site.frame(exchange, "login");
    site.send(exchange, status, out -> JtesignupGenerated.render(out, Site.NOBODY, frame, form));
  }

  private void signUp(Exchange exchange) throws IOException {
    Map<String, String> fields = exchange.form();
    // Somebody who is logged in may still make an account for somebody else.
    var typed =
        new Typed(fields.getOrDefault("username", ""), fields.getOrDefault("email", "").strip());
    Texts texts = site.texts(exchange);
    try {
      access.checkForm(exchange, Optional.empty(), Optional.ofNullable(fields.get("_xsrf")));
    } catch (HttpException e) {
      show(exchange, 403, typed, texts.say("login.expired"));
      return;
    }
    String password = fields.getOrDefault("signup_password", "");
    if (!password.equals(fields.getOrDefault("signup_password_confirmation", ""))) {
      show(exchange, 400, typed, texts.say("password.differ"));
      return;
    }
    if (!throttle.mayArrive(access.address(exchange))) {
      show(exchange, 429, typed, texts.say("login.wait"));
      return;
    }
    switch (signUps.signUp(typed.username(), password, typed.email())) {
      case SignUps.Outcome.Refused(var objection) ->
          show(exchange, 400, typed, PasswordPages.sentence(texts, objection, accounts.rules()));
      case SignUps.Outcome.Made(String name, boolean approved) -> {
        if (!approved) {
          tellToWait(exchange, name);
          return;
        }
        entrance.enter(exchange, name);
      }
    }
  }

  private void tellToWait(Exchange exchange, String name) {
    String link = site.origin(exchange) + site.hub("authorize/" + Paths.escaped(name));
    Frame frame = site.frame(exchange, "login");
    site.send(
        exchange, 200, out -> JtesignedupGenerated.render(out, Site.NOBODY, frame, name, link));
  }

  /**
   * Those who wait.
   *
   * @param said what was done just now; mostly empty
   */
  record Waiting(String xsrf, List<Asking> people, boolean email, Paged page, String said) {}

  /** One of them. */
  record Asking(String name, String email, String approve, String discard) {}

  private void list(Exchange exchange, Visitor visitor) {
    int offset = Paged.offset(exchange);
    SignUps.Page found = signUps.waiting(offset, Paged.SIZE);
    send(
        exchange,
        visitor,
        found.accounts(),
        new Paged(offset, found.total(), site.hub("authorize")),
        "");
  }

  /** Where the link leads that somebody who waits has sent. */
  private void one(Exchange exchange, Visitor visitor) {
    Optional<Account> found = signUps.waiting(exchange.parameter("user"));
    String said =
        found.isPresent()
            ? ""
            : site.texts(exchange).say("authorize.nobody", exchange.parameter("user"));
    send(
        exchange,
        visitor,
        found.stream().toList(),
        new Paged(0, found.stream().count(), site.hub("authorize")),
        said);
  }

  private void send(
      Exchange exchange, Visitor visitor, List<Account> accounts, Paged page, String said) {
    var view =
        new Waiting(
            site.proof(exchange, visitor),
            accounts.stream().map(this::asking).toList(),
            accounts.stream().anyMatch(account -> !account.email().isEmpty()),
            page,
            said);
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteauthorizeGenerated.render(out, Site.NOBODY, frame, view));
  }

  private Asking asking(Account account) {
    String name = Paths.escaped(account.name());
    return new Asking(
        account.name(),
        account.email(),
        site.hub("authorize/" + name),
        site.hub("discard/" + name));
  }

  private void approve(Exchange exchange, Visitor visitor) throws IOException {
    String name = InvitationPages.checked(access, exchange, visitor);
    answer(exchange, visitor, name, signUps.approve(name) ? "authorize.approved" : "");
  }

  private void discard(Exchange exchange, Visitor visitor) throws IOException {
    String name = InvitationPages.checked(access, exchange, visitor);
    answer(exchange, visitor, name, signUps.discard(name) ? "authorize.discarded" : "");
  }

  private void answer(Exchange exchange, Visitor visitor, String name, String said) {
    SignUps.Page rest = signUps.waiting(0, Paged.SIZE);
    String sentence = said.isEmpty() ? "authorize.nobody" : said;
    send(
        exchange,
        visitor,
        rest.accounts(),
        new Paged(0, rest.total(), site.hub("authorize")),
        site.texts(exchange).say(sentence, name));
  }
}
