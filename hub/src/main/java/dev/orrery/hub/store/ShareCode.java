package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a person turns into a share for themselves. The code itself is nowhere.
 *
 * @param hashed the form it is kept in
 * @param scopes each limited to this server, as it is called now
 * @param exchangeCount how often it was turned into a share
 */
public record ShareCode(
    long id,
    SharedServer server,
    String hashed,
    List<String> scopes,
    Instant createdAt,
    Optional<Instant> expiresAt,
    int exchangeCount,
    Optional<Instant> lastExchangedAt) {

  public ShareCode {
    scopes = List.copyOf(scopes);
  }

  /** What it is called in the REST API. */
  public String apiId() {
    return "sc_" + id;
  }
}
