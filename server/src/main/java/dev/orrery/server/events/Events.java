package dev.orrery.server.events;

import dev.orrery.http.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** What happens in the server, told to whoever listens. Thread-safe; a listener must not block. */
public final class Events {

  /**
   * An event as subscribers get it.
   *
   * @param schemaId what kind of event
   * @param json the event with its {@code schema_id}, as text
   */
  public record Event(String schemaId, String json) {}

  /** The events of the server itself, with the fields each must have. */
  static final Map<String, List<String>> SCHEMAS =
      Map.of(
          "https://events.jupyter.org/jupyter_server/contents_service/v1",
              List.of("action", "path"),
          "https://events.jupyter.org/jupyter_server/kernel_actions/v1", List.of("action", "msg"),
          "https://events.jupyter.org/jupyter_server/gateway_client/v1", List.of("status", "msg"));

  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  /** Tells all listeners. */
  public void emit(String schemaId, ObjectNode data) {
    if (listeners.isEmpty()) {
      return;
    }
    ObjectNode event = Json.object().put("schema_id", schemaId);
    event.setAll(data);
    Event told = new Event(schemaId, Json.text(event));
    listeners.forEach(listener -> listener.accept(told));
  }

  void subscribe(Consumer<Event> listener) {
    listeners.add(listener);
  }

  void unsubscribe(Consumer<Event> listener) {
    listeners.remove(listener);
  }
}
