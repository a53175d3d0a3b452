package dev.orrery.hub.servers;

import dev.orrery.http.HttpException;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import java.util.List;
import java.util.regex.Pattern;

/** What servers may be called, as of JupyterHub 6. */
public final class ServerNames {

  private static final Pattern NAME = Pattern.compile("(?=.{1,30}$)[a-z](?:-?[a-z0-9])*");

  private ServerNames() {}

  /** Whether a new server may be called so. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Refuses a further server that may not be.
   *
   * @throws HttpException 400 with the reason
   */
  public static void checkNew(Transaction tx, ServerSettings settings, User user, String name) {
    if (!settings.namedServers()) {
      throw new HttpException(400, "Named servers are not enabled.");
    }
    if (!isName(name)) {
      throw new HttpException(
          400,
          "Invalid server name '"
              + (name.length() > 100 ? name.substring(0, 100) + "…" : name)
              + "': 1 to 30 lower-case letters, digits and single hyphens, beginning with a letter"
              + " and not ending with a hyphen");
    }
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
}
