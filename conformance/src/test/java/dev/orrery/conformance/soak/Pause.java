package dev.orrery.conformance.soak;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time that a slow side takes; nothing in the soak waits for something by it. */
final class Pause {

  private Pause() {}

  static void of(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
