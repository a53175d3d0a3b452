package dev.orrery.server.events;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.http.WebSocketConnection;
import dev.orrery.http.WebSocketEndpoint;
import dev.orrery.http.WebSocketOptions;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/events}: posting events and listening to them. */
public final class EventsApi {

  /** A subscriber further behind than this is closed; it reconnects and reads on. */
  private static final int QUEUE = 1_000;

  private final Events events;
  private final Access access;
  private final WebSocketOptions socketOptions;

  /** Serves {@code events}. */
  public EventsApi(Events events, Access access, WebSocketOptions socketOptions) {
    this.events = events;
    this.access = access;
    this.socketOptions = socketOptions;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "POST", "/api/events", access.api(this::post));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/events", access::preflight);
    routes.add(
        Routes.Kind.API,
        "GET",
        "/api/events/subscribe",
        access.socket(
            exchange -> exchange.upgrade(socketOptions, Optional.empty(), new Subscriber())));
  }

  private void post(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    String schemaId = body.path("schema_id").asString("");
    List<String> required = Events.SCHEMAS.get(schemaId);
    if (!body.has("schema_id")
        || !body.has("version")
        || !(body.path("data") instanceof ObjectNode data)) {
      throw new HttpException(400, "An event needs 'schema_id', 'version' and an object 'data'");
    }
    if (required == null) {
      throw new HttpException(400, "No schema with the id '" + schemaId + "' is registered");
    }
    if (!body.path("version").asString("").equals("1")) {
      throw new HttpException(
          400,
          "The schema "
              + schemaId
              + " has the version 1, not "
              + body.path("version").asString("?"));
    }
    for (String field : required) {
      if (!data.path(field).isString()) {
        throw new HttpException(400, "The event needs the text '" + field + "'");
      }
    }
    events.emit(schemaId, data);
    exchange.sendEmpty(204);
  }

  /** One listening client, written to by a thread of its own. */
  private final class Subscriber implements WebSocketEndpoint, Consumer<Events.Event> {
    private final BlockingQueue<Events.Event> queue = new ArrayBlockingQueue<>(QUEUE);
    private volatile @Nullable WebSocketConnection connection;
    private volatile @Nullable Thread writer;

    @Override
    public void opened(WebSocketConnection opened) {
      connection = opened;
      events.subscribe(this);
      writer = Thread.ofVirtual().name("events").start(() -> write(opened));
    }

    private void write(WebSocketConnection opened) {
      try {
        while (opened.isOpen()) {
          opened.sendText(queue.take().json());
        }
      } catch (InterruptedException e) {
        // The connection is closed: closed() says so by interrupting.
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        opened.close(1011, "not reachable");
      }
    }

    @Override
    public void accept(Events.Event event) {
      WebSocketConnection open = connection;
      if (!queue.offer(event) && open != null) {
        open.close(1013, "too slow, connect again");
      }
    }

    @Override
    public void text(String message) {
      // The protocol has no messages from clients; upstream ignores them as well.
    }

    @Override
    public void binary(ByteBuffer message) {
      // As text().
    }

    @Override
    public void closed(int code, String reason) {
      events.unsubscribe(this);
      Thread thread = writer;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
