package dev.orrery.server.hub;

import dev.orrery.http.BoundXsrf;
import dev.orrery.http.Exchange;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import java.util.Optional;

/** Tokens against forged requests, bound to the visitor's login and session at the hub. */
final class HubXsrf {

  private final HubCookies cookies;
  private final BoundXsrf xsrf;

  HubXsrf(HubCookies cookies, SignedCookies signed) {
    this.cookies = cookies;
    this.xsrf = new BoundXsrf(signed);
  }

  /** Gives the browser a token for this login unless it has one. */
  void ensure(Exchange exchange, String token) {
    if (BoundXsrf.isNavigation(exchange) && xsrf.kept(exchange, id(exchange, token)).isEmpty()) {
      renew(exchange, token);
    }
  }

  /** Gives the browser a token for this login. */
  void renew(Exchange exchange, String token) {
    cookies.setXsrf(exchange, Xsrf.NAME, xsrf.token(id(exchange, token)));
  }

  private String id(Exchange exchange, String token) {
    return cookies.session(exchange) + ":" + KnownTokens.digest(token);
  }

  /** Refuses a request by cookie that no page of this server has made. */
  void check(Exchange exchange, String token) {
    xsrf.check(exchange, id(exchange, token), Optional.empty());
  }
}
