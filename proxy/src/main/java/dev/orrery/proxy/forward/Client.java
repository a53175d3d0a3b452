package dev.orrery.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Whoever an {@link Exchange} answers: a connection of HTTP/1, or one stream of HTTP/2. Both speak
 * to it in messages of HTTP/1. On the event loop of the connection.
 */
sealed interface Client permits ClientConnection, ClientStream {

  /** What is read from and written to. */
  default Channel channel() {
    return context().channel();
  }

  /** Where answers are written. */
  ChannelHandlerContext context();

  /** The connections to backends on the same event loop. */
  BackendPool pool();

  /**
   * The address of the client, as {@code X-Forwarded-For} tells it; empty on a unix socket, which
   * has none.
   */
  String address();

  boolean isEncrypted();

  /** What the client speaks, {@code HTTP/1.1}. */
  String protocol(HttpRequest request);

  /** Says of the next response whether it answers a HEAD. */
  void answersHead(boolean head);

  /** Whether something came that waits for its turn. */
  boolean hasWaiting();

  /** The exchange can take what the client sends. */
  void resume();

  /**
   * The exchange is over.
   *
   * @param reusable whether the client may send another request
   * @param bodyLeft whether the client is still sending the last one
   */
  void finished(boolean reusable, boolean bodyLeft);

  /** Ends the exchange at once; the client sees that its answer is not whole. */
  void cut();

  /** What comes from now on is not HTTP any more. */
  void becomeTunnel();
}
