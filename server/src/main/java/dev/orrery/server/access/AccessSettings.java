package dev.orrery.server.access;

import dev.orrery.http.Passwords;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may come in, and from where.
 *
 * @param token the token; empty for none
 * @param tokenGenerated whether the token was made for this start, so that it has to be shown
 * @param hashedPassword as of {@link Passwords}; empty for none
 * @param allowOrigin an origin, {@code *}, or empty
 * @param allowOriginPattern origins that may call; matched whole
 * @param allowCredentials whether allowed origins may send cookies
 * @param checkXsrf false only when the user said so
 * @param allowRemoteAccess whether any {@code Host} is accepted
 * @param localHostnames hosts that count as local besides loopback addresses
 * @param cookieSecretFile holds the key of the login cookies; made when it is missing
 * @param cookieName empty for the name derived from the request's host
 * @param secureCookie forces the {@code Secure} attribute on or off
 * @param contentSecurityPolicy replaces the built-in policy
 * @param headers further headers of each answer
 */
public record AccessSettings(
    String token,
    boolean tokenGenerated,
    String hashedPassword,
    String allowOrigin,
    Optional<Pattern> allowOriginPattern,
    boolean allowCredentials,
    boolean checkXsrf,
    boolean allowRemoteAccess,
    List<String> localHostnames,
    Path cookieSecretFile,
    String cookieName,
    Optional<Boolean> secureCookie,
    Optional<String> contentSecurityPolicy,
    Map<String, String> headers) {

  public AccessSettings {
    localHostnames = List.copyOf(localHostnames);
    headers = Map.copyOf(headers);
  }

  /** Whether anyone may come in. */
  boolean isOpen() {
    return token.isEmpty() && hashedPassword.isEmpty();
  }
}
