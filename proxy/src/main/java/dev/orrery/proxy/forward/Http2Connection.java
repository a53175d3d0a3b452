package dev.orrery.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a client that speaks HTTP/2: makes a {@link ClientStream} of each stream, and
 * closes the connection when there has been none for some time. WebSockets over it are not offered
 * (RFC 8441), upon which browsers open a connection of HTTP/1 for each.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {

  private static final int MAX_STREAMS = 128;

  /** What a client may send before it is passed on: of one stream, and of all together. */
  private static final int STREAM_WINDOW = 256 * 1024;

  private static final int CONNECTION_WINDOW = 512 * 1024;

  private final Forwarding forwarding;
  private int streams;
  private @Nullable ScheduledFuture<?> idle;

  private Http2Connection(Forwarding forwarding) {
    this.forwarding = forwarding;
  }

  /** Puts into a pipeline what it needs to speak HTTP/2. */
  static void configure(ChannelHandlerContext ctx, Forwarding forwarding, String address)
      throws Http2Exception {
    ForwardOptions options = forwarding.options();
    var connection = new Http2Connection(forwarding);
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .initialWindowSize(STREAM_WINDOW)
                    .maxHeaderListSize(options.limits().headerBytes()))
            .validateHeaders(true)
            .gracefulShutdownTimeoutMillis(Forwarding.LAST_STREAMS.toMillis())
            .build();
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addLast(codec);
    pipeline.addLast(
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                connection.opened(ctx, stream);
                if (!options.limits().stall().isZero()) {
                  stream.pipeline().addLast(new StallWatch(options.limits().stall()));
                }
                stream
                    .pipeline()
                    .addLast(new StreamCodec())
                    .addLast(new ClientStream(forwarding, address));
              }
            }));
    pipeline.addLast(connection);
    Http2Stream whole = codec.connection().connectionStream();
    codec
        .connection()
        .local()
        .flowController()
        .incrementWindowSize(
            whole,
            CONNECTION_WINDOW - codec.connection().local().flowController().windowSize(whole));
    connection.closeLater(ctx, options.limits().headTime());
  }

  private void opened(ChannelHandlerContext ctx, Channel stream) {
    streams++;
    stopWaiting();
    stream
        .closeFuture()
        .addListener(_ -> {
          streams--;
          if (streams == 0) {
            closeLater(ctx, forwarding.options().keepAliveTimeout());
          }
        });
  }

  private void closeLater(ChannelHandlerContext ctx, Duration time) {
    stopWaiting();
    idle =
        ctx.executor()
            .schedule(() -> ctx.channel().close(), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stopWaiting() {
    if (idle != null) {
      idle.cancel(false);
      idle = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    // Settings, pings and the like; the codec has done what they ask for.
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Forwarding.Drain.NOW) {
      // Tells the client to open no more streams, and waits for those that are open.
      ctx.channel().close();
      return;
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopWaiting();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
