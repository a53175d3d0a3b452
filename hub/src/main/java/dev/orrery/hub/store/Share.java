package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * That a person, or everybody in a group, may use a server of somebody else.
 *
 * @param kind whether {@code with} names a person or a group
 * @param scopes each limited to this server, as it is called now
 */
public record Share(
    long id,
    SharedServer server,
    Holder kind,
    String with,
    List<String> scopes,
    Instant createdAt,
    Optional<Instant> expiresAt) {

  public Share {
    scopes = List.copyOf(scopes);
  }
}
