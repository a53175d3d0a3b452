package dev.orrery.http;

import java.nio.ByteBuffer;

/**
 * The server's end of one WebSocket. Calls come one after the other, on virtual threads; the next
 * message is not read before the last call returned, so that a slow endpoint slows its client and
 * nothing else.
 */
public interface WebSocketEndpoint {

  /** The connection is open; {@code connection} may be used from now on, by any thread. */
  void opened(WebSocketConnection connection);

  /** A whole text message. */
  void text(String message);

  /**
   * A whole binary message.
   *
   * @param message valid during the call only
   */
  void binary(ByteBuffer message);

  /** The connection is gone, for whatever reason. Called once. */
  void closed(int code, String reason);
}
