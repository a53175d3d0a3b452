package dev.orrery.http;

import java.util.Optional;

/** Where a page's scripts repeat the token of the {@code _xsrf} cookie. */
public final class XsrfField {

  private XsrfField() {}

  /** What the query or a header says; the fields of a form are not looked at. */
  public static Optional<String> of(Exchange exchange) {
    return exchange
        .query(Xsrf.NAME)
        .filter(token -> !token.isEmpty())
        .or(() -> exchange.header("X-XSRFToken"))
        .or(() -> exchange.header("X-CSRFToken"));
  }
}
