package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.logins.Admittance;

/** The way in for who has just made an account, by the rules for all logins. */
public final class Entrance {

  private final Access access;
  private final Admittance admittance;
  private final Site site;

  /** Lets in whom {@code admittance} admits. */
  public Entrance(Access access, Admittance admittance, Site site) {
    this.access = access;
    this.admittance = admittance;
    this.site = site;
  }

  /**
   * Logs somebody in and leads them to their start page.
   *
   * @param name of whom it is known that it is they
   * @throws HttpException when they may not come in
   */
  void enter(Exchange exchange, String name) {
    switch (admittance.logInProved(name)) {
      case Admittance.Outcome.In(var user) -> {
        access.logIn(exchange, user);
        exchange.redirect(site.hub("home"));
      }
      case Admittance.Outcome.Out(int status, String sentence) ->
          throw new HttpException(status, sentence);
    }
  }
}
