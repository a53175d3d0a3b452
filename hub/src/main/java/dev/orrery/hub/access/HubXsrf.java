package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.SignedCookies;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * Tokens against requests that another site has a browser make, as JupyterHub makes them: the
 * signed name of the login and of who is logged in. A page carries the value of the cookie back in
 * a field or header; a request that a browser says it made for a page needs none.
 */
final class HubXsrf {

  static final String NAME = "_xsrf";

  private static final Duration KEPT = Duration.ofDays(31);

  /** Nobody is logged in: as long as it takes to do so. */
  private static final Duration ANONYMOUS = Duration.ofHours(1);

  private final SignedCookies cookies;
  private final String hubPath;

  HubXsrf(SignedCookies cookies, String hubPath) {
    this.cookies = cookies;
    this.hubPath = hubPath;
  }

  /**
   * The token of this browser, for a page's forms and scripts; sets the cookie where the browser
   * has another or none, and asks for a page. What scripts ask for at the same time sets none.
   */
  String token(Exchange exchange, Optional<Visitor> visitor, String sessionId) {
    String id = id(exchange, visitor, sessionId);
    Optional<String> kept = kept(exchange, id);
    if (kept.isPresent()) {
      return kept.get();
    }
    String token = encoded(cookies.sign(NAME, id.getBytes(StandardCharsets.UTF_8)));
    if (exchange.header("Sec-Fetch-Mode").orElse("navigate").equals("navigate")) {
      exchange.addCookie(
          NAME,
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
    if (!isNeeded(exchange)) {
      return;
    }
    Optional<String> given =
        sent.or(() -> exchange.query(NAME))
            .or(() -> exchange.header("X-XSRFToken"))
            .or(() -> exchange.header("X-CSRFToken"))
            .filter(token -> !token.isEmpty());
    if (given.isEmpty()) {
      throw new HttpException(403, "'_xsrf' argument missing from " + exchange.method());
    }
    Optional<String> kept = kept(exchange, id(exchange, visitor, sessionId));
    if (kept.isEmpty() || !isSame(kept.get(), given.get())) {
      throw new HttpException(
          403,
          "XSRF cookie does not match "
              + exchange.method().toUpperCase(Locale.ROOT)
              + " argument; load the page again");
    }
  }

  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isNeeded(Exchange exchange) {
    String mode = exchange.header("Sec-Fetch-Mode").orElse("unspecified");
    boolean reads =
        switch (exchange.method()) {
          case "GET", "HEAD", "OPTIONS" -> true;
          default -> false;
        };
    boolean sameOrigin =
        exchange.header("Sec-Fetch-Site").filter("same-origin"::equals).isPresent();
    return switch (mode) {
      case "websocket" -> false;
      case "navigate", "unspecified" -> !reads;
      case "no-cors" -> !(reads && sameOrigin);
      default -> true;
    };
  }

  /** Of the cookies of this name, which may come from several paths, the one that is right. */
  private Optional<String> kept(Exchange exchange, String id) {
    return exchange.cookies(NAME).stream()
        .filter(value ->
            decoded(value)
                .flatMap(signed -> cookies.verify(NAME, signed, KEPT))
                .filter(bytes -> new String(bytes, StandardCharsets.UTF_8).equals(id))
                .isPresent())
        .findFirst();
  }

  private static String encoded(String signed) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(signed.getBytes(StandardCharsets.US_ASCII));
  }

  private static Optional<String> decoded(String value) {
    try {
      return Optional.of(
          new String(Base64.getUrlDecoder().decode(value), StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String id(Exchange exchange, Optional<Visitor> visitor, String sessionId) {
    return sessionId
        + ":"
        + visitor
            .flatMap(Visitor::user)
            .map(user -> user.cookieId())
            .orElseGet(() -> anonymous(exchange));
  }

  /** Roughly the same browser for the minutes a login takes. */
  private static String anonymous(Exchange exchange) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String address =
          exchange
              .header("X-Forwarded-For")
              .map(all -> all.substring(all.lastIndexOf(',') + 1).strip())
              .orElseGet(exchange::clientAddress);
      digest.update(address.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0xff);
      digest.update(exchange.header("User-Agent").orElse("").getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().encodeToString(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
