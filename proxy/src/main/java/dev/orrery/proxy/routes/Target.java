package dev.orrery.proxy.routes;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a backend listens.
 *
 * @param tls whether it is spoken to through TLS
 * @param host its name or address, without brackets; empty for a unix socket
 * @param port its port; 0 for a unix socket
 * @param socket the path of its unix socket, if it has one
 * @param path what is put before the path of each request, with its query; at least a slash
 * @param authority host and port as they stand in a {@code Host} header
 */
public record Target(
    boolean tls, String host, int port, Optional<Path> socket, String path, String authority) {

  /** Asked for with every request: what a record has instead looks at all of it. */
  @Override
  public int hashCode() {
    return 31 * authority.hashCode() + port;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof Target that
            && tls == that.tls
            && port == that.port
            && authority.equals(that.authority)
            && path.equals(that.path);
  }

  /**
   * Reads a target: {@code http://host:port/path}, {@code https://…}, {@code
   * unix+http://%2Fpath%2Fof%2Fsocket/path} or {@code http+unix://…}.
   *
   * @throws IllegalArgumentException when {@code text} is none of these; the message says what it
   *     is and what it should be
   */
  public static Target parse(String text) {
    String scheme = text.substring(0, Math.max(0, text.indexOf(':'))).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "http", "ws" -> tcp(text, false);
      case "https", "wss" -> tcp(text, true);
      case "http+unix", "unix+http" -> unix(text);
      default ->
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' is no target: it has to begin with http://, https:// or unix+http://");
    };
  }

  private static Target tcp(String text, boolean tls) {
    URI uri;
    try {
      uri = new URI(text).parseServerAuthority();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no target: " + e.getReason() + " at character " + e.getIndex(), e);
    }
    String host = uri.getHost();
    if (host == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no target: http://host:port is expected, with a port up to 65535");
    }
    boolean usual = uri.getPort() < 0 || uri.getPort() == (tls ? 443 : 80);
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Target(
        tls,
        bare,
        port,
        Optional.empty(),
        path(uri.getRawPath(), uri.getRawQuery()),
        usual ? host : host + ":" + port);
  }

  private static Target unix(String text) {
    String rest = text.substring(text.indexOf(':') + 1);
    if (!rest.startsWith("//")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no target: unix+http:// and the encoded path of a socket is expected");
    }
    int slash = rest.indexOf('/', 2);
    String encoded = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
    String decoded = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    if (!decoded.startsWith("/")) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no target: the path of a socket begins with %2F, not '"
              + encoded
              + "'");
    }
    String path = slash < 0 ? "/" : rest.substring(slash);
    return new Target(false, "", 0, Optional.of(Path.of(decoded)), path, encoded);
  }

  private static String path(String path, String query) {
    String given = path == null || path.isEmpty() ? "/" : path;
    return query == null ? given : given + "?" + query;
  }
}
