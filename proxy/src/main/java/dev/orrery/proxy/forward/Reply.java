package dev.orrery.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * What a client reads as the answer to one request: heads it understands, a body whose end it can
 * see, and whether it may ask again on the same connection. All on the client's event loop.
 */
final class Reply {

  private final Client client;
  private final boolean toHead;
  private final boolean toUpgrade;

  /** A client of HTTP/1.0; the request itself gets our version on its way. */
  private final boolean old;

  private final boolean keepAlive;

  /** Whether the client said so itself; then it is told that it has it. */
  private final boolean askedForKeepAlive;

  private @Nullable HttpResponse head;

  /** Whether the head waits for what came with it, to be written together. */
  private boolean held;

  private boolean reusable;

  Reply(Client client, HttpRequest request, boolean toUpgrade) {
    this.client = client;
    this.toHead = request.method().equals(HttpMethod.HEAD);
    this.toUpgrade = toUpgrade;
    this.old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    this.keepAlive = HttpUtil.isKeepAlive(request);
    this.askedForKeepAlive =
        request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
  }

  /** Whether the head of the backend's answer is here; after that no other can be given. */
  boolean isBegun() {
    return head != null;
  }

  /** The status of the backend's answer; 0 before it is here. */
  int status() {
    HttpResponse begun = head;
    return begun == null ? 0 : begun.status().code();
  }

  /** Whether the client may ask again on its connection, once the answer is whole. */
  boolean isReusable() {
    return reusable;
  }

  /**
   * Takes the head of the backend's answer, without headers of its connection.
   *
   * @param id what the client is told the request is called; empty for nothing
   */
  void begin(HttpResponse answer, String id, boolean draining) {
    head = answer;
    held = true;
    boolean framed = frame(answer);
    reusable = framed && keepAlive && !toUpgrade && !draining;
    tell(answer.headers(), reusable, id);
    answer.setProtocolVersion(HttpVersion.HTTP_1_1);
    client.answersHead(toHead);
  }

  /** Sees to it that the client knows where the body ends; false if that is where we close. */
  private boolean frame(HttpResponse answer) {
    int status = answer.status().code();
    boolean empty = toHead || status == 204 || status == 304;
    if (empty || HttpUtil.isContentLengthSet(answer)) {
      return true;
    }
    HttpUtil.setTransferEncodingChunked(answer, !old);
    return !old;
  }

  /** Writes what came of the body; an answer that came whole is written at once. */
  void body(HttpContent content) {
    HttpResponse begun = head;
    boolean whole =
        held && content instanceof LastHttpContent last && last.trailingHeaders().isEmpty();
    if (whole && begun != null) {
      held = false;
      write(full(begun, content.content()));
    } else {
      writeHead();
      write(content);
    }
  }

  /** Has the client read what was written so far. */
  void flush() {
    writeHead();
    client.context().flush();
  }

  /** Passes on a head before that of the answer, such as 103. */
  void interim(HttpResponse answer) {
    if (!old) {
      Headers.removeHopByHop(answer.headers());
      onlyHead(answer);
    }
  }

  /** Passes on the head after which the connection speaks another protocol. */
  void switched(HttpResponse answer, String id) {
    tellId(answer.headers(), id);
    onlyHead(answer);
  }

  private void onlyHead(HttpResponse answer) {
    client.answersHead(false);
    client.context().writeAndFlush(full(answer, Unpooled.EMPTY_BUFFER));
  }

  /**
   * Gives an answer of the proxy's own.
   *
   * @param mayReuse whether the connection is in a state in which another request can be read
   * @return how many bytes of body it has
   */
  int own(OwnAnswer answer, String id, boolean mayReuse) {
    FullHttpResponse message = answer.message(toHead);
    reusable = mayReuse && keepAlive && !toUpgrade;
    tell(message.headers(), reusable, id);
    client.answersHead(toHead);
    int size = message.content().readableBytes();
    client.context().writeAndFlush(message);
    return size;
  }

  private void tell(HttpHeaders headers, boolean again, String id) {
    if (!again) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (askedForKeepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    tellId(headers, id);
  }

  private static void tellId(HttpHeaders headers, String id) {
    if (!id.isEmpty()) {
      headers.set(Headers.REQUEST_ID, id);
    }
  }

  private static FullHttpResponse full(HttpResponse head, ByteBuf body) {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, head.status(), body, head.headers(), EmptyHttpHeaders.INSTANCE);
  }

  private void writeHead() {
    HttpResponse begun = head;
    if (held && begun != null) {
      held = false;
      write(begun);
    }
  }

  private void write(Object message) {
    ChannelHandlerContext ctx = client.context();
    ctx.write(message, ctx.voidPromise());
  }
}
