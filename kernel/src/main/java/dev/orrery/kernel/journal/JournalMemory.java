package dev.orrery.kernel.journal;

import java.util.concurrent.atomic.AtomicLong;

/** How much the journals of all kernels may keep. Thread-safe. */
public final class JournalMemory {

  private final long perKernel;
  private final long total;
  private final AtomicLong used = new AtomicLong();

  /**
   * About so many bytes.
   *
   * @param perKernel for each kernel
   * @param total for all of them
   */
  public JournalMemory(long perKernel, long total) {
    this.perKernel = perKernel;
    this.total = total;
  }

  long perKernel() {
    return perKernel;
  }

  /** What one that has {@code own} bytes may still take. */
  long room(long own) {
    return Math.min(perKernel - own, total - used.get());
  }

  void change(long bytes) {
    used.addAndGet(bytes);
  }
}
