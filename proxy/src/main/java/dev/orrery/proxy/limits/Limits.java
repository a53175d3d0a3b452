package dev.orrery.proxy.limits;

import java.time.Duration;

/**
 * How much clients may ask for. A number of 0 is no limit.
 *
 * @param connections of all clients together
 * @param clientConnections of one address; a unix socket is none
 * @param clientRate requests a second of one address
 * @param routeOpen requests and tunnels that are open on one route
 * @param routeRate requests a second on one route
 * @param headerBytes of all lines of one head
 * @param bodyBytes of one request
 * @param headTime how long a head may take
 * @param stall how long a client may keep the other side waiting: not send what it announced, or
 *     not take what is there for it; zero for ever
 */
public record Limits(
    int connections,
    int clientConnections,
    int clientRate,
    int routeOpen,
    int routeRate,
    int headerBytes,
    long bodyBytes,
    Duration headTime,
    Duration stall) {

  /** What holds when no option is given. */
  public static Limits defaults() {
    return new Limits(0, 0, 0, 0, 0, 64 * 1024, 0, Duration.ofSeconds(60), Duration.ofMinutes(5));
  }
}
