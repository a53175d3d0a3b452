package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Target;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks another server for the page of an error, once. All on one event loop; there is exactly one
 * result.
 */
final class PageRequest extends SimpleChannelInboundHandler<FullHttpResponse>
    implements Connector.Result {

  /** What comes of it. */
  interface Result {
    void found(ErrorPages.Page page);

    void failed(Throwable cause);
  }

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_PAGE = 4 << 20;

  private final String uri;
  private final String host;
  private final Result result;
  private @Nullable Channel channel;
  private @Nullable Future<?> limit;
  private boolean over;

  private PageRequest(String uri, String host, Result result) {
    this.uri = uri;
    this.host = host;
    this.result = result;
  }

  /**
   * Asks {@code <server>/<status>?url=<url>}.
   *
   * @param url what the client asked for, as it stood in the request
   */
  static void send(
      Connector connector, EventLoop loop, Target server, int status, String url, Result result) {
    String query = "?url=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
    String uri = new RequestPath("/" + status, Optional.empty(), query).outgoing("", server.path());
    // The path of a socket is no host that a server could know.
    String host = server.socket().isPresent() ? "localhost" : server.authority();
    var request = new PageRequest(uri, host, result);
    request.limit =
        loop.schedule(
            () -> request.fail(new IOException("no answer within " + LIMIT.toSeconds() + " s")),
            LIMIT.toMillis(),
            TimeUnit.MILLISECONDS);
    connector.connect(server, loop, request);
  }

  @Override
  public void connected(Channel connected) {
    if (over) {
      connected.close();
      return;
    }
    channel = connected;
    connected.pipeline().addLast(new HttpObjectAggregator(MAX_PAGE), this);
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, uri, Unpooled.EMPTY_BUFFER);
    request
        .headers()
        .set(HttpHeaderNames.HOST, host)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    connected.writeAndFlush(request, connected.voidPromise());
  }

  @Override
  public void failed(Throwable cause) {
    fail(cause);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
    if (answer.decoderResult().isFailure()) {
      fail(answer.decoderResult().cause());
    } else if (answer.status().code() >= 200 && end()) {
      result.found(
          new ErrorPages.Page(
              answer.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
              answer.headers().get(HttpHeaderNames.CONTENT_ENCODING, ""),
              ByteBufUtil.getBytes(answer.content())));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(new IOException("socket hang up"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause);
  }

  private void fail(Throwable cause) {
    if (end()) {
      result.failed(cause);
    }
  }

  /** Whether this is the end; false when it came before. */
  private boolean end() {
    boolean first = !over;
    over = true;
    if (limit != null) {
      limit.cancel(false);
    }
    if (channel != null) {
      channel.close();
    }
    return first;
  }
}
