package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Which hosts a request may name and which origins it may come from. */
public final class Origins {

  private final AccessSettings settings;

  Origins(AccessSettings settings) {
    this.settings = settings;
  }

  /** Against DNS rebinding: a local server answers to local names only. */
  void checkHost(Exchange exchange) {
    if (settings.allowRemoteAccess() || exchange.clientAddress().equals("unix")) {
      return;
    }
    String host = withoutPort(exchange.host());
    if (!isLoopback(host) && !settings.localHostnames().contains(host)) {
      throw new HttpException(
          403,
          "Blocked: the Host header names '"
              + (host.length() > 100 ? host.substring(0, 100) : host)
              + "', which is not local. If this server is meant to be reached by that name, set"
              + " ServerApp.allow_remote_access or add the name to ServerApp.local_hostnames.");
    }
  }

  /** Sets what lets allowed origins read the answer. */
  void allow(Exchange exchange) {
    String origin = exchange.header("Origin").orElse("");
    if (!settings.allowOrigin().isEmpty()) {
      exchange.set("Access-Control-Allow-Origin", settings.allowOrigin());
    } else if (settings.allowOriginPattern().filter(p -> p.matcher(origin).matches()).isPresent()) {
      exchange.set("Access-Control-Allow-Origin", origin);
    }
    if (settings.allowCredentials()) {
      exchange.set("Access-Control-Allow-Credentials", "true");
    }
  }

  /** As upstream, a forbidden origin sees nothing there. */
  void checkApi(Exchange exchange, boolean byToken) {
    if (!byToken && !isAllowed(exchange)) {
      throw new HttpException(404, "Not Found");
    }
  }

  void checkSocket(Exchange exchange, boolean byToken) {
    if (!byToken && !isAllowed(exchange)) {
      throw new HttpException(
          403,
          "Cross-origin WebSocket refused; set ServerApp.allow_origin to allow the page's origin");
    }
  }

  private boolean isAllowed(Exchange exchange) {
    Optional<String> origin = exchange.header("Origin");
    return origin.isEmpty() || isOwn(exchange, origin.get()) || isListed(origin.get());
  }

  private boolean isListed(String origin) {
    return settings.allowOrigin().equals("*")
        || !settings.allowOrigin().isEmpty() && settings.allowOrigin().equals(origin)
        || settings.allowOriginPattern().filter(p -> p.matcher(origin).matches()).isPresent();
  }

  private static boolean isOwn(Exchange exchange, String origin) {
    int scheme = origin.indexOf("://");
    return scheme > 0
        && !exchange.host().isEmpty()
        && origin
            .substring(scheme + 3)
            .toLowerCase(Locale.ROOT)
            .equals(exchange.host().toLowerCase(Locale.ROOT));
  }

  /** Whether the request came from a page of this server or of an allowed origin. */
  boolean isRefererOurs(Exchange exchange) {
    Optional<String> referer = exchange.header("Referer");
    if (referer.isEmpty()) {
      return false;
    }
    try {
      URI uri = URI.create(referer.get());
      if (uri.getRawAuthority() == null || uri.getScheme() == null) {
        return false;
      }
      String origin = uri.getScheme() + "://" + uri.getRawAuthority();
      return isOwn(exchange, origin) || isListed(origin);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static String withoutPort(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    if (lower.startsWith("[")) {
      int end = lower.indexOf(']');
      return end < 0 ? lower : lower.substring(1, end);
    }
    int colon = lower.lastIndexOf(':');
    return colon < 0 ? lower : lower.substring(0, colon);
  }

  /**
   * True for literal loopback addresses alone: a name that resolves to one can be an attacker's.
   */
  public static boolean isLoopback(String host) {
    return host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1")
        || host.matches("127(\\.\\d{1,3}){3}");
  }
}
