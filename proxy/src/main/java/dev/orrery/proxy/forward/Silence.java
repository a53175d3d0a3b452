package dev.orrery.proxy.forward;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Notices that nothing moves in an exchange. On the event loop it was made with. */
final class Silence {

  private final EventLoop loop;
  private long lastSound;
  private boolean watched;
  private boolean over;

  Silence(EventLoop loop) {
    this.loop = loop;
  }

  /** Something moved. */
  void broken() {
    if (watched) {
      lastSound = System.nanoTime();
    }
  }

  /** From now on nothing is noticed. */
  void end() {
    over = true;
  }

  /**
   * Calls {@code then}, once, when nothing has moved for so long.
   *
   * @param limit zero for never
   */
  void watch(Duration limit, Runnable then) {
    if (limit.isZero()) {
      return;
    }
    if (!watched) {
      watched = true;
      lastSound = System.nanoTime();
    }
    long left = limit.toNanos() - (System.nanoTime() - lastSound);
    loop.schedule(
        () -> {
          if (over) {
            return;
          }
          if (System.nanoTime() - lastSound >= limit.toNanos()) {
            then.run();
          } else {
            watch(limit, then);
          }
        },
        Math.max(1, left),
        TimeUnit.NANOSECONDS);
  }
}
