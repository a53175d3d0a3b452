package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What lets a program in, in the place of a person or of a service. The token itself is nowhere.
 *
 * @param hashed the form it is kept in
 * @param clientId the OAuth client it was made for; {@code jupyterhub} for those made by hand
 * @param clientDescription what that client calls itself; empty when it says nothing
 * @param sessionId the login of a browser it ends with; empty for none
 * @param scopes what it may do at most; what its owner may not, it may not either
 */
public record ApiToken(
    long id,
    OptionalLong user,
    OptionalLong service,
    String hashed,
    String clientId,
    String clientDescription,
    String sessionId,
    Optional<Instant> created,
    Optional<Instant> expiresAt,
    Optional<Instant> lastActivity,
    String note,
    List<String> scopes) {

  public ApiToken {
    scopes = List.copyOf(scopes);
  }

  /** What it is called in the REST API. */
  public String apiId() {
    return "a" + id;
  }
}
