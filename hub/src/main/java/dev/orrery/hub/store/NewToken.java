package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A token that is to be kept; see {@link ApiToken}.
 *
 * @param prefix the first characters of the token
 */
public record NewToken(
    Holder kind,
    long owner,
    String hashed,
    String prefix,
    String clientId,
    String sessionId,
    Optional<Instant> expiresAt,
    String note,
    List<String> scopes) {}
