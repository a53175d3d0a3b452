package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.Target;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;

/** Rewrites redirects of a backend to itself, as {@code --auto-rewrite} and its kin ask for. */
final class Redirects {

  private Redirects() {}

  /**
   * Rewrites the {@code Location} of a response, if it leads to the backend's own host.
   *
   * @param clientHost the host the client asked for
   */
  static void rewrite(
      int status, HttpHeaders headers, Target target, String clientHost, ForwardOptions options) {
    boolean wanted = options.autoRewrite() || options.protocolRewrite().isPresent();
    boolean redirect =
        status == 201 || status == 301 || status == 302 || status == 307 || status == 308;
    String location = headers.get(HttpHeaderNames.LOCATION);
    if (!wanted || !redirect || location == null) {
      return;
    }
    URI uri;
    try {
      uri = new URI(location);
    } catch (URISyntaxException e) {
      return;
    }
    if (uri.getScheme() == null || !target.authority().equalsIgnoreCase(uri.getRawAuthority())) {
      return;
    }
    String scheme = options.protocolRewrite().orElse(uri.getScheme());
    String host =
        options.autoRewrite() && !clientHost.isEmpty() ? clientHost : uri.getRawAuthority();
    String tail = location.substring(location.indexOf("://") + 3);
    int slash = tail.indexOf('/');
    headers.set(
        HttpHeaderNames.LOCATION,
        scheme + "://" + host + (slash < 0 ? "/" : tail.substring(slash)));
  }
}
