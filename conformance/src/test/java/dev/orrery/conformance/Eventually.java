package dev.orrery.conformance;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what happens in another process, where no latch reaches. */
public final class Eventually {

  private Eventually() {}

  /** Returns once {@code condition} holds; fails with {@code what} and {@code evidence} if not. */
  public static void holds(
      String what, Duration limit, BooleanSupplier condition, Supplier<String> evidence) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Not within " + limit.toSeconds() + " s: " + what + "\n" + evidence.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
