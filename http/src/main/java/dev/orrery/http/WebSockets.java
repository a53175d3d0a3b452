package dev.orrery.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** Jetty's WebSockets behind {@link WebSocketEndpoint}: handshake, demand, keep-alive. */
final class WebSockets implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(WebSockets.class.getName());

  private final ServerWebSocketContainer container;
  private volatile boolean refused;
  private final ScheduledExecutorService keepAlive =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("websocket-keep-alive").daemon().factory());

  WebSockets(Server server) {
    container = ServerWebSocketContainer.ensure(server);
    // Keep-alive is ours, by ping and pong; the engine's idle time would cut quiet notebooks.
    container.setIdleTimeout(Duration.ZERO);
  }

  /** From now on new ones are refused; those there are stay. */
  void refuse() {
    refused = true;
  }

  /**
   * Turns a request into a WebSocket.
   *
   * @return false when it does not ask for one
   * @throws HttpException when none is taken any more
   */
  boolean upgrade(
      WebSocketOptions options,
      Optional<String> subprotocol,
      WebSocketEndpoint endpoint,
      Request request,
      Response response,
      Callback callback) {
    if (refused) {
      throw new HttpException(503, "The server is stopping");
    }
    return container.upgrade(
        (_, upgrade, _) -> {
          subprotocol.ifPresent(upgrade::setAcceptedSubProtocol);
          if (!options.compress()) {
            upgrade.setExtensions(List.of());
          }
          return new Listener(options, endpoint);
        },
        request,
        response,
        callback);
  }

  @Override
  public void close() {
    keepAlive.shutdownNow();
  }

  /** Public because Jetty looks the listener's methods up from outside. */
  public final class Listener implements Session.Listener {
    private final WebSocketOptions options;
    private final WebSocketEndpoint endpoint;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long lastHeard = System.nanoTime();
    private @Nullable Session session;
    private @Nullable ScheduledFuture<?> pings;

    private Listener(WebSocketOptions options, WebSocketEndpoint endpoint) {
      this.options = options;
      this.endpoint = endpoint;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
      opened.setMaxTextMessageSize(options.maxMessageBytes());
      opened.setMaxBinaryMessageSize(options.maxMessageBytes());
      opened.setMaxFrameSize(options.maxMessageBytes());
      var connection = new WebSocketConnection(opened, options.sendTimeout());
      long interval = options.pingInterval().toMillis();
      if (interval > 0) {
        pings =
            keepAlive.scheduleAtFixedRate(
                () -> pingOrDrop(connection), interval, interval, TimeUnit.MILLISECONDS);
      }
      endpoint.opened(connection);
      opened.demand();
    }

    private void pingOrDrop(WebSocketConnection connection) {
      if (System.nanoTime() - lastHeard > options.pongTimeout().toNanos()) {
        connection.drop();
      } else {
        connection.ping();
      }
    }

    @Override
    public void onWebSocketText(String message) {
      lastHeard = System.nanoTime();
      try {
        endpoint.text(message);
      } catch (RuntimeException e) {
        fault(e);
      }
      demand();
    }

    @Override
    public void onWebSocketBinary(
        ByteBuffer message, org.eclipse.jetty.websocket.api.Callback done) {
      lastHeard = System.nanoTime();
      try {
        endpoint.binary(message);
      } catch (RuntimeException e) {
        fault(e);
      } finally {
        done.succeed();
      }
      demand();
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
      lastHeard = System.nanoTime();
      demand();
    }

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
      lastHeard = System.nanoTime();
      Session current = session;
      if (current != null) {
        current.sendPong(payload, org.eclipse.jetty.websocket.api.Callback.NOOP);
      }
      demand();
    }

    /** The client learns that something failed, the log what: a reason is seen by anyone. */
    private void fault(RuntimeException cause) {
      LOG.log(System.Logger.Level.ERROR, "Unhandled error in a WebSocket", cause);
      Session current = session;
      if (current != null) {
        current.close(1011, "internal error", org.eclipse.jetty.websocket.api.Callback.NOOP);
      }
    }

    private void demand() {
      Session current = session;
      if (current != null) {
        // Also after we sent a close: the client's answer to it has to be read.
        current.demand();
      }
    }

    @Override
    public void onWebSocketClose(
        int code, String reason, org.eclipse.jetty.websocket.api.Callback done) {
      finish(code, reason == null ? "" : reason);
      done.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      // Jetty reports a close after most errors, but not after all; finish() takes whichever comes
      // first.
      finish(1006, String.valueOf(cause.getMessage()));
    }

    private void finish(int code, String reason) {
      ScheduledFuture<?> scheduled = pings;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
      if (closed.compareAndSet(false, true)) {
        endpoint.closed(code, reason);
      }
    }
  }
}
