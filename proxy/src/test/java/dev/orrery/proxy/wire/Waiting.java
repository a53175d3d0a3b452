package dev.orrery.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits that a test or a script of a backend makes. Each ends, well or with a failure. */
public final class Waiting {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STILL = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(10);

  private Waiting() {}

  /** Until somebody opens the latch. */
  public static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("Nobody came");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Until a condition holds that nobody tells of. */
  public static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** What a counter stands at once it has begun and then not moved for a while. */
  public static long settled(LongSupplier counter) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long value = counter.getAsLong();
    long since = System.nanoTime();
    while (value == 0 || System.nanoTime() - since < STILL.toNanos()) {
      assertThat(System.nanoTime()).as("it stands still").isLessThan(end);
      LockSupport.parkNanos(LOOK.toNanos());
      long now = counter.getAsLong();
      if (now != value) {
        value = now;
        since = System.nanoTime();
      }
    }
    return value;
  }
}
