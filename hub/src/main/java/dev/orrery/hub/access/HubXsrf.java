package dev.orrery.hub.access;

import dev.orrery.http.BoundXsrf;
import dev.orrery.http.Exchange;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import dev.orrery.hub.store.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Tokens against forged requests, bound to the login of a browser and to who is logged in; before
 * that, roughly to the browser.
 */
final class HubXsrf {

  /** Nobody is logged in: as long as it takes to do so. */
  private static final Duration ANONYMOUS = Duration.ofHours(1);

  private final BoundXsrf xsrf;
  private final Origins origins;
  private final String hubPath;

  HubXsrf(SignedCookies cookies, Origins origins, String hubPath) {
    this.origins = origins;
    this.xsrf = new BoundXsrf(cookies);
    this.hubPath = hubPath;
  }

  /** The token of this browser, for a page's forms and scripts; sets the cookie where it is due. */
  String token(Exchange exchange, Optional<Visitor> visitor, String sessionId) {
    String id = id(exchange, visitor, sessionId);
    Optional<String> kept = xsrf.kept(exchange, id);
    if (kept.isPresent()) {
      return kept.get();
    }
    String token = xsrf.token(id);
    if (BoundXsrf.isNavigation(exchange)) {
      exchange.addCookie(
          Xsrf.NAME,
          token,
          (visitor.isPresent() ? "" : "Max-Age=" + ANONYMOUS.toSeconds() + "; ")
              + "Path="
              + hubPath
              + "; SameSite=Lax"
              + (Logins.isHttps(exchange) ? "; Secure" : ""));
    }
    return token;
  }

  /**
   * Refuses a request that nothing shows to be made by our own pages.
   *
   * @param sent what a form's field holds, for requests with a form
   */
  void check(
      Exchange exchange, Optional<Visitor> visitor, String sessionId, Optional<String> sent) {
    xsrf.check(exchange, id(exchange, visitor, sessionId), sent.filter(token -> !token.isEmpty()));
  }

  private String id(Exchange exchange, Optional<Visitor> visitor, String sessionId) {
    return sessionId
        + ":"
        + visitor.flatMap(Visitor::user).map(User::cookieId).orElseGet(() -> anonymous(exchange));
  }

  /** Roughly the same browser for the minutes a login takes. */
  private String anonymous(Exchange exchange) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(origins.address(exchange).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0xff);
      digest.update(exchange.header("User-Agent").orElse("").getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().encodeToString(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
