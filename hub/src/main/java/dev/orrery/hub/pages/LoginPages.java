package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The login page, and the way out. */
public final class LoginPages {

  private final Access access;
  private final Admittance admittance;
  private final Redirects redirects;
  private final ServerLifecycle servers;
  private final Site site;
  private final Optional<String> oneTime;
  private final HubMetrics metrics;

  /**
   * Logs people in whom {@code admittance} admits.
   *
   * @param oneTime how a one-time password is asked for, if it is
   */
  public LoginPages(
      Access access,
      Admittance admittance,
      Redirects redirects,
      ServerLifecycle servers,
      Optional<String> oneTime,
      Site site,
      HubMetrics metrics) {
    this.oneTime = oneTime;
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
  }

  private void form(Exchange exchange) {
    if (access.person(exchange).isPresent()) {
      exchange.redirect(redirects.safe(exchange.query("next").orElse("")));
      return;
    }
    if (admittance.isAutomatic()) {
      logInUnasked(exchange);
      return;
    }
    show(exchange, 200, "", "");
  }

  private void logInUnasked(Exchange exchange) {
    HubMetrics.Timer timer = HubMetrics.timer();
    Admittance.Outcome outcome = admittance.logInUnasked();
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

  private static String translated(Texts texts, int status, String sentence) {
    if (status == 429) {
      return texts.say("login.wait");
    }
    return sentence.equals(Authenticator.WRONG) ? texts.say("login.refused") : sentence;
  }

  /**
   * What the form shows; {@code problem} is mostly empty.
   *
   * @param oneTime how a one-time password is asked for, if it is
   */
  record Form(
      String action, String xsrf, String username, Optional<String> oneTime, String problem) {}

  private void show(Exchange exchange, int status, String username, String problem) {
    var form =
        new Form(
            Places.then(site.hub("login"), exchange.query("next").orElse("")),
            access.xsrfToken(exchange, Optional.empty()),
            username,
            oneTime,
            problem);
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
