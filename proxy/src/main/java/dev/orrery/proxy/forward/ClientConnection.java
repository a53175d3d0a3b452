package dev.orrery.proxy.forward;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one client: its requests one after the other, each an {@link Exchange}. Nothing
 * is read that has nowhere to go. All on the connection's event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements Client {

  /** How long the rest of a refused body is read, so that the client sees the answer. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Forwarding forwarding;
  private final StrictRequestDecoder decoder;
  private final ResponseEncoder encoder;
  private final String address;
  private final boolean tls;

  /** What came before its turn; at most what one read brought. */
  private final Queue<HttpObject> waiting = new ArrayDeque<>();

  private @Nullable ChannelHandlerContext context;
  private @Nullable BackendPool pool;
  private @Nullable Exchange exchange;
  private long deadline;
  private @Nullable ScheduledFuture<?> check;

  /** Whether the deadline is that of a head, and not of a connection without a request. */
  private boolean inHead = true;

  private boolean lingering;
  private boolean inputOver;
  private boolean handling;

  ClientConnection(
      Forwarding forwarding,
      StrictRequestDecoder decoder,
      ResponseEncoder encoder,
      String address,
      boolean tls) {
    this.forwarding = forwarding;
    this.decoder = decoder;
    this.encoder = encoder;
    this.address = address;
    this.tls = tls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    pool = forwarding.pool(ctx.channel().eventLoop());
    closeAfter(forwarding.options().limits().headTime());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (lingering || !(message instanceof HttpObject object)) {
      ReferenceCountUtil.release(message);
      return;
    }
    waiting.add(object);
    takeWaiting();
    readOrPause();
  }

  /** Reads on unless there is already more than can be passed on: what waits here is bounded. */
  private void readOrPause() {
    Exchange current = exchange;
    boolean read = lingering || current == null || current.takesInput();
    if (read) {
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

  /** Hands on what waits, as far as it is its turn. */
  private void takeWaiting() {
    if (handling) {
      return;
    }
    handling = true;
    try {
      while (!waiting.isEmpty() && !lingering) {
        Exchange current = exchange;
        if (current != null && !current.wantsBody()) {
          return;
        }
        HttpObject next = waiting.remove();
        if (current != null && next instanceof HttpContent content) {
          current.requestBody(content);
        } else if (current == null && next instanceof HttpRequest request) {
          begin(request);
        } else {
          // The end of a message that was refused at its head.
          ReferenceCountUtil.release(next);
        }
      }
    } finally {
      handling = false;
    }
  }

  private void begin(HttpRequest request) {
    deadline = 0;
    inHead = false;
    var begun = new Exchange(forwarding, this, request);
    exchange = begun;
    begun.start();
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
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputOver = true;
      if (exchange == null || lingering) {
        ctx.close();
      } else if (waiting.stream().noneMatch(LastHttpContent.class::isInstance)) {
        exchange.clientEndedInput();
      }
    } else if (event == Forwarding.Drain.NOW && exchange == null) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.clientGone();
    }
    dropWaiting();
    stopChecking();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Resets, broken TLS: nothing that could still be answered.
    ctx.close();
  }

  @Override
  public void finished(boolean reusable, boolean bodyLeft) {
    exchange = null;
    if (bodyLeft && !inputOver) {
      linger();
    } else if (!reusable || inputOver || forwarding.isDraining()) {
      channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      closeAfter(forwarding.options().keepAliveTimeout());
      resume();
    }
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  /** Closing with bytes unread would reset the connection and take the answer away. */
  private void linger() {
    lingering = true;
    closeAfter(LINGER);
    channel()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(_ -> {
          if (channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
          }
        });
    dropWaiting();
    Reading.resume(channel());
  }

  @Override
  public void cut() {
    exchange = null;
    channel().close();
  }

  private void closeAfter(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
    ScheduledFuture<?> running = check;
    if (running == null || running.getDelay(TimeUnit.NANOSECONDS) > time.toNanos()) {
      stopChecking();
      checkAfter(time.toNanos());
    }
  }

  /** Until its time the check would hold all of this, also when the connection is long gone. */
  private void stopChecking() {
    if (check != null) {
      check.cancel(false);
      check = null;
    }
  }

  /** One timer per connection, that looks again when the time was put off meanwhile. */
  private void checkAfter(long nanos) {
    check =
        channel()
            .eventLoop()
            .schedule(
                () -> {
                  check = null;
                  if (deadline == 0 || !channel().isOpen()) {
                    return;
                  }
                  long left = deadline - System.nanoTime();
                  if (left <= 0 && !inHead && decoder.hasBegun()) {
                    // A request that comes in pieces, the first of them just in time.
                    inHead = true;
                    closeAfter(forwarding.options().limits().headTime());
                  } else if (left <= 0) {
                    channel().close();
                  } else {
                    checkAfter(left);
                  }
                },
                nanos,
                TimeUnit.NANOSECONDS);
  }

  /** This and its codecs step aside. */
  @Override
  public void becomeTunnel() {
    exchange = null;
    stopChecking();
    ChannelPipeline pipeline = channel().pipeline();
    boolean early = !waiting.isEmpty();
    dropWaiting();
    pipeline.remove(this);
    pipeline.remove(decoder);
    pipeline.remove(encoder);
    if (early) {
      // It did not wait for the answer; what it said was read as the wrong thing.
      pipeline.channel().close();
    }
  }

  @Override
  public ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("Not active yet");
    }
    return ctx;
  }

  @Override
  public boolean isEncrypted() {
    return tls;
  }

  @Override
  public boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  @Override
  public BackendPool pool() {
    BackendPool own = pool;
    if (own == null) {
      throw new IllegalStateException("Not active yet");
    }
    return own;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public String protocol(HttpRequest request) {
    return request.protocolVersion().text();
  }

  @Override
  public void answersHead(boolean head) {
    encoder.answersHead(head);
  }
}
