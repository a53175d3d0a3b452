package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Route;
import dev.orrery.telemetry.RequestId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one request was and what came of it: counted on its route while it runs, written to the
 * request log when it is over. On the event loop of the client's connection.
 */
final class Account {

  private static final int TRACEPARENT = 55;

  private final Forwarding forwarding;
  private final @Nullable Head head;

  private @Nullable Route route;
  private int status;
  private String reason = "";
  private long received;
  private long sent;
  private boolean open;
  private boolean failed;
  private boolean tunnel;
  private boolean reused;
  private boolean told;

  /** What the log tells of a request, taken before the request is changed on its way. */
  private record Head(
      Instant began,
      long nanos,
      String id,
      String trace,
      String client,
      String protocol,
      String method,
      String host,
      String uri) {}

  Account(Forwarding forwarding, Client client, HttpRequest request) {
    this.forwarding = forwarding;
    this.head =
        forwarding.log().isEmpty()
            ? null
            : new Head(
                Instant.now(),
                System.nanoTime(),
                RequestId.choose(request.headers().get(Headers.REQUEST_ID)),
                trace(request.headers().get(Headers.TRACEPARENT, "")),
                client.address(),
                client.protocol(request),
                request.method().name(),
                request.headers().get(HttpHeaderNames.HOST, ""),
                request.uri());
  }

  /** The middle of a W3C {@code traceparent}; empty when it is none. */
  private static String trace(String parent) {
    boolean plain =
        parent.length() >= TRACEPARENT
            && parent
                .substring(0, TRACEPARENT)
                .matches("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    return plain ? parent.substring(3, 35) : "";
  }

  /** The id of the request where requests are logged; empty where they are not. */
  String id() {
    return head == null ? "" : head.id();
  }

  /**
   * The route was found.
   *
   * @return false when it has too much to do; nothing more is to be told then but {@link #answered}
   *     and {@link #close}
   */
  boolean routed(Route found) {
    route = found;
    open = found.traffic().open(forwarding.options().limits());
    return open;
  }

  void connected(boolean again) {
    reused = again;
  }

  /** Nobody wants to read of it: it comes every few seconds. */
  void isProbe() {
    told = true;
  }

  /** Bytes came from the client. */
  void received(int bytes) {
    received += bytes;
    if (open && route != null) {
      route.traffic().received(bytes);
    }
  }

  /** Bytes go to the client. */
  void sent(int bytes) {
    sent += bytes;
    if (open && route != null) {
      route.traffic().sent(bytes);
    }
  }

  /** The final answer is this one. */
  void answered(int code) {
    status = code;
    forwarding.events().answered(code);
  }

  /** Why there is no good answer, or not all of it. */
  void failed(String why) {
    failed = true;
    reason = why;
  }

  /** The client is told that it can't have this; its backend has no part in it. */
  void refused(String why) {
    reason = why;
  }

  void becameTunnel() {
    tunnel = true;
    if (open && route != null) {
      route.traffic().becameTunnel();
    }
  }

  /** It is over. Only the first call counts. */
  void close() {
    if (told) {
      return;
    }
    told = true;
    if (open && route != null) {
      route.traffic().closed(tunnel, failed);
    }
    if (head != null) {
      Head known = head;
      forwarding.log().ifPresent(log -> log.served(served(known)));
    }
  }

  private Served served(Head known) {
    int query = known.uri().indexOf('?');
    return new Served(
        known.began(),
        System.nanoTime() - known.nanos(),
        known.id(),
        known.trace(),
        known.client(),
        known.protocol(),
        known.method(),
        known.host(),
        query < 0 ? known.uri() : known.uri().substring(0, query),
        route == null ? "" : route.path(),
        route == null ? "" : route.target().authority(),
        status,
        reason,
        received,
        sent,
        tunnel,
        reused);
  }
}
