package dev.orrery.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on a thread of the server, where no latch reaches. */
final class Eventually {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Eventually() {}

  /** Returns once {@code condition} holds, and fails with {@code what} when it does not in time. */
  static void holds(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within " + LIMIT.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }
}
