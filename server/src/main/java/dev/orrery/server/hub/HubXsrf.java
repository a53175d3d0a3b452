package dev.orrery.server.hub;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.SignedCookies;
import dev.orrery.http.Xsrf;
import dev.orrery.server.access.Access;
import dev.orrery.server.access.XsrfField;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Tokens against forged requests where other people's servers are on the same origin: signed, bound
 * to the visitor's login, and asked for of every request that a script can read the answer to, GET
 * as well. Browsers say what a request is in {@code Sec-Fetch-Mode}, which scripts can't change.
 */
final class HubXsrf {

  private static final Duration LONGEST = Duration.ofDays(31);

  private final HubCookies cookies;
  private final SignedCookies signed;

  HubXsrf(HubCookies cookies, SignedCookies signed) {
    this.cookies = cookies;
    this.signed = signed;
  }

  /** Whether a browser goes to a page, as far as it says; without TLS it says nothing. */
  static boolean isNavigation(Exchange exchange) {
    return mode(exchange).orElse("navigate").equals("navigate");
  }

  private static Optional<String> mode(Exchange exchange) {
    return exchange.header("Sec-Fetch-Mode");
  }

  /** Gives the browser a token for this login unless it has one. */
  void ensure(Exchange exchange, String token) {
    // Not for parts of a page: their answers overtake each other.
    if (isNavigation(exchange) && sent(exchange, token).isEmpty()) {
      renew(exchange, token);
    }
  }

  /** Gives the browser a token for this login. */
  void renew(Exchange exchange, String token) {
    String value = signed.sign(Xsrf.NAME, id(exchange, token).getBytes(StandardCharsets.UTF_8));
    cookies.setXsrf(
        exchange,
        Xsrf.NAME,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(value.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The token the browser has for this login, among those of other paths and logins. */
  private Optional<String> sent(Exchange exchange, String token) {
    byte[] id = id(exchange, token).getBytes(StandardCharsets.UTF_8);
    return exchange.cookies(Xsrf.NAME).stream()
        .filter(value ->
            decoded(value)
                .flatMap(text -> signed.verify(Xsrf.NAME, text, LONGEST))
                .filter(found -> MessageDigest.isEqual(found, id))
                .isPresent())
        .findFirst();
  }

  private static Optional<String> decoded(String value) {
    try {
      return Optional.of(
          new String(Base64.getUrlDecoder().decode(value), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String id(Exchange exchange, String token) {
    return cookies.session(exchange) + ":" + KnownTokens.digest(token);
  }

  /**
   * Refuses a request by cookie that no page of this server has made.
   *
   * @throws HttpException 403
   */
  void check(Exchange exchange, String token) {
    if (!isNeeded(exchange)) {
      return;
    }
    String given =
        XsrfField.of(exchange)
            .orElseThrow(
                () -> new HttpException(403, "'_xsrf' argument missing from " + exchange.method()));
    boolean matches =
        sent(exchange, token)
            .filter(own ->
                MessageDigest.isEqual(
                    own.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8)))
            .isPresent();
    if (!matches) {
      throw new HttpException(
          403, "XSRF cookie does not match " + exchange.method() + " argument; reload the page");
    }
  }

  private static boolean isNeeded(Exchange exchange) {
    if (!Access.reads(exchange)) {
      return true;
    }
    return switch (mode(exchange).orElse("navigate")) {
      case "navigate", "websocket" -> false;
      // The parts of a page of this origin, whose content its scripts don't get to see.
      case "no-cors" -> !exchange.header("Sec-Fetch-Site").orElse("").equals("same-origin");
      default -> true;
    };
  }
}
