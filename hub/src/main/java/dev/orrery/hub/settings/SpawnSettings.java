package dev.orrery.hub.settings;

import dev.orrery.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What starts servers, and what happens to them at the end.
 *
 * @param spawner what the settings call it; empty where they say nothing
 * @param cleanServers whether servers end with the hub
 * @param cleanProxy whether the proxy ends with the hub
 */
public record SpawnSettings(
    String spawner, ServerSettings servers, boolean cleanServers, boolean cleanProxy) {

  /** How long a request waits for a start or a stop. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Reads the settings of one start.
   *
   * @param usualCommand what a server is where the settings do not say
   */
  public static SpawnSettings read(Settings settings, List<String> usualCommand) {
    var command =
        new ArrayList<>(
            settings.isSet(SpawnTraits.CMD) ? settings.get(SpawnTraits.CMD) : usualCommand);
    command.addAll(settings.get(SpawnTraits.ARGS));
    var environment = new LinkedHashMap<String, String>();
    settings
        .get(SpawnTraits.ENVIRONMENT)
        .forEach((name, value) -> environment.put(name, String.valueOf(value)));
    return new SpawnSettings(
        settings.get(SpawnTraits.SPAWNER_CLASS),
        new ServerSettings(
            command,
            environment,
            settings.get(SpawnTraits.IP),
            settings.get(SpawnTraits.PORT),
            settings.get(SpawnTraits.NOTEBOOK_DIR),
            settings.get(SpawnTraits.DEFAULT_URL),
            Duration.ofSeconds(settings.get(SpawnTraits.START_TIMEOUT)),
            Duration.ofSeconds(settings.get(SpawnTraits.HTTP_TIMEOUT)),
            PATIENCE,
            Duration.ofSeconds(settings.get(SpawnTraits.POLL_INTERVAL)),
            settings.get(SpawnTraits.CONCURRENT_SPAWN_LIMIT),
            settings.get(SpawnTraits.ACTIVE_SERVER_LIMIT),
            settings.get(SpawnTraits.ALLOW_NAMED_SERVERS),
            settings.get(SpawnTraits.NAMED_SERVER_LIMIT_PER_USER)),
        settings.get(SpawnTraits.CLEANUP_SERVERS),
        settings.get(SpawnTraits.CLEANUP_PROXY));
  }
}
