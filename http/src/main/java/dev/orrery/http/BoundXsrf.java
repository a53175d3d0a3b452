package dev.orrery.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tokens against forged requests where other people's servers are on the same origin, as JupyterHub
 * and its servers make them: the signed name of a login, asked for of every request that a script
 * can read the answer to, GET as well. Browsers say what a request is in {@code Sec-Fetch-Mode},
 * which scripts can't change. Thread-safe.
 */
public final class BoundXsrf {

  private static final Duration LONGEST = Duration.ofDays(31);

  private final SignedCookies signed;

  /** Signs with {@code signed}. */
  public BoundXsrf(SignedCookies signed) {
    this.signed = signed;
  }

  /** A token for a login, fit for a cookie and an address. */
  public String token(String login) {
    String value = signed.sign(Xsrf.NAME, login.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** The token the browser has for this login, among those of other paths and logins. */
  public Optional<String> kept(Exchange exchange, String login) {
    return allKept(exchange, login).findFirst();
  }

  private Stream<String> allKept(Exchange exchange, String login) {
    byte[] id = login.getBytes(StandardCharsets.UTF_8);
    return exchange.cookies(Xsrf.NAME).stream()
        .filter(value ->
            decoded(value)
                .flatMap(text -> signed.verify(Xsrf.NAME, text, LONGEST))
                .filter(found -> MessageDigest.isEqual(found, id))
                .isPresent());
  }

  private static Optional<String> decoded(String value) {
    try {
      return Optional.of(
          new String(Base64.getUrlDecoder().decode(value), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Refuses a request by cookie that no page of ours has made.
   *
   * @param field what a form says, where there is one; else the query and headers are looked at
   * @throws HttpException 403
   */
  public void check(Exchange exchange, String login, Optional<String> field) {
    if (!isNeeded(exchange)) {
      return;
    }
    String given =
        field
            .or(() -> XsrfField.of(exchange))
            .orElseThrow(
                () -> new HttpException(403, "'_xsrf' argument missing from " + exchange.method()));
    // A script sends any of several cookies of that name.
    boolean matches =
        allKept(exchange, login)
            .anyMatch(own ->
                MessageDigest.isEqual(
                    own.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8)));
    if (!matches) {
      throw new HttpException(
          403, "XSRF cookie does not match " + exchange.method() + " argument; reload the page");
    }
  }

  /**
   * Whether a browser goes to a page, as far as it says; without TLS it says nothing. Only then is
   * a cookie set: the answers of a page's parts overtake each other.
   */
  public static boolean isNavigation(Exchange exchange) {
    return mode(exchange).equals("navigate");
  }

  private static String mode(Exchange exchange) {
    return exchange.header("Sec-Fetch-Mode").orElse("navigate");
  }

  private static boolean isNeeded(Exchange exchange) {
    boolean reads =
        switch (exchange.method()) {
          case "GET", "HEAD", "OPTIONS" -> true;
          default -> false;
        };
    if (!reads) {
      return true;
    }
    return switch (mode(exchange)) {
      case "navigate", "websocket" -> false;
      // The parts of a page of this origin, whose content its scripts don't get to see.
      case "no-cors" -> !exchange.header("Sec-Fetch-Site").orElse("").equals("same-origin");
      default -> true;
    };
  }
}
