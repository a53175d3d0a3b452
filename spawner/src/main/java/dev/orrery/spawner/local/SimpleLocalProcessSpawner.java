package dev.orrery.spawner.local;

import static java.util.Objects.requireNonNull;

import dev.orrery.config.Settings;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts every server as the account the hub runs as, each in a home of its own. Users are not kept
 * apart at all: it is for trying things out.
 */
public final class SimpleLocalProcessSpawner extends LocalSpawner {

  private static final String USERNAME = "{username}";

  private final String homeTemplate;

  /**
   * Starts nothing yet.
   *
   * @param homeTemplate the home of a user, with <code>{username}</code> for the name
   */
  public SimpleLocalProcessSpawner(LocalProcessSettings settings, String homeTemplate) {
    super(new LocalProcesses(requireNonNull(settings, "settings")));
    this.homeTemplate = requireNonNull(homeTemplate, "homeTemplate");
  }

  /** The configured template of homes. */
  public static String homeTemplate(Settings settings) {
    return settings.get(LocalProcessTraits.HOME_DIR_TEMPLATE);
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    String user = request.who().user();
    Path home = home(user);
    var as =
        new RunAs(
            List.of(), home, Map.of("USER", user, "HOME", home.toString(), "SHELL", "/bin/bash"));
    return processes.start(request, as, listener);
  }

  private Path home(String user) throws SpawnFailure {
    if (user.isEmpty() || user.equals(".") || user.equals("..") || user.indexOf('/') >= 0) {
      throw SpawnFailure.refused("home", "'" + user + "' can't be the name of a home directory.");
    }
    try {
      Path home = Path.of(homeTemplate.replace(USERNAME, user)).toAbsolutePath();
      return Files.createDirectories(home);
    } catch (IOException | InvalidPathException e) {
      throw SpawnFailure.failed(
          "home", "The home directory of '" + user + "' could not be made: " + e.getMessage());
    }
  }
}
