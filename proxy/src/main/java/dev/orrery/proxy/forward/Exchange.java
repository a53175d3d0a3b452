package dev.orrery.proxy.forward;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.Target;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
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
  private final Client client;
  private final HttpRequest request;
  private final HttpMethod method;
  private final String uri;
  private final String host;
  private final boolean upgrade;
  private final boolean hasBody;

  private final Account account;
  private final Silence silence;
  private final Reply reply;

  private @Nullable Route route;
  private @Nullable BackendConnection backend;
  private boolean reusedBackend;
  private boolean requestDone;
  private boolean answering;
  private boolean refused;
  private boolean over;
  private boolean interim;
  private boolean backendReusable;
  private long bodyBytes;

  Exchange(Forwarding forwarding, Client client, HttpRequest request) {
    this.forwarding = forwarding;
    this.client = client;
    this.request = request;
    this.method = request.method();
    this.uri = request.uri();
    this.host = request.headers().get(HttpHeaderNames.HOST, "");
    this.upgrade = Headers.asksForUpgrade(request);
    this.hasBody =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    this.account = new Account(forwarding, client, request);
    this.silence = new Silence(client.channel().eventLoop());
    this.reply = new Reply(client, request, upgrade);
  }

  // ---- the request

  void start() {
    Refusal refusal = Refusal.of(request);
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    if (uri.equals("/_chp_healthz")) {
      account.isProbe();
      answer(OwnAnswer.HEALTHY);
      return;
    }
    if (uri.equals("/_orrery_readyz")) {
      account.isProbe();
      answer(forwarding.isReady() ? OwnAnswer.HEALTHY : OwnAnswer.NOT_READY);
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
    if (!forwarding.admission().mayAsk(client.address())) {
      refuse(Refusal.CLIENT_BUSY);
      return;
    }
    Optional<String> decoded = path.get().decoded();
    if (decoded.isEmpty()) {
      // No route can have it, and backends would read it in different ways.
      fail(500, "The path is not percent-encoded UTF-8");
      return;
    }
    long begun = System.nanoTime();
    Optional<Route> found =
        forwarding.routes().find(Outgoing.routed(decoded.get(), host, forwarding.options()));
    forwarding.events().lookedUp(System.nanoTime() - begun);
    if (found.isEmpty() && forwarding.mayLackRoutes()) {
      fail(503, "waiting for routes");
      return;
    }
    if (found.isEmpty()) {
      fail(404, "");
      return;
    }
    route = found.get();
    if (!account.routed(found.get())) {
      refuse(Refusal.ROUTE_BUSY);
      return;
    }
    if (isTooLarge(HttpUtil.getContentLength(request, 0L))) {
      refuse(Refusal.BODY_SIZE);
      return;
    }
    Outgoing.prepare(
        request,
        path.get(),
        found.get(),
        upgrade,
        host,
        account.id(),
        client,
        forwarding.options());
    if (LOG.isLoggable(DEBUG)) {
      String kind = upgrade ? "WS " : "WEB ";
      LOG.log(
          DEBUG, "PROXY " + kind + path.get().raw() + " to " + found.get().target().authority());
    }
    connect(isRepeatable() ? ANY : FRESH);
  }

  /** Whether it may be sent twice; without a body it is whole here, whatever was sent of it. */
  private boolean isRepeatable() {
    return REPEATABLE.contains(method) && !hasBody;
  }

  private boolean isTooLarge(long bytes) {
    long most = forwarding.options().limits().bodyBytes();
    return most > 0 && bytes > most;
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
    account.connected(reusedBackend);
    Channel channel = connection.channel();
    silence.broken();
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
    silence.broken();
    boolean last = content instanceof LastHttpContent;
    int size = content.content().readableBytes();
    if (size > 0) {
      bodyBytes += size;
      if (isTooLarge(bodyBytes)) {
        content.release();
        refuse(Refusal.BODY_SIZE);
        return;
      }
      account.received(size);
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
    silence.broken();
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
      reply.interim(answer);
      return;
    }
    if (!Headers.isFramedPlainly(answer.headers())) {
      backendFailed(new IOException("a transfer coding other than chunked"));
      return;
    }
    account.answered(status);
    backendReusable = HttpUtil.isKeepAlive(answer) && !upgrade;
    HttpHeaders headers = answer.headers();
    Headers.removeHopByHop(headers);
    Redirects.rewrite(status, headers, route().target(), host, forwarding.options());
    reply.begin(answer, account.id(), forwarding.isDraining());
  }

  void responseBody(HttpContent content) {
    if (interim) {
      interim = !(content instanceof LastHttpContent);
      content.release();
      return;
    }
    if (over || !reply.isBegun()) {
      content.release();
      return;
    }
    if (content.decoderResult().isFailure()) {
      Throwable cause = content.decoderResult().cause();
      content.release();
      backendFailed(cause);
      return;
    }
    silence.broken();
    boolean last = content instanceof LastHttpContent;
    account.sent(content.content().readableBytes());
    reply.body(content);
    BackendConnection from = backend;
    if (last) {
      complete();
    } else if (from != null && !client.channel().isWritable()) {
      Reading.pause(from.channel());
    }
  }

  void responseReadComplete() {
    reply.flush();
  }

  void clientTakesMore() {
    if (backend != null) {
      Reading.resume(backend.channel());
    }
  }

  private void complete() {
    if (reply.status() < 300) {
      route().active(System.currentTimeMillis());
    }
    end();
    releaseBackend(backendReusable && requestDone);
    client.context().flush();
    client.finished(reply.isReusable(), !requestDone);
  }

  // ---- becoming a tunnel

  private void switchProtocols(HttpResponse answer) {
    BackendConnection used = backend;
    if (used == null) {
      return;
    }
    account.answered(101);
    account.becameTunnel();
    over = true;
    silence.end();
    backend = null;
    reply.switched(answer, account.id());
    used.give(null);
    Tunnel.join(client, used, route(), account, isWebSocket(answer));
  }

  private static boolean isWebSocket(HttpResponse answer) {
    return answer
        .headers()
        .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  // ---- what goes wrong

  /** The backend is gone, or says what can't be understood. */
  void backendFailed(Throwable cause) {
    if (over) {
      return;
    }
    dropBackend();
    if (reply.isBegun()) {
      LOG.log(DEBUG, () -> "A backend failed in the middle of an answer: " + cause);
      account.failed("the backend broke off: " + cause.getMessage());
      end();
      client.cut();
    } else if (reusedBackend && isRepeatable()) {
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
    if (!over) {
      account.refused("the client left");
    }
    end();
    dropBackend();
  }

  /** Nothing more is to come of this. */
  private void end() {
    over = true;
    silence.end();
    account.close();
  }

  /** The client sends nothing any more; it may still read. */
  void clientEndedInput() {
    if (!requestDone && !answering) {
      abandon("the client ended its request early");
    }
  }

  /** Ends it without an answer. */
  private void abandon(String why) {
    account.refused(why);
    end();
    dropBackend();
    client.cut();
  }

  /** The request is no request we can pass on. */
  private void refuse(Refusal refusal) {
    dropBackend();
    account.refused(refusal.sentence());
    if (reply.isBegun()) {
      end();
      client.cut();
      return;
    }
    LOG.log(DEBUG, () -> refusal.status().code() + " " + refusal.sentence());
    refused = true;
    answer(OwnAnswer.of(refusal));
  }

  /** Answers with the page of an error. */
  private void fail(int status, String why) {
    LOG.log(ERROR, () -> status + " " + method + " " + withoutQuery() + " " + why);
    account.failed(why);
    dropBackend();
    answering = true;
    if (upgrade) {
      answer(OwnAnswer.bare(status));
      return;
    }
    EventLoop loop = client.channel().eventLoop();
    forwarding
        .pages()
        .find(
            status,
            uri,
            forwarding.connector(),
            loop,
            page -> {
              if (loop.inEventLoop()) {
                answer(OwnAnswer.of(status, page));
              } else {
                loop.execute(() -> answer(OwnAnswer.of(status, page)));
              }
            });
  }

  private String withoutQuery() {
    int mark = uri.indexOf('?');
    return mark < 0 ? uri : uri.substring(0, mark);
  }

  private void answer(OwnAnswer own) {
    if (over) {
      return;
    }
    answering = true;
    account.answered(own.status().code());
    boolean whole = requestDone || !hasBody;
    account.sent(reply.own(own, account.id(), whole && !refused));
    end();
    client.finished(reply.isReusable(), !whole);
  }

  // ---- time

  private void watchSilence() {
    ForwardOptions options = forwarding.options();
    silence.watch(
        options.backendTimeout(),
        () -> {
          if (!answering) {
            backendFailed(new IOException("timeout"));
          }
        });
    silence.watch(
        options.timeout(),
        () -> {
          if (!answering) {
            abandon("nothing moved for " + options.timeout().toMillis() + " ms");
          }
        });
    if (hasBody) {
      watchBody(options.limits().stall());
    }
  }

  /** A client that stops in the middle of what it announced. */
  private void watchBody(Duration limit) {
    silence.watch(
        limit,
        () -> {
          if (requestDone || answering) {
            return;
          }
          if (takesInput()) {
            refuse(Refusal.BODY_TIME);
          } else {
            // The backend is the one who does not take it.
            silence.broken();
            watchBody(limit);
          }
        });
  }

  private Route route() {
    Route found = route;
    if (found == null) {
      throw new IllegalStateException("The request has no route yet");
    }
    return found;
  }
}
