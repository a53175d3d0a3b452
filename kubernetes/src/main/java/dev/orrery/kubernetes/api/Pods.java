package dev.orrery.kubernetes.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** All pods of a hub as they are now, by one watch for all of them. */
public final class Pods implements AutoCloseable {

  private static final Duration ROUND = Duration.ofMinutes(1);

  private final ReentrantLock lock = new ReentrantLock();

  /** Told when what is known of all of them begins to count, or ends to. */
  private final Condition told = lock.newCondition();

  /** Who waits for one pod, by its key. With one for all, each change would wake up everybody. */
  private final Map<String, Waiting> waiting = new HashMap<>();

  private Map<String, PodView> pods = new HashMap<>();
  private @Nullable Map<String, PodView> coming;
  private boolean complete;
  private final Watch watch;

  private Pods(ApiServer server, String namespace, String labels) {
    this.watch =
        Watch.start(
            server,
            Kind.POD,
            namespace,
            Map.of("labelSelector", labels),
            ROUND,
            false,
            new Follower());
  }

  /**
   * Begins to follow them.
   *
   * @param namespace empty for all
   * @param labels which pods, as a label selector
   */
  public static Pods follow(ApiServer server, String namespace, String labels) {
    return new Pods(server, namespace, labels);
  }

  /** Takes what the watch tells. */
  private final class Follower implements Watch.Follower {

    @Override
    public void begin() {
      ofAll(() -> coming = new HashMap<>());
    }

    @Override
    public void there(JsonNode object) {
      PodView pod = PodView.of(object);
      ofOne(
          pod.key(),
          () -> {
            if (coming == null) {
              pods.put(pod.key(), pod);
            } else {
              coming.put(pod.key(), pod);
            }
          });
    }

    @Override
    public void gone(JsonNode object) {
      String key = PodView.of(object).key();
      ofOne(key, () -> pods.remove(key));
    }

    @Override
    public void complete() {
      ofAll(() -> {
        if (coming != null) {
          pods = coming;
          coming = null;
        }
        complete = true;
      });
    }

    @Override
    public void lost() {
      ofAll(() -> {
        coming = null;
        complete = false;
      });
    }
  }

  private void ofOne(String key, Runnable change) {
    lock.lock();
    try {
      change.run();
      Waiting some = waiting.get(key);
      if (some != null) {
        some.changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void ofAll(Runnable change) {
    lock.lock();
    try {
      change.run();
      told.signalAll();
      waiting.values().forEach(some -> some.changed.signalAll());
    } finally {
      lock.unlock();
    }
  }

  /** Those who wait for one pod, under the lock. */
  private static final class Waiting {

    final Condition changed;
    int count;

    Waiting(Condition changed) {
      this.changed = changed;
    }
  }

  /** Whether what is known is what there is, or was a moment ago. */
  public boolean isCurrent() {
    lock.lock();
    try {
      return complete;
    } finally {
      lock.unlock();
    }
  }

  /** The pod as it was when something was last heard of it. */
  public Optional<PodView> pod(String namespace, String name) {
    lock.lock();
    try {
      return Optional.ofNullable(pods.get(namespace + "/" + name));
    } finally {
      lock.unlock();
    }
  }

  /** All pods. */
  public List<PodView> all() {
    lock.lock();
    try {
      return new ArrayList<>(pods.values());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until what is known of a pod is not what it was, or the time is over.
   *
   * @param seen what the caller has seen last
   * @return what is known now
   */
  public Optional<PodView> changed(
      String namespace, String name, Optional<PodView> seen, Duration limit)
      throws InterruptedException {
    String key = namespace + "/" + name;
    long left = limit.toNanos();
    lock.lock();
    try {
      Waiting here = waiting.computeIfAbsent(key, one -> new Waiting(lock.newCondition()));
      here.count++;
      try {
        while (true) {
          Optional<PodView> now = Optional.ofNullable(pods.get(key));
          if (!now.equals(seen) || left <= 0) {
            return now;
          }
          left = here.changed.awaitNanos(left);
        }
      } finally {
        here.count--;
        if (here.count == 0) {
          waiting.remove(key);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all there are is known; tells whether that came within the limit. */
  public boolean awaitCurrent(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (!complete && left > 0) {
        left = told.awaitNanos(left);
      }
      return complete;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
