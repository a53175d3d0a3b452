package dev.orrery.hub.access;

import dev.orrery.http.Exchange;

/** Where a request comes from, as the proxy before us tells. */
public final class Origins {

  private Origins() {}

  /** The address of the client: what the last proxy saw, which is ours. */
  public static String address(Exchange exchange) {
    return exchange
        .header("X-Forwarded-For")
        .map(all -> all.substring(all.lastIndexOf(',') + 1).strip())
        .filter(address -> !address.isEmpty())
        .orElseGet(exchange::clientAddress);
  }
}
