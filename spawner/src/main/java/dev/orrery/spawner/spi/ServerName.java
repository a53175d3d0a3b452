package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

/**
 * Whose server, and which of theirs.
 *
 * @param user as the hub knows them; it may hold anything but a slash
 * @param server empty for the default server
 */
public record ServerName(String user, String server) {

  public ServerName {
    requireNonNull(user, "user");
    requireNonNull(server, "server");
  }

  @Override
  public String toString() {
    return user + "/" + server;
  }
}
