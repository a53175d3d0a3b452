package dev.orrery.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One line per request, {@code 200 GET /api/kernels (127.0.0.1) 1.23ms}; what went well only at
 * debug level. Values of query fields that carry secrets are replaced before anything is written.
 */
public final class AccessLog {

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

  /** A field whose name contains one of these is a secret, as jupyter_server rules. */
  private static final List<String> SECRET =
      List.of("token", "auth", "secret", "password", "xsrf", "key", "code", "state");

  private final Set<String> secret;

  /**
   * Makes a log.
   *
   * @param extraSecret further field names whose values are secret ({@code
   *     ServerApp.extra_log_scrub_param_keys})
   */
  public AccessLog(List<String> extraSecret) {
    secret = new HashSet<>(SECRET);
    extraSecret.forEach(key -> secret.add(key.toLowerCase(Locale.ROOT)));
  }

  void log(Exchange exchange, double seconds) {
    int status = exchange.status();
    System.Logger.Level level =
        status >= 500
            ? System.Logger.Level.ERROR
            : status >= 400
                ? System.Logger.Level.WARNING
                : status >= 300 && status != 304
                    ? System.Logger.Level.INFO
                    : System.Logger.Level.DEBUG;
    if (LOG.isLoggable(level)) {
      LOG.log(
          level,
          String.format(
              Locale.ROOT,
              "%d %s %s (%s) %.2fms",
              status,
              exchange.method(),
              uri(exchange.rawPath(), exchange.rawQuery()),
              exchange.clientAddress(),
              seconds * 1e3));
    }
  }

  /** The path with its query, secrets replaced. */
  String uri(String path, String query) {
    if (query.isEmpty()) {
      return path;
    }
    var scrubbed = new StringBuilder(path);
    char separator = '?';
    for (String field : query.split("&", -1)) {
      scrubbed.append(separator);
      separator = '&';
      int equals = field.indexOf('=');
      String name = equals < 0 ? field : field.substring(0, equals);
      String lower = name.toLowerCase(Locale.ROOT);
      // An escaped name could hide a word of the list; nobody's own field is named like that.
      boolean hide = lower.indexOf('%') >= 0 || secret.stream().anyMatch(lower::contains);
      scrubbed.append(equals >= 0 && hide ? name + "=[secret]" : field);
    }
    return scrubbed.toString();
  }
}
