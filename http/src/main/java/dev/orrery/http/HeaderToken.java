package dev.orrery.http;

import java.util.Optional;

/** The token that a program sends: {@code Authorization: token …} or {@code bearer …}. */
public final class HeaderToken {

  private HeaderToken() {}

  /** The token of the request's header, if it has one. */
  public static Optional<String> of(Exchange exchange) {
    return exchange
        .header("Authorization")
        .map(String::strip)
        .filter(text ->
            text.regionMatches(true, 0, "token ", 0, 6)
                || text.regionMatches(true, 0, "bearer ", 0, 7))
        .map(text -> text.substring(text.indexOf(' ') + 1).strip());
  }
}
