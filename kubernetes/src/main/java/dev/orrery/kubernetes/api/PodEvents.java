package dev.orrery.kubernetes.api;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the cluster tells of pods that are being started. Events are followed by one watch, only
 * while somebody listens, and none is kept: a cluster can have tens of thousands.
 */
public final class PodEvents implements AutoCloseable {

  private static final Duration ROUND = Duration.ofMinutes(1);

  /** One event. */
  public record PodEvent(String reason, String message) {

    /** Reads an event. */
    public static PodEvent of(JsonNode event) {
      return new PodEvent(event.path("reason").asString(""), event.path("message").asString(""));
    }
  }

  private final ApiServer server;
  private final String namespace;
  private final Map<String, Consumer<PodEvent>> listeners = new ConcurrentHashMap<>();
  private @Nullable Watch watch;

  /**
   * Follows nothing yet.
   *
   * @param namespace empty for all
   */
  public PodEvents(ApiServer server, String namespace) {
    this.server = server;
    this.namespace = namespace;
  }

  /** What {@link #listen} gives. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Has events of a pod told from now on.
   *
   * @param listener called on the thread of the watch; it returns soon and throws nothing
   */
  public Listening listen(String podNamespace, String pod, Consumer<PodEvent> listener) {
    String key = podNamespace + "/" + pod;
    synchronized (this) {
      listeners.put(key, listener);
      if (watch == null) {
        watch =
            Watch.start(
                server,
                Kind.EVENT,
                namespace,
                Map.of("fieldSelector", "involvedObject.kind=Pod"),
                ROUND,
                true,
                this::told);
      }
    }
    return () -> forget(key, listener);
  }

  private synchronized void forget(String key, Consumer<PodEvent> listener) {
    listeners.remove(key, listener);
    if (listeners.isEmpty()) {
      close();
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
