package dev.orrery.server.hub;

import java.time.Duration;
import java.util.Optional;

/**
 * How the hub's administrator wants cookies.
 *
 * @param hostPrefix whether names begin with {@code __Host-}, which puts cookies on the path /
 * @param age how long a login lasts in the browser; zero for as long as the browser runs
 * @param secure forces {@code Secure} on or off
 * @param path replaces the path of the login cookie
 * @param domain empty for the host alone
 * @param sameSite empty for the browser's choice
 */
public record CookieOptions(
    boolean hostPrefix,
    Duration age,
    Optional<Boolean> secure,
    Optional<String> path,
    Optional<String> domain,
    Optional<String> sameSite) {

  /** As upstream: 30 days, nothing else. */
  public static CookieOptions usual(boolean hostPrefix) {
    return new CookieOptions(
        hostPrefix,
        Duration.ofDays(30),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
