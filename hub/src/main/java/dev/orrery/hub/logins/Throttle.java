package dev.orrery.hub.logins;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who guesses passwords: after some failures for one name from one address, or for many
 * names from one, there is a pause. Another address can still log in, so nobody is locked out by
 * others. Who needs no password, to be somebody new, can be that only so often from one address.
 * Bounded in memory; thread-safe.
 */
public final class Throttle {

  private static final int FAILURES_OF_NAME = 5;
  private static final int FAILURES_OF_ADDRESS = 50;
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 10_000;

  private static final int ARRIVALS_OF_ADDRESS = 50;

  private record Failures(int count, Instant last) {}

  private record Arrivals(int count, Instant first) {}

  private final Clock clock;

  /** The oldest first, and the first to be forgotten. */
  private final Map<String, Failures> failures = new LinkedHashMap<>();

  private final Map<String, Arrivals> arrivals = new LinkedHashMap<>();

  /** Tells time by {@code clock}. */
  public Throttle(Clock clock) {
    this.clock = clock;
  }

  /** Whether somebody may try now. */
  public synchronized boolean mayTry(String name, String from) {
    return below(key(name, from), FAILURES_OF_NAME) && below(from, FAILURES_OF_ADDRESS);
  }

  private boolean below(String key, int most) {
    Failures known = failures.get(key);
    return known == null || known.count < most || known.last.plus(PAUSE).isBefore(clock.instant());
  }

  /** Notes a failure. */
  public synchronized void failed(String name, String from) {
    note(key(name, from));
    note(from);
    forgetOldest(failures);
  }

  private static void forgetOldest(Map<String, ?> remembered) {
    while (remembered.size() > MOST_REMEMBERED) {
      remembered.remove(remembered.keySet().iterator().next());
    }
  }

  /** Counts one more who is somebody new; false when there were too many in this minute. */
  public synchronized boolean mayArrive(String from) {
    Instant now = clock.instant();
    Arrivals known = arrivals.get(from);
    if (known == null || !known.first.plus(PAUSE).isAfter(now)) {
      arrivals.remove(from);
      arrivals.put(from, new Arrivals(1, now));
      forgetOldest(arrivals);
      return true;
    }
    if (known.count >= ARRIVALS_OF_ADDRESS) {
      return false;
    }
    arrivals.put(from, new Arrivals(known.count + 1, known.first));
    return true;
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
