package dev.orrery.server.hub;

import dev.orrery.http.BoundXsrf;
import dev.orrery.http.Exchange;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;

/**
 * Tokens against forged requests, bound to the visitor and their session at the hub. Where the hub
 * gave the servers of one owner a common secret, what one of them wrote counts for the others: a
 * page of one server can't tell its own cookie from that of another one whose path its own begins
 * with.
 */
final class HubXsrf {

  private final HubCookies cookies;
  private final BoundXsrf xsrf;
  private final boolean common;

  /**
   * Signs with the common secret, if there is one.
   *
   * @param signed signs what is for this server alone
   */
  HubXsrf(HubCookies cookies, SignedCookies signed, Optional<String> secret, Clock clock) {
    this.cookies = cookies;
    this.common = secret.isPresent();
    this.xsrf =
        new BoundXsrf(
            secret
                .map(text -> new SignedCookies(text.getBytes(StandardCharsets.US_ASCII), clock))
                .orElse(signed));
  }

  /** Gives the browser a token for this login unless it has one. */
  void ensure(Exchange exchange, HubUser user, String token) {
    if (BoundXsrf.isNavigation(exchange)
        && xsrf.kept(exchange, id(exchange, user, token)).isEmpty()) {
      renew(exchange, user, token);
    }
  }

  /** Gives the browser a token for this login. */
  void renew(Exchange exchange, HubUser user, String token) {
    cookies.setXsrf(exchange, Xsrf.NAME, xsrf.token(id(exchange, user, token)));
  }

  /** Each server has a token of its own for the same login, the session at the hub is one. */
  private String id(Exchange exchange, HubUser user, String token) {
    String session = cookies.session(exchange);
    return session
        + ":"
        + (common && !session.isEmpty()
            ? user.kind() + ":" + user.name()
            : KnownTokens.digest(token));
  }

  /** Refuses a request by cookie that no page of this server has made. */
  void check(Exchange exchange, HubUser user, String token) {
    xsrf.check(exchange, id(exchange, user, token), Optional.empty());
  }
}
