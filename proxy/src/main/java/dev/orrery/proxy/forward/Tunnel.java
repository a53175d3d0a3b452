package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * One direction of a connection that became something else than HTTP: what comes in goes to the
 * peer, no faster than the peer takes it.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

  private final Channel peer;
  private final Route route;
  private final Optional<FrameTracker> frames;

  /**
   * Makes one direction.
   *
   * @param peer where everything goes
   * @param frames told of what goes to a client, if it is a WebSocket
   */
  Tunnel(Channel peer, Route route, Optional<FrameTracker> frames) {
    this.peer = peer;
    this.route = route;
    this.frames = frames;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf data)) {
      // The end of the response that began the tunnel.
      ReferenceCountUtil.release(message);
      return;
    }
    frames.ifPresent(tracker -> tracker.passed(data));
    route.active(System.currentTimeMillis());
    peer.write(message, peer.voidPromise());
    if (!peer.isWritable()) {
      Reading.pause(ctx.channel());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    peer.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      Reading.resume(peer);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && peer instanceof DuplexChannel duplex) {
      // After what is still to be written.
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> {
            duplex.shutdownOutput();
            if (duplex.isInputShutdown()) {
              ctx.close();
              peer.close();
            }
          });
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The connection is gone or of no use; its end closes the other one.
    ctx.close();
  }
}
