package dev.orrery.kubernetes.names;

import static java.util.Objects.requireNonNull;

import dev.orrery.spawner.spi.ServerName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands for a server in the templates of KubeSpawner's settings.
 *
 * @param who whose server, and which
 * @param userId the number the hub has for them
 * @param hubNamespace the namespace of the hub
 * @param scheme how names of people become parts of names of objects
 */
public record NameFields(ServerName who, long userId, String hubNamespace, Scheme scheme) {

  /** Leaves room in a name of 63 characters for what templates put around it. */
  private static final int ROOM = 48;

  /** How names of people become parts of names of objects. */
  public enum Scheme {
    /** Unchanged where Kubernetes takes them, else with a hash. */
    SAFE,
    /** As KubeSpawner had them before its version 7. */
    ESCAPE;

    /** The scheme as settings call it, {@code safe} or {@code escape}. */
    public static Scheme of(String name) {
      return switch (name) {
        case "safe" -> SAFE;
        case "escape" -> ESCAPE;
        default ->
            throw new IllegalArgumentException(
                "slug_scheme is '" + name + "'; it has to be 'safe' or 'escape'");
      };
    }
  }

  public NameFields {
    requireNonNull(who, "who");
    requireNonNull(hubNamespace, "hubNamespace");
    requireNonNull(scheme, "scheme");
  }

  /** The fields by their names. */
  Map<String, String> values() {
    String safeUser = Slugs.objectName(who.user(), ROOM);
    String safeServer = who.server().isEmpty() ? "" : Slugs.objectName(who.server(), ROOM);
    String escapedUser = Slugs.escaped(who.user());
    String escapedServer = Slugs.escaped(who.server());
    String safeBoth = safeBoth(safeUser, safeServer);
    boolean safe = scheme == Scheme.SAFE;
    String both = escapedServer.isEmpty() ? escapedUser : escapedUser + "--" + escapedServer;

    var fields = new LinkedHashMap<String, String>();
    fields.put("userid", Long.toString(userId));
    fields.put("unescaped_username", who.user());
    fields.put("unescaped_servername", who.server());
    fields.put("hubnamespace", hubNamespace.equals("default") ? "user" : hubNamespace);
    fields.put("username", safe ? safeUser : escapedUser);
    fields.put("servername", safe ? safeServer : escapedServer);
    fields.put("user_server", safe ? safeBoth : both);
    fields.put("safe_username", safeUser);
    fields.put("safe_servername", safeServer);
    fields.put("safe_user_server", safeBoth);
    fields.put("escaped_username", escapedUser);
    fields.put("escaped_servername", escapedServer);
    fields.put("escaped_user_server", escapedUser + "--" + escapedServer);
    return fields;
  }

  private String safeBoth(String safeUser, String safeServer) {
    if (safeUser.length() + safeServer.length() + 2 > ROOM) {
      return Slugs.together(List.of(who.user(), who.server()), ROOM);
    }
    return safeServer.isEmpty() ? safeUser : safeUser + "--" + safeServer;
  }
}
