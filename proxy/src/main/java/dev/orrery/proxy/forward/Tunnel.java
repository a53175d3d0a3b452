package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection that became something else than HTTP: what comes in goes to the
 * peer, no faster than the peer takes it.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

  private final Channel peer;
  private final Route route;
  private final Account account;
  private final boolean toClient;

  /** Told of what goes to a client, if it is a WebSocket. */
  private final @Nullable FrameTracker frames;

  private Tunnel(
      Channel peer, Route route, Account account, boolean toClient, @Nullable FrameTracker frames) {
    this.peer = peer;
    this.route = route;
    this.account = account;
    this.toClient = toClient;
    this.frames = frames;
  }

  /** Turns two connections that speak HTTP into the two ends of one stream. */
  static void join(
      Client client, BackendConnection backend, Route route, Account account, boolean webSocket) {
    Channel from = client.channel();
    Channel to = backend.channel();
    FrameTracker frames = webSocket ? new FrameTracker() : null;
    // Handlers that turn bytes into messages pass on what they still hold when they are removed.
    ChannelPipeline clientSide = from.pipeline();
    clientSide.addLast(new Tunnel(to, route, account, false, null));
    if (frames != null) {
      clientSide.addLast(new WebSocketEnd(frames));
    }
    ChannelPipeline backendSide = to.pipeline();
    backendSide.addLast(new Tunnel(from, route, account, true, frames));
    client.becomeTunnel();
    backendSide.remove(backend);
    backendSide.remove(HttpClientCodec.class);
    Reading.resume(from);
    Reading.resume(to);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf data)) {
      // The end of the response that began the tunnel.
      ReferenceCountUtil.release(message);
      return;
    }
    if (frames != null) {
      frames.passed(data);
    }
    if (toClient) {
      account.sent(data.readableBytes());
    } else {
      account.received(data.readableBytes());
    }
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
    account.close();
    peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The connection is gone or of no use; its end closes the other one.
    ctx.close();
  }
}
