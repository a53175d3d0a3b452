package dev.orrery.hub.settings;

import dev.orrery.config.Settings;
import dev.orrery.spawner.spi.SpawnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What starts servers, and what happens to them at the end.
 *
 * @param spawner what the settings call it; empty where they say nothing
 * @param cleanServers whether servers end with the hub
 * @param cleanProxy whether the proxy ends with the hub
 */
public record SpawnSettings(
    String spawner, ServerSettings servers, boolean cleanServers, boolean cleanProxy) {

  private static final System.Logger LOG = System.getLogger(SpawnSettings.class.getName());

  /** Where servers listen that are on the hub's machine. */
  public static final String LOOPBACK = "127.0.0.1";

  /** How many seconds a request waits for a start or a stop. */
  private static final double PATIENCE = 10;

  /** What {@code Spawner.environment} has, with whatever is in it. */
  public static Map<String, Object> environment(Settings settings) {
    return settings.get(SpawnTraits.ENVIRONMENT);
  }

  /**
   * Reads the settings of one start.
   *
   * @param usualCommand what a server is where the settings do not say
   * @param usualIp where it listens where they do not
   */
  public static SpawnSettings read(Settings settings, List<String> usualCommand, String usualIp) {
    var command =
        new ArrayList<>(
            settings.isSet(SpawnTraits.CMD)
                ? settings.get(SpawnTraits.CMD).orElse(List.of())
                : usualCommand);
    List<String> arguments = settings.get(SpawnTraits.ARGS);
    if (!command.isEmpty()) {
      command.addAll(arguments);
    } else if (!arguments.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Spawner.args is left out: what runs is decided elsewhere; set Spawner.cmd, too");
    }
    var environment = new LinkedHashMap<String, String>();
    if (settings.get(SpawnTraits.DEBUG)) {
      environment.put("JUPYTERHUB_DEBUG", "1");
    }
    if (settings.get(SpawnTraits.DISABLE_USER_CONFIG)) {
      environment.put("JUPYTERHUB_DISABLE_USER_CONFIG", "1");
    }
    settings
        .get(SpawnTraits.ENVIRONMENT)
        .forEach((name, value) -> environment.put(name, String.valueOf(value)));
    return new SpawnSettings(
        settings.get(SpawnTraits.SPAWNER_CLASS),
        new ServerSettings(
            command,
            environment,
            settings.isSet(SpawnTraits.IP) ? settings.get(SpawnTraits.IP) : usualIp,
            settings.get(SpawnTraits.PORT),
            settings.get(SpawnTraits.NOTEBOOK_DIR),
            settings.get(SpawnTraits.DEFAULT_URL),
            Duration.ofSeconds(settings.get(SpawnTraits.START_TIMEOUT)),
            Duration.ofSeconds(settings.get(SpawnTraits.HTTP_TIMEOUT)),
            patience(settings, "slow_spawn_timeout"),
            patience(settings, "slow_stop_timeout"),
            Duration.ofSeconds(settings.get(SpawnTraits.POLL_INTERVAL)),
            settings.get(SpawnTraits.CONCURRENT_SPAWN_LIMIT),
            settings.get(SpawnTraits.ACTIVE_SERVER_LIMIT),
            settings.get(SpawnTraits.ALLOW_NAMED_SERVERS),
            settings.get(SpawnTraits.NAMED_SERVER_LIMIT_PER_USER),
            new SpawnRequest.Limits(
                settings.get(SpawnTraits.MEM_LIMIT).orElse(0L),
                settings.get(SpawnTraits.MEM_GUARANTEE).orElse(0L),
                settings.get(SpawnTraits.CPU_LIMIT).orElse(0.0),
                settings.get(SpawnTraits.CPU_GUARANTEE).orElse(0.0)),
            new ServerSettings.Rights(
                settings.get(SpawnTraits.CLIENT_SCOPES), settings.get(SpawnTraits.TOKEN_SCOPES)),
            settings.get(SpawnTraits.HUB_CONNECT_URL).filter(url -> !url.isEmpty()),
            new ServerSettings.Trouble(
                settings.get(SpawnTraits.FAILURE_LIMIT),
                seconds(settings, 0),
                seconds(settings, 1)),
            Duration.ofSeconds(settings.get(SpawnTraits.LAST_ACTIVITY_INTERVAL)),
            settings.get(SpawnTraits.CLEANUP_ORPHANS)),
        settings.get(SpawnTraits.CLEANUP_SERVERS),
        settings.get(SpawnTraits.CLEANUP_PROXY));
  }

  private static Duration patience(Settings settings, String name) {
    double seconds =
        settings.get(SpawnTraits.TORNADO_SETTINGS).get(name) instanceof Number number
            ? number.doubleValue()
            : PATIENCE;
    return Duration.ofMillis(Math.round(Math.clamp(seconds, 0, 3600) * 1000));
  }

  private static Duration seconds(Settings settings, int index) {
    return settings.get(SpawnTraits.RETRY_RANGE).get(index) instanceof Number number
        ? Duration.ofSeconds(number.longValue())
        : Duration.ZERO;
  }
}
