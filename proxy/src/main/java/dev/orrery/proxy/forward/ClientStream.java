package dev.orrery.proxy.forward;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One stream of HTTP/2: a request and its response. On the event loop of the connection. */
final class ClientStream extends ChannelInboundHandlerAdapter implements Client {

  private final Forwarding forwarding;
  private final String address;

  /** What came before its turn; at most what one read brought. */
  private final Queue<HttpContent> waiting = new ArrayDeque<>();

  private @Nullable ChannelHandlerContext context;
  private @Nullable Exchange exchange;

  ClientStream(Forwarding forwarding, String address) {
    this.forwarding = forwarding;
    this.address = address;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      var begun = new Exchange(forwarding, this, request);
      exchange = begun;
      begun.start();
    } else if (message instanceof HttpContent content && exchange != null) {
      waiting.add(content);
      takeWaiting();
    } else {
      // The rest of a request that is answered.
      ReferenceCountUtil.release(message);
    }
    readOrPause();
  }

  private void takeWaiting() {
    Exchange current = exchange;
    while (current != null && !waiting.isEmpty() && current.wantsBody()) {
      current.requestBody(waiting.remove());
      current = exchange;
    }
  }

  /** What is not read stays within the window that this stream has. */
  private void readOrPause() {
    Exchange current = exchange;
    if (current == null || current.takesInput()) {
      Reading.resume(channel());
    } else {
      Reading.pause(channel());
    }
  }

  @Override
  public void resume() {
    takeWaiting();
    if (exchange != null) {
      exchange.requestReadComplete();
    }
    readOrPause();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.requestReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.clientTakesMore();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
    dropWaiting();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Reset by the client, or the connection is gone.
    ctx.close();
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void finished(boolean reusable, boolean bodyLeft) {
    exchange = null;
    dropWaiting();
    if (bodyLeft) {
      // RFC 9113, section 8.1: the answer is whole, the rest of the request is not wanted.
      context()
          .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void cut() {
    exchange = null;
    context()
        .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void becomeTunnel() {
    throw new IllegalStateException(
        "HTTP/2 has no upgrades; requests that ask for one are refused");
  }

  @Override
  public ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("Not in a pipeline yet");
    }
    return ctx;
  }

  @Override
  public BackendPool pool() {
    return forwarding.pool(channel().eventLoop());
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public boolean isEncrypted() {
    return true;
  }

  @Override
  public String protocol(HttpRequest request) {
    return "HTTP/2";
  }

  @Override
  public void answersHead(boolean head) {
    // Frames say where an answer ends, whatever its headers say.
  }

  @Override
  public boolean hasWaiting() {
    return !waiting.isEmpty();
  }
}
