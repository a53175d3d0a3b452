package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import java.util.Map;

/**
 * One page of a long list.
 *
 * @param offset how many are before it
 * @param total how many there are on all pages
 * @param path where the list is
 * @param query what else its address says; what is empty is left out
 */
record Paged(int offset, long total, String path, Map<String, String> query) {

  /** A page of a list whose address says nothing else. */
  Paged(int offset, long total, String path) {
    this(offset, total, path, Map.of());
  }

  /** How many are shown at once: what a person can look through. */
  static final int SIZE = 50;

  /**
   * Where the page begins that a request asks for.
   *
   * @throws HttpException 400 for what is no number
   */
  static int offset(Exchange exchange) {
    String text = exchange.query("offset").orElse("0");
    if (!text.matches("[0-9]{1,9}")) {
      throw new HttpException(
          400, "offset is the number of the first one shown, not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  long from() {
    return total == 0 ? 0 : Math.min(offset + 1L, total);
  }

  long to() {
    return Math.min((long) offset + SIZE, total);
  }

  /** Whether there are other pages. */
  boolean isSplit() {
    return !previous().isEmpty() || !next().isEmpty();
  }

  /** The address of the page before; empty on the first. */
  String previous() {
    return offset == 0 ? "" : at(Math.max(0, offset - SIZE));
  }

  /** The address of the page after; empty on the last. */
  String next() {
    return (long) offset + SIZE >= total ? "" : at(offset + SIZE);
  }

  private String at(int first) {
    var address = new StringBuilder(path).append("?offset=").append(first);
    query.forEach((name, value) -> {
      if (!value.isEmpty()) {
        address.append('&').append(name).append('=').append(RawPath.encodeQuery(value));
      }
    });
    return address.toString();
  }
}
