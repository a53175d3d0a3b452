package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import java.util.List;
import java.util.Set;

/**
 * Where a request comes from, as the proxies before us tell.
 *
 * @param trusted addresses of proxies before ours, whose word is taken on who came to them
 */
public record Origins(Set<String> trusted) {

  public Origins {
    trusted = Set.copyOf(trusted);
  }

  /** The address of the client: what the last proxy saw, unless that is one we trust, too. */
  String address(Exchange exchange) {
    List<String> seen =
        exchange
            .header("X-Forwarded-For")
            .map(all -> List.of(all.split(",")).stream().map(String::strip).toList())
            .orElse(List.of());
    for (String address : seen.reversed()) {
      if (!address.isEmpty() && !(trusted.contains(address) && !address.equals(seen.getFirst()))) {
        return address;
      }
    }
    return exchange.clientAddress();
  }
}
