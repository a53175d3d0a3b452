package dev.orrery.proxy.routes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * How the addresses of requests and the paths of routes compare: decoded, as segments between
 * slashes. The rules are those of configurable-http-proxy's {@code trie.js} and of the URL parser
 * it asks.
 */
public final class RoutePath {

  private RoutePath() {}

  /** A route's path as the table keeps it: one slash at the start, none at the end. */
  public static String clean(String path) {
    String started = path.startsWith("/") ? path : "/" + path;
    return started.length() > 1 && started.endsWith("/")
        ? started.substring(0, started.length() - 1)
        : started;
  }

  /** Whether two decoded paths are those of the same route. */
  public static boolean same(String one, String other) {
    return key(one).equals(key(other));
  }

  /** What two spellings of the same route have in common: no slashes at either end. */
  static String key(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }

  /**
   * The path of a request target in the form in which it is routed and forwarded: as it was sent,
   * except that {@code .} and {@code ..} segments are gone, so that what chose the route is what
   * the backend sees.
   *
   * @param raw begins with a slash; without a query
   */
  public static String withoutDots(String raw) {
    if (raw.indexOf("/.") < 0 && raw.indexOf("/%2") < 0) {
      return raw;
    }
    String[] segments = raw.substring(1).split("/", -1);
    var kept = new ArrayDeque<String>();
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      String plain = segments[i].replace("%2e", ".").replace("%2E", ".");
      if (plain.equals("..")) {
        kept.pollLast();
      } else if (!plain.equals(".")) {
        kept.addLast(segments[i]);
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }

  /**
   * Decodes what is percent-encoded.
   *
   * @return nothing when an escape is cut short or what it stands for is not UTF-8
   */
  public static Optional<String> decode(String raw) {
    if (raw.indexOf('%') < 0) {
      return Optional.of(raw);
    }
    ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 3);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
        int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (c < 0x80) {
        bytes.put((byte) c);
      } else {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
