package dev.orrery.proxy.forward;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and its response. Either side is read only as fast as the other takes it.
 * All on the event loop of the client's connection.
 */
final class Exchange {

  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  /** A backend may be closing a connection that waited; who can't ask twice takes a fresh one. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final Duration ANY = Duration.ofSeconds(60);

  /** What may be asked again when nothing came back; RFC 9110, section 9.2.2. */
  private static final Set<HttpMethod> REPEATABLE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final Forwarding forwarding;
  private final ClientConnection client;
  private final HttpRequest request;
  private final HttpMethod method;
  private final String uri;
  private final String host;
  private final boolean keepAlive;

  /** Whether the client said so itself; then it is told that it has it. */
  private final boolean askedForKeepAlive;

  private final boolean upgrade;
  private final boolean hasBody;

  /** A client of HTTP/1.0; the request itself gets our version on its way. */
  private final boolean old;

  private @Nullable Route route;
  private @Nullable BackendConnection backend;
  private boolean reusedBackend;
  private boolean bodySent;
  private boolean requestDone;
  private boolean answering;
  private boolean refused;
  private boolean over;
  private boolean interim;
  private @Nullable HttpResponse response;
  private boolean clientReusable;
  private boolean backendReusable;
  private long lastProgress;

  Exchange(Forwarding forwarding, ClientConnection client, HttpRequest request) {
    this.forwarding = forwarding;
    this.client = client;
    this.request = request;
    this.method = request.method();
    this.uri = request.uri();
    this.host = request.headers().get(HttpHeaderNames.HOST, "");
    this.keepAlive = HttpUtil.isKeepAlive(request);
    this.askedForKeepAlive =
        request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
    this.upgrade = Headers.asksForUpgrade(request);
    this.old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    this.hasBody =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
  }

  // ---- the request

  void start() {
    Refusal refusal = Refusal.of(request);
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    if (uri.equals("/_chp_healthz")) {
      answer(
          HttpResponseStatus.OK,
          new ErrorPages.Page("application/json", "", "{\"status\":\"OK\"}".getBytes(US_ASCII)));
      return;
    }
    Optional<RequestPath> path = RequestPath.parse(uri, host);
    if (path.isEmpty()) {
      refuse(Refusal.TARGET);
      return;
    }
    if (upgrade) {
      forwarding.events().upgradeRequest();
    } else {
      forwarding.events().webRequest();
    }
    if (path.get().decoded().isEmpty()) {
      // No route can have it, and backends would read it in different ways.
      fail(500, "The path is not percent-encoded UTF-8");
      return;
    }
    long begun = System.nanoTime();
    Optional<Route> found = forwarding.routes().find(routed(path.get().decoded().get()));
    forwarding.events().lookedUp(System.nanoTime() - begun);
    if (found.isEmpty()) {
      fail(404, "");
      return;
    }
    route = found.get();
    prepare(path.get(), found.get());
    if (LOG.isLoggable(DEBUG)) {
      String kind = upgrade ? "WS " : "WEB ";
      LOG.log(
          DEBUG, "PROXY " + kind + path.get().raw() + " to " + found.get().target().authority());
    }
    connect(REPEATABLE.contains(method) && !hasBody ? ANY : FRESH);
  }

  private String routed(String path) {
    if (!forwarding.options().hostRouting()) {
      return path;
    }
    int colon = host.indexOf(':');
    return "/" + (colon < 0 ? host : host.substring(0, colon)) + path;
  }

  /** Makes the request the one that the backend gets. */
  private void prepare(RequestPath path, Route found) {
    ForwardOptions options = forwarding.options();
    Target target = found.target();
    String prefix = "";
    if (!options.includePrefix()) {
      prefix = found.path();
      int afterHost = options.hostRouting() ? prefix.indexOf('/', 1) : 0;
      prefix = afterHost < 0 ? "" : prefix.substring(afterHost);
    }
    request.setUri(path.outgoing(prefix, options.prependPath() ? target.path() : "/"));
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
    HttpHeaders headers = request.headers();
    String upgradeTo = upgrade ? headers.get(HttpHeaderNames.UPGRADE) : null;
    Headers.removeHopByHop(headers);
    if (upgradeTo != null) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, upgradeTo);
    }
    if (options.forwardedHeaders()) {
      Headers.addForwarded(headers, client.address(), host, client.isEncrypted());
    }
    // A client of HTTP/1.0 may leave it out, we may not.
    if (options.changeOrigin() || host.isEmpty()) {
      headers.set(HttpHeaderNames.HOST, target.authority());
    }
    Headers.addCustom(headers, options.customHeaders());
  }

  /**
   * Gets a connection to the backend.
   *
   * @param longest how long a connection may have waited to be used again
   */
  private void connect(Duration longest) {
    Target target = route().target();
    BackendPool pool = client.pool();
    BackendConnection waiting = pool.take(target, longest);
    if (waiting != null) {
      reusedBackend = true;
      send(waiting);
      return;
    }
    reusedBackend = false;
    forwarding
        .connector()
        .connect(
            target,
            client.channel().eventLoop(),
            new Connector.Result() {
              @Override
              public void connected(Channel channel) {
                if (over) {
                  channel.close();
                  return;
                }
                var connection = new BackendConnection(channel, target, pool);
                channel.pipeline().addLast(connection);
                send(connection);
              }

              @Override
              public void failed(Throwable cause) {
                if (!over) {
                  fail(503, String.valueOf(cause.getMessage()));
                }
              }
            });
  }

  private void send(BackendConnection connection) {
    backend = connection;
    connection.give(this);
    Channel channel = connection.channel();
    progress();
    watchSilence();
    // Kept for a second try: the encoder changes nothing about it.
    channel.write(request, channel.voidPromise());
    if (requestDone) {
      channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
    } else {
      client.resume();
    }
    channel.flush();
  }

  /** Whether {@link #requestBody} may be called now. */
  boolean wantsBody() {
    return backend != null && !requestDone && !answering;
  }

  /** Whether more is to be read from the client. */
  boolean takesInput() {
    BackendConnection to = backend;
    if (answering) {
      return false;
    }
    if (upgrade) {
      // What comes next may be no HTTP; it waits until that is known.
      return !requestDone;
    }
    // When the request is whole, what comes is the next one, or the end of the connection.
    return requestDone ? !client.hasWaiting() : to != null && to.channel().isWritable();
  }

  void requestBody(HttpContent content) {
    BackendConnection to = backend;
    if (to == null || content.decoderResult().isFailure()) {
      content.release();
      refuse(Refusal.BODY);
      return;
    }
    progress();
    boolean last = content instanceof LastHttpContent;
    if (content.content().isReadable()) {
      bodySent = true;
      route().active(System.currentTimeMillis());
    }
    requestDone = last;
    to.channel().write(content, to.channel().voidPromise());
  }

  void requestReadComplete() {
    if (backend != null) {
      backend.channel().flush();
    }
  }

  void backendTakesMore() {
    client.resume();
  }

  // ---- the response

  void response(HttpResponse answer) {
    progress();
    if (answer.decoderResult().isFailure()) {
      backendFailed(answer.decoderResult().cause());
      return;
    }
    int status = answer.status().code();
    if (status == 101) {
      if (upgrade) {
        switchProtocols(answer);
      } else {
        backendFailed(new IllegalStateException("101 without an upgrade"));
      }
      return;
    }
    if (status < 200) {
      interim = true;
      passInterim(answer);
      return;
    }
    if (!Headers.isFramedPlainly(answer.headers())) {
      backendFailed(new IOException("a transfer coding other than chunked"));
      return;
    }
    response = answer;
    forwarding.events().answered(status);
    backendReusable = HttpUtil.isKeepAlive(answer) && !upgrade;
    HttpHeaders headers = answer.headers();
    Headers.removeHopByHop(headers);
    Redirects.rewrite(status, headers, route().target(), host, forwarding.options());
    boolean framed = frame(answer);
    clientReusable = framed && keepAlive && !upgrade && !forwarding.isDraining();
    tellReuse(headers, clientReusable);
    answer.setProtocolVersion(HttpVersion.HTTP_1_1);
    client.encoder().answersHead(method.equals(HttpMethod.HEAD));
    write(answer);
  }

  private void tellReuse(HttpHeaders headers, boolean reusable) {
    if (!reusable) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (askedForKeepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  /** Sees to it that the client knows where the body ends; false if that is where we close. */
  private boolean frame(HttpResponse answer) {
    int status = answer.status().code();
    boolean empty = method.equals(HttpMethod.HEAD) || status == 204 || status == 304;
    if (empty || HttpUtil.isContentLengthSet(answer)) {
      return true;
    }
    if (old) {
      HttpUtil.setTransferEncodingChunked(answer, false);
      return false;
    }
    HttpUtil.setTransferEncodingChunked(answer, true);
    return true;
  }

  private void passInterim(HttpResponse answer) {
    if (old) {
      return;
    }
    Headers.removeHopByHop(answer.headers());
    passHead(answer);
  }

  /** Passes on an answer that is nothing but a head, and after which others come. */
  private void passHead(HttpResponse answer) {
    client.encoder().answersHead(false);
    client
        .context()
        .writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                answer.status(),
                Unpooled.EMPTY_BUFFER,
                answer.headers(),
                EmptyHttpHeaders.INSTANCE));
  }

  void responseBody(HttpContent content) {
    if (interim) {
      interim = !(content instanceof LastHttpContent);
      content.release();
      return;
    }
    if (over || response == null) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      Throwable cause = content.decoderResult().cause();
      content.release();
      backendFailed(cause);
      return;
    }
    progress();
    boolean last = content instanceof LastHttpContent;
    write(content);
    BackendConnection from = backend;
    if (last) {
      complete();
    } else if (from != null && !client.channel().isWritable()) {
      Reading.pause(from.channel());
    }
  }

  private void write(Object message) {
    ChannelHandlerContext ctx = client.context();
    ctx.write(message, ctx.voidPromise());
  }

  void responseReadComplete() {
    client.context().flush();
  }

  void clientTakesMore() {
    if (backend != null) {
      Reading.resume(backend.channel());
    }
  }

  private void complete() {
    HttpResponse answer = response;
    if (answer != null && answer.status().code() < 300) {
      route().active(System.currentTimeMillis());
    }
    over = true;
    releaseBackend(backendReusable && requestDone);
    client.context().flush();
    client.finished(clientReusable, !requestDone);
  }

  // ---- becoming a tunnel

  private void switchProtocols(HttpResponse answer) {
    BackendConnection used = backend;
    if (used == null) {
      return;
    }
    Channel to = used.channel();
    forwarding.events().answered(101);
    over = true;
    backend = null;
    boolean webSocket =
        answer.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    Optional<FrameTracker> frames = webSocket ? Optional.of(new FrameTracker()) : Optional.empty();
    passHead(answer);
    Channel from = client.channel();
    used.give(null);
    // Handlers that turn bytes into messages pass on what they still hold when they are removed.
    ChannelPipeline clientSide = from.pipeline();
    clientSide.addLast(new Tunnel(to, route(), Optional.empty()));
    if (frames.isPresent()) {
      clientSide.addLast(new WebSocketEnd(frames.get()));
    }
    ChannelPipeline backendSide = to.pipeline();
    backendSide.addLast(new Tunnel(from, route(), frames));
    client.becomeTunnel();
    backendSide.remove(used);
    backendSide.remove(HttpClientCodec.class);
    Reading.resume(from);
    Reading.resume(to);
  }

  // ---- what goes wrong

  /** The backend is gone, or says what can't be understood. */
  void backendFailed(Throwable cause) {
    if (over) {
      return;
    }
    dropBackend();
    if (response != null) {
      LOG.log(DEBUG, () -> "A backend failed in the middle of an answer: " + cause);
      over = true;
      client.cut();
    } else if (reusedBackend && requestDone && !bodySent && REPEATABLE.contains(method)) {
      // It closed the connection while we were asking, and saw nothing of it.
      connect(Duration.ZERO);
    } else {
      fail(503, String.valueOf(cause.getMessage()));
    }
  }

  private void dropBackend() {
    releaseBackend(false);
  }

  private void releaseBackend(boolean reusable) {
    BackendConnection used = backend;
    backend = null;
    if (used != null) {
      used.release(reusable);
    }
  }

  /** The client's connection is gone. */
  void clientGone() {
    over = true;
    dropBackend();
  }

  /** The client sends nothing any more; it may still read. */
  void clientEndedInput() {
    if (!requestDone && !answering) {
      over = true;
      dropBackend();
      client.cut();
    }
  }

  /** The request is no request we can pass on. */
  private void refuse(Refusal refusal) {
    dropBackend();
    if (response != null) {
      over = true;
      client.cut();
      return;
    }
    LOG.log(DEBUG, () -> refusal.status().code() + " " + refusal.sentence());
    refused = true;
    answer(
        refusal.status(),
        new ErrorPages.Page(
            "text/plain; charset=utf-8", "", (refusal.sentence() + "\n").getBytes(US_ASCII)));
  }

  /** Answers with the page of an error. */
  private void fail(int status, String why) {
    LOG.log(ERROR, () -> status + " " + method + " " + withoutQuery() + " " + why);
    forwarding.events().answered(status);
    dropBackend();
    answering = true;
    HttpResponseStatus line = HttpResponseStatus.valueOf(status);
    if (upgrade) {
      answer(line, new ErrorPages.Page("", "", new byte[0]));
      return;
    }
    forwarding
        .pages()
        .find(
            status,
            uri,
            forwarding.connector(),
            client.channel().eventLoop(),
            page -> {
              if (client.channel().eventLoop().inEventLoop()) {
                answer(line, page);
              } else {
                client.channel().eventLoop().execute(() -> answer(line, page));
              }
            });
  }

  private String withoutQuery() {
    int mark = uri.indexOf('?');
    return mark < 0 ? uri : uri.substring(0, mark);
  }

  private void answer(HttpResponseStatus status, ErrorPages.Page page) {
    if (over) {
      return;
    }
    answering = true;
    over = true;
    boolean head = method.equals(HttpMethod.HEAD);
    var answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(page.body()));
    HttpHeaders headers = answer.headers();
    headers.set(HttpHeaderNames.CONTENT_LENGTH, page.body().length);
    if (!page.type().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, page.type());
    }
    if (!page.encoding().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, page.encoding());
    }
    boolean whole = requestDone || !hasBody;
    boolean reusable = keepAlive && whole && !upgrade && !refused;
    tellReuse(headers, reusable);
    client.encoder().answersHead(head);
    client.context().writeAndFlush(answer);
    client.finished(reusable, !whole);
  }

  // ---- time

  private void progress() {
    lastProgress = System.nanoTime();
  }

  private void watchSilence() {
    watch(forwarding.options().backendTimeout(), () -> backendFailed(new IOException("timeout")));
    watch(forwarding.options().timeout(), client::cut);
  }

  private void watch(Duration limit, Runnable end) {
    if (limit.isZero()) {
      return;
    }
    long left = limit.toNanos() - (System.nanoTime() - lastProgress);
    client
        .channel()
        .eventLoop()
        .schedule(
            () -> {
              if (over || answering) {
                return;
              }
              if (System.nanoTime() - lastProgress >= limit.toNanos()) {
                end.run();
              } else {
                watch(limit, end);
              }
            },
            Math.max(1, left),
            TimeUnit.NANOSECONDS);
  }

  private Route route() {
    Route found = route;
    if (found == null) {
      throw new IllegalStateException("The request has no route yet");
    }
    return found;
  }
}
