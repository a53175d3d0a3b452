package dev.orrery.hub.logins;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who guesses passwords: after some failures for one name from one address, or for many
 * names from one, there is a pause. Another address can still log in, so nobody is locked out by
 * others. Bounded in memory; thread-safe.
 */
public final class Throttle {

  private static final int FAILURES_OF_NAME = 5;
  private static final int FAILURES_OF_ADDRESS = 50;
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 10_000;

  private record Failures(int count, Instant last) {}

  private final Clock clock;

  /** The oldest first, and the first to be forgotten. */
  private final Map<String, Failures> failures = new LinkedHashMap<>();

  /** Tells time by {@code clock}. */
  public Throttle(Clock clock) {
    this.clock = clock;
  }

  /** Whether somebody may try now. */
  synchronized boolean mayTry(String name, String from) {
    return below(key(name, from), FAILURES_OF_NAME) && below(from, FAILURES_OF_ADDRESS);
  }

  private boolean below(String key, int most) {
    Failures known = failures.get(key);
    return known == null || known.count < most || known.last.plus(PAUSE).isBefore(clock.instant());
  }

  /** Notes a failure. */
  synchronized void failed(String name, String from) {
    note(key(name, from));
    note(from);
    while (failures.size() > MOST_REMEMBERED) {
      failures.remove(failures.keySet().iterator().next());
    }
  }

  private void note(String key) {
    Instant now = clock.instant();
    Failures known = failures.remove(key);
    int before = known == null || known.last.plus(PAUSE).isBefore(now) ? 0 : known.count;
    failures.put(key, new Failures(before + 1, now));
  }

  private static String key(String name, String from) {
    return from + " " + (name.length() > 100 ? name.substring(0, 100) : name);
  }
}
