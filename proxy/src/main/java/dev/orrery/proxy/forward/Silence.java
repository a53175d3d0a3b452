package dev.orrery.proxy.forward;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Notices that nothing moves in an exchange. On the event loop it was made with. */
final class Silence {

  private final EventLoop loop;
  private final List<Watch> watches = new ArrayList<>(0);
  private long lastSound;

  Silence(EventLoop loop) {
    this.loop = loop;
  }

  /** Something moved. */
  void broken() {
    if (!watches.isEmpty()) {
      lastSound = System.nanoTime();
    }
  }

  /**
   * From now on nothing is noticed. Nor is anything held: until its time a task holds all that it
   * would act upon, and of a busy proxy's exchanges that is too much.
   */
  void end() {
    watches.forEach(Watch::cancel);
    watches.clear();
  }

  /**
   * Calls {@code then}, once, when nothing has moved for so long.
   *
   * @param limit zero for never
   */
  void watch(Duration limit, Runnable then) {
    if (!limit.isZero()) {
      if (watches.isEmpty()) {
        lastSound = System.nanoTime();
      }
      watches.add(new Watch(limit.toNanos(), then));
    }
  }

  /** One limit; looks again when something moved meanwhile. */
  private final class Watch {
    private final long limit;
    private final Runnable then;
    private ScheduledFuture<?> next;

    Watch(long limit, Runnable then) {
      this.limit = limit;
      this.then = then;
      this.next = lookAfter(left());
    }

    private long left() {
      return limit - (System.nanoTime() - lastSound);
    }

    private ScheduledFuture<?> lookAfter(long nanos) {
      return loop.schedule(this::look, Math.max(1, nanos), TimeUnit.NANOSECONDS);
    }

    private void look() {
      long left = left();
      if (left > 0) {
        next = lookAfter(left);
      } else {
        watches.remove(this);
        then.run();
      }
    }

    void cancel() {
      next.cancel(false);
    }
  }
}
