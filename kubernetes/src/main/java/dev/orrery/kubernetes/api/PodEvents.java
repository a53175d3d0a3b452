package dev.orrery.kubernetes.api;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the cluster tells of pods that are being started. Events are followed by one watch, only
 * while somebody listens and a little longer, because starts come in groups. None is kept: a
 * cluster can have tens of thousands.
 */
public final class PodEvents implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PodEvents.class.getName());

  private static final Duration ROUND = Duration.ofMinutes(1);

  /** For the one request with which following begins; a start goes on without events after that. */
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  /** How long they are followed after nobody listens any more. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  /** One event. */
  public record PodEvent(String reason, String message) {

    /** Reads an event. */
    public static PodEvent of(JsonNode event) {
      return new PodEvent(event.path("reason").asString(""), event.path("message").asString(""));
    }
  }

  private final ApiServer server;
  private final String namespace;
  private final Duration beginning;
  private final Duration linger;
  private final Map<String, Consumer<PodEvent>> listeners = new ConcurrentHashMap<>();
  private @Nullable Watch watch;
  private CountDownLatch begun = new CountDownLatch(0);

  /** Whether somebody looks soon if anyone listens. */
  private boolean lingers;

  /**
   * Follows nothing yet.
   *
   * @param namespace empty for all
   */
  public PodEvents(ApiServer server, String namespace) {
    this(server, namespace, BEGINNING, LINGER);
  }

  /**
   * The same with other times.
   *
   * @param beginning how long who listens waits at most until events are followed
   * @param linger how long they are followed after nobody listens any more
   */
  PodEvents(ApiServer server, String namespace, Duration beginning, Duration linger) {
    this.server = server;
    this.namespace = namespace;
    this.beginning = beginning;
    this.linger = linger;
  }

  /** What {@link #listen} gives. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Has events of a pod told, of all that happens after this has returned. Where the cluster does
   * not let events be followed, or not soon, it returns all the same.
   *
   * @param listener called on the thread of the watch; it returns soon and throws nothing
   */
  public Listening listen(String podNamespace, String pod, Consumer<PodEvent> listener)
      throws InterruptedException {
    String key = podNamespace + "/" + pod;
    Listening listening = () -> forget(key, listener);
    CountDownLatch following;
    synchronized (this) {
      listeners.put(key, listener);
      if (watch == null) {
        begun = new CountDownLatch(1);
        watch =
            Watch.start(
                server,
                Kind.EVENT,
                namespace,
                Map.of("fieldSelector", "involvedObject.kind=Pod"),
                ROUND,
                true,
                new Follower(begun));
      }
      following = begun;
    }
    try {
      if (!following.await(beginning.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(System.Logger.Level.DEBUG, "Events of " + key + " are not followed yet");
      }
    } catch (InterruptedException e) {
      listening.close();
      throw e;
    }
    return listening;
  }

  /** Takes what the watch tells, and that it has begun, or can't. */
  private final class Follower implements Watch.Follower {

    private final CountDownLatch settled;

    Follower(CountDownLatch settled) {
      this.settled = settled;
    }

    @Override
    public void there(JsonNode event) {
      told(event);
    }

    @Override
    public void complete() {
      settled.countDown();
    }

    @Override
    public void lost() {
      settled.countDown();
    }
  }

  private synchronized void forget(String key, Consumer<PodEvent> listener) {
    listeners.remove(key, listener);
    if (listeners.isEmpty() && watch != null && !lingers) {
      lingers = true;
      Thread.ofVirtual().name("events of pods").start(this::lingered);
    }
  }

  private void lingered() {
    try {
      Thread.sleep(linger);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      lingers = false;
      if (listeners.isEmpty()) {
        close();
      }
    }
  }

  private void told(JsonNode event) {
    JsonNode pod = event.path("involvedObject");
    Consumer<PodEvent> listener =
        listeners.get(pod.path("namespace").asString("") + "/" + pod.path("name").asString(""));
    if (listener != null) {
      listener.accept(PodEvent.of(event));
    }
  }

  @Override
  public synchronized void close() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }
}
