package dev.orrery.proxy.api;

import dev.orrery.proxy.api.Endpoint.Answer;
import dev.orrery.proxy.api.Endpoint.Request;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One connection to an {@link Endpoint}: bounded requests, one after the other, each answered
 * before the next is looked at.
 */
final class EndpointConnection extends ChannelInboundHandlerAdapter {

  /** What is given for a body that nobody wants before the connection is closed instead. */
  private static final int MAX_SKIPPED = 1 << 16;

  private static final System.Logger LOG = System.getLogger(EndpointConnection.class.getName());
  private static final Request BROKEN = new Request("-", "-", "", "");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

  private enum State {
    HEAD,
    BODY,
    SKIP,
    ANSWER,
    CLOSED
  }

  private final Endpoint endpoint;
  private final Executor thread;
  private final Queue<HttpObject> waiting = new ArrayDeque<>();
  private State state = State.HEAD;
  private Request request = BROKEN;
  private boolean keepAlive;
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private int skipped;
  private boolean ended;

  EndpointConnection(Endpoint endpoint, Executor thread) {
    this.endpoint = endpoint;
    this.thread = thread;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    waiting.add((HttpObject) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    goOn(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    goOn(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.CLOSED;
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  /** Does what can be done now, then asks for more. */
  private void goOn(ChannelHandlerContext ctx) {
    while (isReady(ctx) && !waiting.isEmpty()) {
      HttpObject next = waiting.remove();
      try {
        read(ctx, next);
      } finally {
        ReferenceCountUtil.release(next);
      }
    }
    if (isReady(ctx)) {
      if (ended) {
        state = State.CLOSED;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      } else {
        ctx.read();
      }
    }
  }

  /** A client that does not take its answers gets no further ones. */
  private boolean isReady(ChannelHandlerContext ctx) {
    return state != State.CLOSED && state != State.ANSWER && ctx.channel().isWritable();
  }

  private void read(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      broken(ctx, message.decoderResult().cause());
      return;
    }
    if (message instanceof HttpRequest head) {
      head(ctx, head);
    }
    if (message instanceof HttpContent content && state != State.CLOSED) {
      content(ctx, content);
    }
  }

  private void broken(ChannelHandlerContext ctx, Throwable cause) {
    keepAlive = false;
    Request broken = state == State.HEAD ? BROKEN : request;
    int status =
        switch (cause) {
          case TooLongHttpLineException _ -> 414;
          case TooLongHttpHeaderException _ -> 431;
          default -> 400;
        };
    LOG.log(System.Logger.Level.DEBUG, "Broken request: {0}", cause.getMessage());
    if (state == State.SKIP) {
      close(ctx);
    } else {
      write(ctx, broken, Answer.empty(status));
    }
  }

  private void head(ChannelHandlerContext ctx, HttpRequest head) {
    HttpHeaders headers = head.headers();
    var authorizations = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    request =
        new Request(
            head.method().name(),
            head.uri(),
            headers.get(HttpHeaderNames.HOST, ""),
            authorizations.isEmpty() ? "" : authorizations.getFirst());
    keepAlive = HttpUtil.isKeepAlive(head);
    body = new ByteArrayOutputStream(0);
    skipped = 0;
    Optional<Answer> refusal = protocolRefusal(head, authorizations.size());
    if (refusal.isPresent()) {
      keepAlive = false;
      write(ctx, request, refusal.get());
      return;
    }
    Optional<Answer> early = guarded(request, () -> endpoint.beforeBody(request), Optional::of);
    boolean expectsContinue = HttpUtil.is100ContinueExpected(head);
    if (early.isPresent()) {
      // What waits for a go-ahead is not sent now; the next bytes may be it or not, so none are.
      keepAlive &= !expectsContinue;
      write(ctx, request, early.get());
      state = state == State.CLOSED ? state : State.SKIP;
      return;
    }
    if (HttpUtil.getContentLength(head, 0L) > endpoint.mostBytes(request)) {
      tooLarge(ctx);
      return;
    }
    state = State.BODY;
    if (expectsContinue) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  /** What no request may have, whatever it asks. */
  private static Optional<Answer> protocolRefusal(HttpRequest head, int authorizations) {
    HttpHeaders headers = head.headers();
    if (head.protocolVersion().majorVersion() != 1) {
      return Optional.of(Answer.empty(505));
    }
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return Optional.of(Answer.refused(400, "One Host header is expected, not " + hosts));
    }
    if (authorizations > 1) {
      return Optional.of(
          Answer.refused(400, "One Authorization header is expected, not " + authorizations));
    }
    if (headers.contains(HttpHeaderNames.EXPECT) && !HttpUtil.is100ContinueExpected(head)) {
      return Optional.of(Answer.empty(417));
    }
    return Optional.empty();
  }

  private void content(ChannelHandlerContext ctx, HttpContent content) {
    int size = content.content().readableBytes();
    boolean last = content instanceof LastHttpContent;
    if (state == State.SKIP) {
      skipped += size;
      if (skipped > MAX_SKIPPED) {
        close(ctx);
      } else if (last) {
        state = State.HEAD;
      }
      return;
    }
    if (state != State.BODY) {
      return;
    }
    if (body.size() + size > endpoint.mostBytes(request)) {
      tooLarge(ctx);
      return;
    }
    try {
      content.content().readBytes(body, size);
    } catch (IOException e) {
      throw new IllegalStateException("Memory can be written to", e);
    }
    if (last) {
      byte[] whole = body.toByteArray();
      body = new ByteArrayOutputStream(0);
      state = State.ANSWER;
      answer(ctx, request, whole);
    }
  }

  private void answer(ChannelHandlerContext ctx, Request asked, byte[] whole) {
    thread.execute(() -> {
      Answer answer = guarded(asked, () -> endpoint.answer(asked, whole), made -> made);
      endpoint.answered(asked, answer);
      ctx.executor()
          .execute(() -> {
            if (state == State.ANSWER) {
              state = State.HEAD;
              send(ctx, answer);
              goOn(ctx);
            }
          });
    });
  }

  private void tooLarge(ChannelHandlerContext ctx) {
    keepAlive = false;
    int most = endpoint.mostBytes(request);
    write(ctx, request, Answer.refused(413, "The body is larger than " + most + " bytes"));
  }

  /** A fault of ours is answered, too: a connection never just hangs. */
  private static <T> T guarded(Request request, Supplier<T> work, Function<Answer, T> instead) {
    try {
      return work.get();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "Error in handler for " + request.method() + " " + request.path(),
          e);
      return instead.apply(Answer.refused(500, "Internal Server Error"));
    }
  }

  private void write(ChannelHandlerContext ctx, Request to, Answer answer) {
    endpoint.answered(to, answer);
    send(ctx, answer);
  }

  private void send(ChannelHandlerContext ctx, Answer answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.DATE, DATE.format(ZonedDateTime.now(ZoneOffset.UTC)));
    answer.headers().forEach(headers::set);
    if (answer.status() != 204) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    headers.set(HttpHeaderNames.CONNECTION, keepAlive ? "keep-alive" : "close");
    var written = ctx.writeAndFlush(response);
    if (!keepAlive) {
      state = State.CLOSED;
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void close(ChannelHandlerContext ctx) {
    state = State.CLOSED;
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      close(ctx);
    } else if (event instanceof ChannelInputShutdownEvent) {
      ended = true;
      goOn(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.log(System.Logger.Level.DEBUG, "A connection ended: {0}", cause.toString());
    close(ctx);
  }
}
