package dev.orrery.hub.servers;

import dev.orrery.http.RawPath;
import java.util.Locale;

/** Where servers are, and what they are called where they log people in. */
public final class Paths {

  private Paths() {}

  /** The path of a server, with a slash at its end. */
  public static String of(String basePath, String user, String server) {
    String path = basePath + "user/" + escaped(user) + "/";
    return server.isEmpty() ? path : path + escaped(server) + "/";
  }

  /** The path of a service, with a slash at its end. */
  public static String service(String basePath, String service) {
    return basePath + "services/" + escaped(service) + "/";
  }

  /** Where a server's start can be followed. */
  public static String progress(String hubPath, String user, String server) {
    return hubPath
        + "api/users/"
        + escaped(user)
        + (server.isEmpty() ? "/server" : "/servers/" + escaped(server))
        + "/progress";
  }

  /** The identifier of a server's OAuth client. */
  public static String clientId(String user, String server) {
    String id = "jupyterhub-user-" + escaped(user);
    return server.isEmpty() ? id : id + "-" + escaped(server);
  }

  /** A name in a path, as JupyterHub writes it: of all signs only {@code @ ~ - _ .} stay. */
  public static String escaped(String name) {
    String encoded = RawPath.encode(name);
    var escaped = new StringBuilder();
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if ("!*'()$&+,;=:".indexOf(c) >= 0) {
        escaped.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
