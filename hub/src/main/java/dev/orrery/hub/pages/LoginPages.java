package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The login page, and the way out. */
public final class LoginPages {

  private static final long SECONDS_OF_MINUTE = 60;

  private final Access access;
  private final Admittance admittance;
  private final Redirects redirects;
  private final ServerLifecycle servers;
  private final Site site;
  private final HubSettings.LoginForm asked;
  private final Optional<AccountSettings> accounts;
  private final HubMetrics metrics;

  /**
   * Logs people in whom {@code admittance} admits.
   *
   * @param asked what people are asked
   * @param accounts the rules for accounts, where people have some of this hub
   */
  public LoginPages(
      Access access,
      Admittance admittance,
      Redirects redirects,
      ServerLifecycle servers,
      HubSettings.LoginForm asked,
      Optional<AccountSettings> accounts,
      Site site,
      HubMetrics metrics) {
    this.asked = asked;
    this.accounts = accounts;
    this.access = access;
    this.admittance = admittance;
    this.redirects = redirects;
    this.servers = servers;
    this.site = site;
    this.metrics = metrics;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/login", this::form);
    routes.add(Routes.Kind.PAGE, "POST", "/login", this::logIn);
    routes.add(Routes.Kind.PAGE, "GET", "/logout", this::logOut);
    if (admittance.isAutomatic()) {
      // The address that tmpauthenticator has for it.
      routes.add(
          Routes.Kind.PAGE,
          "GET",
          "/tmplogin",
          exchange ->
              exchange.redirect(Places.then(site.hub("login"), exchange.query("next").orElse(""))));
    }
  }

  private void form(Exchange exchange) {
    if (access.person(exchange).isPresent()) {
      exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      return;
    }
    if (admittance.isAutomatic() && isUnasked(exchange)) {
      logInUnasked(exchange);
      return;
    }
    show(exchange, 200, "", "");
  }

  /** Whether nobody has to press a button before they are let in without a name. */
  private boolean isUnasked(Exchange exchange) {
    return asked.automatic()
        || asked.automaticForServers()
            && exchange.query("next").orElse("").startsWith(site.hub("api/oauth2/authorize"));
  }

  private void logInUnasked(Exchange exchange) {
    HubMetrics.Timer timer = HubMetrics.timer();
    Admittance.Outcome outcome = admittance.logInUnasked(access.address(exchange));
    metrics.loggedIn(timer, outcome instanceof Admittance.Outcome.In);
    switch (outcome) {
      case Admittance.Outcome.In(var user) -> enter(exchange, user);
      case Admittance.Outcome.Out(int status, String sentence) ->
          throw new HttpException(status, sentence);
    }
  }

  private void enter(Exchange exchange, User user) {
    access.logIn(exchange, user);
    exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
  }

  private void logIn(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    Optional<Visitor> visitor = access.person(exchange);
    try {
      access.checkForm(
          exchange, visitor, Optional.of(form.getOrDefault("_xsrf", "")).filter(t -> !t.isEmpty()));
    } catch (HttpException e) {
      // A form that lay open for long is no attack: it is shown again, with a new token.
      show(
          exchange,
          403,
          form.getOrDefault("username", ""),
          site.texts(exchange).say("login.expired"));
      return;
    }
    if (admittance.isAutomatic() && !asked.automatic()) {
      logInUnasked(exchange);
      return;
    }
    HubMetrics.Timer timer = HubMetrics.timer();
    Admittance.Outcome outcome = admittance.logIn(form, access.address(exchange));
    metrics.loggedIn(timer, outcome instanceof Admittance.Outcome.In);
    switch (outcome) {
      case Admittance.Outcome.In(var user) -> enter(exchange, user);
      case Admittance.Outcome.Out(int status, String sentence) ->
          show(
              exchange,
              status,
              form.getOrDefault("username", ""),
              translated(site.texts(exchange), status, sentence));
    }
  }

  private String translated(Texts texts, int status, String sentence) {
    if (status == 429) {
      return texts.say("login.wait");
    }
    return switch (sentence) {
      case Authenticator.WRONG -> refused(texts);
      case AccountAuthenticator.WAITING -> texts.say("login.waiting");
      case AccountAuthenticator.TOO_SHORT ->
          texts.say("objection.short", accounts.map(AccountSettings::leastCharacters).orElse(1));
      default -> sentence;
    };
  }

  /** The same for everybody, so that it tells nothing of a name. */
  private String refused(Texts texts) {
    return accounts
        .filter(rules -> rules.mostFailures() > 0)
        .map(rules ->
            texts.say(
                "login.locks",
                rules.mostFailures(),
                Math.ceilDiv(rules.pause().toSeconds(), SECONDS_OF_MINUTE)))
        .orElseGet(() -> texts.say("login.refused"));
  }

  /**
   * What the form shows; {@code problem} is mostly empty.
   *
   * @param oneTime how a one-time password is asked for, if it is
   * @param signUp where one makes an account; empty for nowhere
   * @param firstUse whether a password is chosen by using it
   * @param unasked whether a button is all there is
   */
  record Form(
      String action,
      String xsrf,
      String username,
      Optional<String> oneTime,
      String problem,
      String signUp,
      boolean firstUse,
      boolean unasked) {}

  private void show(Exchange exchange, int status, String username, String problem) {
    var form =
        new Form(
            Places.then(site.hub("login"), exchange.query("next").orElse("")),
            access.xsrfToken(exchange, Optional.empty()),
            username,
            asked
                .oneTimePassword()
                .or(() ->
                    accounts
                        .filter(AccountSettings::asksSecondFactor)
                        .map(_ -> site.texts(exchange).say("login.second"))),
            problem,
            accounts.filter(AccountSettings::signUp).map(_ -> site.hub("signup")).orElse(""),
            accounts.flatMap(AccountSettings::firstUse).isPresent(),
            admittance.isAutomatic());
    Frame frame = site.frame(exchange, "login");
    site.send(exchange, status, out -> JteloginGenerated.render(out, Site.NOBODY, frame, form));
  }

  private void logOut(Exchange exchange) {
    HubMetrics.Timer timer = HubMetrics.timer();
    if (site.settings().stopAtLogout()) {
      access.person(exchange).flatMap(Visitor::user).ifPresent(servers::stopAllOf);
    }
    access.logOut(exchange);
    if (admittance.isAutomatic()) {
      metrics.loggedOut(timer);
      // The login page would let them in again at once.
      Frame frame = site.frame(exchange, "logout");
      site.send(exchange, 200, out -> JtelogoutGenerated.render(out, Site.NOBODY, frame));
      return;
    }
    exchange.set("Cache-Control", "no-store");
    metrics.loggedOut(timer);
    exchange.redirect(site.hub("login"));
  }
}
