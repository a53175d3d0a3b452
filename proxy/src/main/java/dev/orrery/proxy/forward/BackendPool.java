package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Target;
import io.netty.channel.EventLoop;
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

  private static final Duration MAX_IDLE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int MAX_PER_TARGET = 1_024;
  private static final int MAX_ALL = 4_096;

  private final EventLoop loop;
  private final Map<Target, ArrayDeque<BackendConnection>> idle = new HashMap<>();
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
  @Nullable BackendConnection take(Target target, Duration longest) {
    ArrayDeque<BackendConnection> waiting = idle.get(target);
    BackendConnection connection = waiting == null ? null : waiting.peekLast();
    if (waiting == null || connection == null || connection.waited() > longest.toNanos()) {
      return null;
    }
    waiting.removeLast();
    size--;
    return connection;
  }

  /** Keeps a connection whose last answer is whole, or closes it when there are enough. */
  void put(BackendConnection connection) {
    ArrayDeque<BackendConnection> waiting =
        idle.computeIfAbsent(connection.target(), _ -> new ArrayDeque<>());
    boolean active = connection.channel().isActive();
    if (!active || waiting.size() >= MAX_PER_TARGET || size >= MAX_ALL) {
      connection.channel().close();
      return;
    }
    waiting.addLast(connection);
    size++;
    Reading.resume(connection.channel());
    if (!sweeping) {
      sweeping = true;
      loop.schedule(this::sweep, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Forgets a connection that ended while it waited. */
  void remove(BackendConnection connection) {
    ArrayDeque<BackendConnection> waiting = idle.get(connection.target());
    if (waiting != null && waiting.removeLastOccurrence(connection)) {
      size--;
    }
  }

  private void sweep() {
    Iterator<ArrayDeque<BackendConnection>> all = idle.values().iterator();
    while (all.hasNext()) {
      ArrayDeque<BackendConnection> waiting = all.next();
      // The first have waited longest.
      while (!waiting.isEmpty() && waiting.getFirst().waited() > MAX_IDLE.toNanos()) {
        size--;
        waiting.removeFirst().channel().close();
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
