package dev.orrery.proxy.forward;

import dev.orrery.proxy.routes.RoutePath;
import java.util.Optional;

/**
 * Where a request wants to go.
 *
 * @param raw as it was sent, without dot segments; begins with a slash
 * @param decoded what routes are compared with; nothing when an escape is broken
 * @param query with its question mark; empty when there is none
 */
record RequestPath(String raw, Optional<String> decoded, String query) {

  /**
   * Reads the target of a request line in origin form, or in absolute form when it names the same
   * host as the {@code Host} header: anything else could be read in two ways.
   *
   * @param host the {@code Host} header, empty when there is none
   * @return nothing when it can't be served
   */
  static Optional<RequestPath> parse(String target, String host) {
    String origin = target;
    if (!target.startsWith("/")) {
      int scheme = target.indexOf("://");
      if (scheme < 0 || !isHttp(target.substring(0, scheme))) {
        return Optional.empty();
      }
      int end = scheme + 3;
      while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
        end++;
      }
      if (!target.substring(scheme + 3, end).equalsIgnoreCase(host)) {
        return Optional.empty();
      }
      origin = target.substring(end);
      if (!origin.startsWith("/")) {
        origin = "/" + origin;
      }
    }
    // A fragment is never sent; one that is there would be read differently by backends.
    if (origin.indexOf('#') >= 0) {
      return Optional.empty();
    }
    int mark = origin.indexOf('?');
    String path = RoutePath.withoutDots(escaped(mark < 0 ? origin : origin.substring(0, mark)));
    String query = mark < 0 ? "" : escaped(origin.substring(mark));
    return Optional.of(new RequestPath(path, RoutePath.decode(path), query));
  }

  private static boolean isHttp(String scheme) {
    return scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
  }

  /** Bytes beyond ASCII, which came as the characters of Latin-1, as the escapes they stand for. */
  private static String escaped(String text) {
    StringBuilder escaped = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        if (escaped == null) {
          escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        escaped.append('%').append(hex(c >> 4)).append(hex(c));
      } else if (escaped != null) {
        escaped.append(c);
      }
    }
    return escaped == null ? text : escaped.toString();
  }

  private static char hex(int value) {
    return "0123456789ABCDEF".charAt(value & 15);
  }

  /**
   * What a backend is asked for.
   *
   * @param prefix the decoded path of the route that is left out; empty to leave out nothing
   * @param target the path and query that come before; / for none
   */
  String outgoing(String prefix, String target) {
    String path = prefix.isEmpty() ? raw : withoutPrefix(prefix);
    int mark = target.indexOf('?');
    String before = mark < 0 ? target : target.substring(0, mark);
    String joined =
        before.equals("/")
            ? path
            : before.endsWith("/") ? before + path.substring(1) : before + path;
    if (mark < 0) {
      return joined + query;
    }
    String both = target.substring(mark);
    return joined + both + (query.length() > 1 ? "&" + query.substring(1) : "");
  }

  /** The route was found by decoded segments; here they are taken off as they were sent. */
  private String withoutPrefix(String prefix) {
    String wanted = RoutePath.clean(prefix);
    for (int end = 0; end <= raw.length(); end++) {
      boolean boundary = end == raw.length() || raw.charAt(end) == '/';
      if (boundary && sameRoute(raw.substring(0, end), wanted)) {
        return end == raw.length() ? "/" : raw.substring(end);
      }
    }
    return raw;
  }

  private static boolean sameRoute(String beginning, String wanted) {
    return RoutePath.decode(beginning)
        .filter(decoded -> RoutePath.same(decoded, wanted))
        .isPresent();
  }
}
