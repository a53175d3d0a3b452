package dev.orrery.proxy.routes;

import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.limits.Rate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What went through one route since the proxy began, and what is open on it now. It stays with the
 * path when the route is added again. Thread-safe; counting takes a few nanoseconds.
 */
public final class Traffic {

  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger tunnels = new AtomicInteger();
  private final AtomicReference<@Nullable Rate> rate = new AtomicReference<>();

  /**
   * A request wants to begin; one that may is ended by {@link #closed}.
   *
   * @return false, and counted as refused, when there are too many of them
   */
  public boolean open(Limits limits) {
    if (!hasRoom(limits.routeOpen())) {
      refusals.increment();
      return false;
    }
    if (!isDue(limits.routeRate())) {
      open.decrementAndGet();
      refusals.increment();
      return false;
    }
    requests.increment();
    return true;
  }

  private boolean hasRoom(int most) {
    if (open.incrementAndGet() > most && most > 0) {
      open.decrementAndGet();
      return false;
    }
    return true;
  }

  private boolean isDue(int perSecond) {
    if (perSecond == 0) {
      return true;
    }
    Rate known = rate.get();
    if (known == null) {
      var fresh = new Rate(perSecond, System.nanoTime());
      known = rate.compareAndSet(null, fresh) ? fresh : rate.get();
    }
    return known == null || known.take(System.nanoTime());
  }

  /**
   * A request ended, or what it became.
   *
   * @param tunnel whether it was counted by {@link #becameTunnel}
   * @param failed whether its backend could not serve it
   */
  public void closed(boolean tunnel, boolean failed) {
    open.decrementAndGet();
    if (tunnel) {
      tunnels.decrementAndGet();
    }
    if (failed) {
      failures.increment();
    }
  }

  /** A request that is open became a WebSocket or another stream in both directions. */
  public void becameTunnel() {
    tunnels.incrementAndGet();
  }

  /** Bytes of a body or a tunnel came from a client. */
  public void received(int bytes) {
    received.add(bytes);
  }

  /** Bytes of a body or a tunnel went to a client. */
  public void sent(int bytes) {
    sent.add(bytes);
  }

  /** The numbers of this moment; each is right, but they are not read at the same instant. */
  public Numbers numbers() {
    return new Numbers(
        requests.sum(),
        failures.sum(),
        refusals.sum(),
        received.sum(),
        sent.sum(),
        open.get(),
        tunnels.get());
  }

  /**
   * What was counted.
   *
   * @param requests that began
   * @param failures of which the backend could not be reached or broke off
   * @param refusals that were too many and not passed on
   * @param received bytes of bodies and tunnels that came from clients
   * @param sent bytes of bodies and tunnels that went to clients
   * @param open requests that have begun and not ended, tunnels included
   * @param tunnels those of them that are WebSockets or other streams in both directions
   */
  public record Numbers(
      long requests,
      long failures,
      long refusals,
      long received,
      long sent,
      int open,
      int tunnels) {}
}
