package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A person.
 *
 * @param cookieId what the login cookie of this person holds; a new one ends all logins
 * @param userInfo what the authenticator told of the person, a JSON object
 */
public record User(
    long id,
    String name,
    boolean admin,
    Optional<Instant> created,
    Optional<Instant> lastActivity,
    String cookieId,
    Optional<String> userInfo) {}
