package dev.orrery.proxy.limits;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many a second on average, of which those of two seconds may come at once. One number: when the
 * next one would be due if all had come evenly. Thread-safe.
 */
public final class Rate {

  private static final int BURST_SECONDS = 2;

  private final long interval;
  private final long ahead;
  private final AtomicLong due;

  /**
   * Begins with the whole burst.
   *
   * @param perSecond more than 0
   */
  public Rate(int perSecond, long now) {
    interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    ahead = TimeUnit.SECONDS.toNanos(BURST_SECONDS) - interval;
    due = new AtomicLong(now);
  }

  /**
   * Takes one, if it may be taken.
   *
   * @param now of {@link System#nanoTime}
   */
  public boolean take(long now) {
    while (true) {
      long before = due.get();
      // Differences, as the clock may run over.
      long from = before - now > 0 ? before : now;
      if (from - now > ahead) {
        return false;
      }
      if (due.compareAndSet(before, from + interval)) {
        return true;
      }
    }
  }

  /** Whether it is as it was at the beginning. */
  public boolean isRested(long now) {
    return due.get() - now <= 0;
  }
}
