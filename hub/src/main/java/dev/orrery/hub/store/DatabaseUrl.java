package dev.orrery.hub.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the database is, from the address that SQLAlchemy takes ({@code JupyterHub.db_url}). */
public sealed interface DatabaseUrl {

  /** A file of SQLite. */
  record SqliteFile(Path file) implements DatabaseUrl {
    @Override
    public String shown() {
      return "sqlite:///" + file;
    }
  }

  /** SQLite without a file: gone with the process. */
  record SqliteMemory() implements DatabaseUrl {
    @Override
    public String shown() {
      return "sqlite:///:memory:";
    }
  }

  /**
   * A server of PostgreSQL.
   *
   * @param jdbc the address without user and password
   * @param password kept out of {@link #shown} and {@link #toString}
   */
  record Postgresql(String jdbc, Optional<String> user, Optional<String> password)
      implements DatabaseUrl {
    @Override
    public String shown() {
      return jdbc.substring("jdbc:".length());
    }

    @Override
    public String toString() {
      return shown();
    }
  }

  /** The address for logs: without a password. */
  String shown();

  /**
   * Reads an address.
   *
   * @param url as SQLAlchemy takes it
   * @param folder what the name of a file is relative to
   * @throws IllegalArgumentException with a sentence for the person who wrote it, without the
   *     password
   */
  static DatabaseUrl parse(String url, Path folder) {
    int end = url.indexOf("://");
    String scheme = end < 0 ? url : url.substring(0, end).toLowerCase(Locale.ROOT);
    String database = scheme.contains("+") ? scheme.substring(0, scheme.indexOf('+')) : scheme;
    return switch (database) {
      case "sqlite" -> sqlite(url, end, folder);
      case "postgresql", "postgres" -> postgresql(url);
      case "mysql", "mariadb" ->
          throw new IllegalArgumentException(
              "JupyterHub.db_url: databases of MySQL and MariaDB are not supported; use"
                  + " sqlite:///file or postgresql://user@host/name");
      default ->
          throw new IllegalArgumentException(
              "JupyterHub.db_url: '"
                  + (end < 0 ? "(an address without ://)" : scheme)
                  + "' is no kind of database we know; use sqlite:///file or"
                  + " postgresql://user@host/name");
    };
  }

  private static DatabaseUrl sqlite(String url, int end, Path folder) {
    String rest = end < 0 ? "" : url.substring(end + 3);
    int query = rest.indexOf('?');
    String path = query < 0 ? rest : rest.substring(0, query);
    if (path.isEmpty() || path.equals("/") || path.equals("/:memory:")) {
      return new SqliteMemory();
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "JupyterHub.db_url: sqlite://"
              + path
              + " names a host, which SQLite has not; write sqlite:///"
              + path
              + " for a file");
    }
    // Three slashes for a file beside the hub, four for one from the root.
    return new SqliteFile(folder.resolve(path.substring(1)).toAbsolutePath().normalize());
  }

  private static DatabaseUrl postgresql(String url) {
    URI uri;
    try {
      uri = new URI("postgresql" + url.substring(url.indexOf(':')));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "JupyterHub.db_url is no address: "
              + e.getReason()
              + "; characters with a meaning in addresses are written as %40 and the like");
    }
    String path = Optional.ofNullable(uri.getRawPath()).orElse("");
    if (path.length() < 2) {
      throw new IllegalArgumentException(
          "JupyterHub.db_url names no database; write postgresql://user@host/name");
    }
    Map<String, String> options = options(uri.getRawQuery());
    String host =
        Optional.ofNullable(options.remove("host"))
            .or(() -> Optional.ofNullable(uri.getHost()))
            .orElse("localhost");
    if (host.startsWith("/")) {
      throw new IllegalArgumentException(
          "JupyterHub.db_url: PostgreSQL is reached over TCP, not by the socket in "
              + host
              + "; name a host");
    }
    Optional<String> user = Optional.ofNullable(options.remove("user"));
    Optional<String> password = Optional.ofNullable(options.remove("password"));
    String info = uri.getRawUserInfo();
    if (info != null) {
      int colon = info.indexOf(':');
      user = Optional.of(decoded(colon < 0 ? info : info.substring(0, colon)));
      password = colon < 0 ? password : Optional.of(decoded(info.substring(colon + 1)));
    }
    List<String> query = new ArrayList<>();
    options.forEach((name, value) -> query.add(name + "=" + value));
    String jdbc =
        "jdbc:postgresql://"
            + host
            + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
            + path
            + (query.isEmpty() ? "" : "?" + String.join("&", query));
    return new Postgresql(jdbc, user, password);
  }

  /** Options in the words of libpq; those that the driver has under the same name pass. */
  private static Map<String, String> options(String query) {
    var options = new LinkedHashMap<String, String>();
    if (query == null || query.isEmpty()) {
      return options;
    }
    for (String pair : query.split("&", 100)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      switch (name) {
        case "host", "user", "password" -> options.put(name, decoded(value));
        case "sslmode", "sslrootcert", "sslcert", "sslkey" -> options.put(name, value);
        case "connect_timeout" -> options.put("connectTimeout", value);
        case "application_name" -> options.put("ApplicationName", value);
        default ->
            throw new IllegalArgumentException(
                "JupyterHub.db_url: the option '"
                    + name
                    + "' is not known; known are connect_timeout, application_name, sslmode,"
                    + " sslrootcert, sslcert and sslkey");
      }
    }
    return options;
  }

  private static String decoded(String raw) {
    // A plus is a plus in this part of an address.
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
