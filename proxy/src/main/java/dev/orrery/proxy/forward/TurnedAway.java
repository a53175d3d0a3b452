package dev.orrery.proxy.forward;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A connection too many: says so to whatever comes first, and ends. */
final class TurnedAway extends ChannelInboundHandlerAdapter {

  /** For a request, so that a client is reading when it is answered; then for taking the answer. */
  private static final Duration TIME = Duration.ofSeconds(2);

  private final Refusal refusal;
  private boolean answered;

  TurnedAway(Refusal refusal) {
    this.refusal = refusal;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.executor().schedule(() -> ctx.close(), TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    if (answered) {
      return;
    }
    answered = true;
    var answer = OwnAnswer.of(refusal).message(false);
    answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
