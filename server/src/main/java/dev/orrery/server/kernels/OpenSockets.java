package dev.orrery.server.kernels;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many pages are connected to kernels. Thread-safe. */
final class OpenSockets {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int count;

  void opened() {
    change(1);
  }

  void closed() {
    change(-1);
  }

  private void change(int by) {
    lock.lock();
    try {
      count += by;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until none is; false when {@code limit} passed first. */
  boolean awaitNone(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (count > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return count == 0;
    } finally {
      lock.unlock();
    }
  }
}
