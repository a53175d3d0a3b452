package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Target;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The end of a connection to a backend: what it says goes to the exchange that holds it. */
final class BackendConnection extends ChannelInboundHandlerAdapter {

  private final Channel channel;
  private final Target target;
  private final BackendPool pool;
  private @Nullable Exchange exchange;
  private boolean released;

  /** When it began to wait for its next request. */
  private long idleSince;

  BackendConnection(Channel channel, Target target, BackendPool pool) {
    this.channel = channel;
    this.target = target;
    this.pool = pool;
  }

  Channel channel() {
    return channel;
  }

  Target target() {
    return target;
  }

  /** How long it has waited for its next request, in nanoseconds. */
  long waited() {
    return System.nanoTime() - idleSince;
  }

  /** Says whose answers come from now on; null for nobody's. */
  void give(@Nullable Exchange next) {
    exchange = next;
  }

  /**
   * The answer is whole.
   *
   * @param reusable whether there may be a next request; that is known only when nothing more came
   *     with the answer
   */
  void release(boolean reusable) {
    exchange = null;
    released = reusable;
    if (!reusable) {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Exchange current = exchange;
    if (current == null) {
      // Nobody asked: the connection can't be trusted any more.
      released = false;
      ReferenceCountUtil.release(message);
      ctx.close();
      return;
    }
    // A full response is both.
    if (message instanceof HttpResponse response) {
      current.response(response);
    }
    if (message instanceof HttpContent content) {
      Exchange after = exchange;
      if (after == null) {
        content.release();
      } else {
        after.responseBody(content);
      }
    } else if (!(message instanceof HttpResponse)) {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.responseReadComplete();
    } else if (released) {
      released = false;
      idleSince = System.nanoTime();
      pool.put(this);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.backendTakesMore();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      // A backend that ended its half says nothing any more.
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    exchange = null;
    if (current == null) {
      pool.remove(this);
    } else {
      current.backendFailed(new IOException("socket hang up"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Exchange current = exchange;
    exchange = null;
    ctx.close();
    if (current != null) {
      current.backendFailed(cause);
    }
  }
}
