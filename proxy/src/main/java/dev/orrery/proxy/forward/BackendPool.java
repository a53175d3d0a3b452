package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Target;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to backends that wait for their next request. One per event loop and used on it
 * alone, so that a request never changes threads. A waiting connection is read from: what its
 * backend says then, its end above all, takes it out.
 */
final class BackendPool {

  private static final AttributeKey<Long> SINCE = AttributeKey.valueOf(BackendPool.class, "since");
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int MAX_PER_TARGET = 64;
  private static final int MAX_ALL = 2_048;

  private final EventLoop loop;
  private final Map<Target, ArrayDeque<Channel>> idle = new HashMap<>();
  private int size;
  private boolean sweeping;

  BackendPool(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Takes the connection that was used last.
   *
   * @param longest how long it may have waited: the longer, the likelier its backend is closing it
   *     at this moment
   */
  @Nullable Channel take(Target target, Duration longest) {
    ArrayDeque<Channel> waiting = idle.get(target);
    if (waiting == null) {
      return null;
    }
    Channel channel = waiting.peekLast();
    while (channel != null && !channel.isActive()) {
      remove(target, channel);
      channel = waiting.peekLast();
    }
    if (channel == null || waitedFor(channel) > longest.toNanos()) {
      return null;
    }
    remove(target, channel);
    return channel;
  }

  private static long waitedFor(Channel channel) {
    Long since = channel.attr(SINCE).get();
    return since == null ? Long.MAX_VALUE : System.nanoTime() - since;
  }

  /** Keeps a connection whose last answer is whole, or closes it when there are enough. */
  void put(Target target, Channel channel) {
    ArrayDeque<Channel> waiting = idle.computeIfAbsent(target, _ -> new ArrayDeque<>());
    if (!channel.isActive() || waiting.size() >= MAX_PER_TARGET || size >= MAX_ALL) {
      channel.close();
      return;
    }
    channel.attr(SINCE).set(System.nanoTime());
    waiting.addLast(channel);
    size++;
    Reading.resume(channel);
    if (!sweeping) {
      sweeping = true;
      loop.schedule(this::sweep, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Forgets a connection that ended while it waited. */
  void remove(Target target, Channel channel) {
    ArrayDeque<Channel> waiting = idle.get(target);
    if (waiting != null && waiting.removeLastOccurrence(channel)) {
      size--;
      if (waiting.isEmpty()) {
        idle.remove(target);
      }
    }
  }

  private void sweep() {
    for (Iterator<ArrayDeque<Channel>> all = idle.values().iterator(); all.hasNext(); ) {
      ArrayDeque<Channel> waiting = all.next();
      // The first have waited longest.
      while (!waiting.isEmpty() && waitedFor(waiting.getFirst()) > MAX_IDLE.toNanos()) {
        size--;
        waiting.removeFirst().close();
      }
      if (waiting.isEmpty()) {
        all.remove();
      }
    }
    sweeping = size > 0;
    if (sweeping) {
      loop.schedule(this::sweep, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
