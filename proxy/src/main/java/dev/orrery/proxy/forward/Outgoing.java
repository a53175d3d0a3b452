package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.Target;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** Makes of a client's request the one that a backend gets. */
final class Outgoing {

  private Outgoing() {}

  /**
   * What a route is looked for with.
   *
   * @param path decoded
   * @param host the {@code Host} header, empty when there is none
   */
  static String routed(String path, String host, ForwardOptions options) {
    if (!options.hostRouting()) {
      return path;
    }
    int colon = host.indexOf(':');
    return "/" + (colon < 0 ? host : host.substring(0, colon)) + path;
  }

  /**
   * Changes a request.
   *
   * @param upgrade whether it asks to become something else
   * @param host its {@code Host} header, empty when there is none
   * @param id of the request in logs; empty for none
   */
  static void prepare(
      HttpRequest request,
      RequestPath path,
      Route route,
      boolean upgrade,
      String host,
      String id,
      Client client,
      ForwardOptions options) {
    Target target = route.target();
    request.setUri(
        path.outgoing(prefix(route, options), options.prependPath() ? target.path() : "/"));
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
    if (!id.isEmpty()) {
      headers.set(Headers.REQUEST_ID, id);
    }
    Headers.addCustom(headers, options.customHeaders());
  }

  /** The decoded beginning of the path that backends do not see; empty when they see all of it. */
  private static String prefix(Route route, ForwardOptions options) {
    if (options.includePrefix()) {
      return "";
    }
    String path = route.path();
    int afterHost = options.hostRouting() ? path.indexOf('/', 1) : 0;
    return afterHost < 0 ? "" : path.substring(afterHost);
  }
}
