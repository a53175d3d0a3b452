package dev.orrery.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Sends to one WebSocket. Thread-safe; messages leave in the order of the calls. */
public final class WebSocketConnection {

  /** RFC 6455 allows a close reason of 123 bytes. */
  private static final int MAX_REASON = 120;

  private final Session session;
  private final Duration sendTimeout;
  private final ReentrantLock sending = new ReentrantLock();

  WebSocketConnection(Session session, Duration sendTimeout) {
    this.session = session;
    this.sendTimeout = sendTimeout;
  }

  /**
   * Sends a text message and waits until it is handed to the network.
   *
   * @throws IOException when the connection is closed, or the client did not take the message in
   *     time; the connection is closed then
   */
  public void sendText(String message) throws IOException {
    send(done -> session.sendText(message, done));
  }

  /** As {@link #sendText}, with a binary message. */
  public void sendBinary(ByteBuffer message) throws IOException {
    send(done -> session.sendBinary(message, done));
  }

  /** Whether messages can still be sent. */
  public boolean isOpen() {
    return session.isOpen();
  }

  /** Starts the closing handshake; does not wait. Does nothing when closed already. */
  public void close(int code, String reason) {
    String fitting = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
    session.close(code, fitting, Callback.NOOP);
  }

  void ping() {
    session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
  }

  /** Drops the connection without a handshake: the other end has stopped talking. */
  void drop() {
    session.disconnect();
  }

  private void send(Consumer<Callback> start) throws IOException {
    sending.lock();
    try {
      if (!session.isOpen()) {
        throw new IOException("The WebSocket is closed");
      }
      var done = new CompletableFuture<Boolean>();
      start.accept(Callback.from(() -> done.complete(true), done::completeExceptionally));
      done.get(sendTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      session.disconnect();
      throw new IOException("The client took no message for " + sendTimeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("Sending to the WebSocket failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while sending", e);
    } finally {
      sending.unlock();
    }
  }
}
