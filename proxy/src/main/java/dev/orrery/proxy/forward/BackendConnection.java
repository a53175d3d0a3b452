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

  private final Target target;
  private final BackendPool pool;
  private @Nullable Exchange exchange;
  private boolean released;

  BackendConnection(Target target, BackendPool pool) {
    this.target = target;
    this.pool = pool;
  }

  /** Says whose answers come from now on; null for nobody's. */
  static void give(Channel channel, @Nullable Exchange exchange) {
    channel.pipeline().get(BackendConnection.class).exchange = exchange;
  }

  /**
   * The answer is whole.
   *
   * @param reusable whether there may be a next request; that is known only when nothing more came
   *     with the answer
   */
  static void release(Channel channel, boolean reusable) {
    BackendConnection connection = channel.pipeline().get(BackendConnection.class);
    connection.exchange = null;
    connection.released = reusable;
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
      pool.put(target, ctx.channel());
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
      pool.remove(target, ctx.channel());
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
