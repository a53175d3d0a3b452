package dev.orrery.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Tells the client of a WebSocket, when the proxy ends, that it may come back. */
final class WebSocketEnd extends ChannelInboundHandlerAdapter {

  /** A final closing frame, unmasked, of two bytes: 1001, going away. RFC 6455, section 5.5.1. */
  private static final ByteBuf GOING_AWAY =
      Unpooled.unreleasableBuffer(
              Unpooled.wrappedBuffer(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xe9}))
          .asReadOnly();

  private final FrameTracker frames;

  WebSocketEnd(FrameTracker frames) {
    this.frames = frames;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Forwarding.Drain.NOW) {
      // In the middle of a frame it would be taken for a part of it.
      Object last = frames.isBetweenFrames() ? GOING_AWAY.duplicate() : Unpooled.EMPTY_BUFFER;
      ctx.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    ctx.fireUserEventTriggered(event);
  }
}
