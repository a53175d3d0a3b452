package dev.orrery.proxy.forward;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the connection of a client that takes nothing of what is there for it. Until then its
 * backend waits, and so does memory here and there.
 */
final class StallWatch extends ChannelInboundHandlerAdapter {

  private static final System.Logger LOG = System.getLogger(StallWatch.class.getName());

  private final Duration limit;
  private @Nullable ScheduledFuture<?> check;

  /** How much has to go before more is taken, when it was last looked at. */
  private long left;

  StallWatch(Duration limit) {
    this.limit = limit;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    stop();
    if (!ctx.channel().isWritable()) {
      lookLater(ctx);
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }

  private void lookLater(ChannelHandlerContext ctx) {
    left = ctx.channel().bytesBeforeWritable();
    check = ctx.executor().schedule(() -> look(ctx), limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    check = null;
    if (ctx.channel().bytesBeforeWritable() < left) {
      lookLater(ctx);
    } else {
      LOG.log(
          System.Logger.Level.DEBUG,
          () -> "A client took nothing for " + limit.toSeconds() + " s: " + ctx.channel());
      ctx.close();
    }
  }

  private void stop() {
    if (check != null) {
      check.cancel(false);
      check = null;
    }
  }
}
