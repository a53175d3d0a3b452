package dev.orrery.hub.servers;

import dev.orrery.http.HttpException;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.ServerName;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;

/** What servers may be called, as of JupyterHub 6. */
public final class ServerNames {

  private static final Pattern NAME = Pattern.compile("(?=.{1,30}$)[a-z](?:-?[a-z0-9])*");

  private static final int MOST_SHOWN = 255;

  private ServerNames() {}

  /** What a spawner knows a server by. */
  static ServerName of(UserServer server) {
    return new ServerName(server.userName(), server.name());
  }

  /** Whether a new server may be called so. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Refuses what needs servers with names where there are none.
   *
   * @throws HttpException 400
   */
  public static void requireNamed(ServerSettings settings) {
    if (!settings.namedServers()) {
      throw new HttpException(400, "Named servers are not enabled.");
    }
  }

  /**
   * Refuses a further server that may not be.
   *
   * @throws HttpException 400 with the reason
   */
  public static void checkNew(
      Transaction tx, ServerSettings settings, User user, String name, String displayName) {
    requireNamed(settings);
    checkLimit(tx, settings, user);
    checkName(name, displayName);
  }

  /**
   * Refuses names that a new server may not have.
   *
   * @throws HttpException 400 with the reason
   */
  static void checkName(String name, String displayName) {
    if (!isName(name)) {
      throw new HttpException(
          400,
          "Invalid server name '"
              + (name.length() > 100 ? name.substring(0, 100) + "…" : name)
              + "': 1 to 30 lower-case letters, digits and single hyphens, beginning with a letter"
              + " and not ending with a hyphen");
    }
    checkDisplayName(name, displayName);
  }

  /**
   * Refuses what a server may not be called.
   *
   * @throws HttpException 400 with the reason
   */
  static void checkDisplayName(String name, String displayName) {
    if (!name.isEmpty() && !isName(name)) {
      // JupyterHub does not start any more with a record that has both.
      throw new HttpException(
          400, "A server with a name of JupyterHub 5 can't have a display name; rename it first");
    }
    if (!isDisplayName(displayName)) {
      throw new HttpException(
          400,
          "Invalid display_name: 1 to 255 visible characters, with single spaces between them");
    }
  }

  /** Whether a server may be called so where people read it. */
  public static boolean isDisplayName(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    long characters = composed.codePoints().count();
    return characters >= 1
        && characters <= MOST_SHOWN
        && composed.equals(composed.strip())
        && !composed.contains("  ")
        && composed.codePoints().allMatch(c -> c == ' ' || isVisible(c));
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /**
   * Refuses a further server where there are as many as there may be.
   *
   * @throws HttpException 400 with the number
   */
  static void checkLimit(Transaction tx, ServerSettings settings, User user) {
    long named =
        tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()).stream()
            .filter(server -> !server.name().isEmpty())
            .count();
    if (settings.mostNamed() > 0 && named >= settings.mostNamed()) {
      throw new HttpException(
          400,
          "User "
              + user.name()
              + " already has the maximum of "
              + settings.mostNamed()
              + " named servers. One must be deleted before a new server can be created");
    }
  }

  /** A server in messages: whose it is, and its name if it has one. */
  static String who(UserServer server) {
    return server.userName() + (server.name().isEmpty() ? "" : ":" + server.name());
  }
}
