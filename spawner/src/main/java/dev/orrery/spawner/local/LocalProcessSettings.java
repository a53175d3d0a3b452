package dev.orrery.spawner.local;

import static java.util.Objects.requireNonNull;

import dev.orrery.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How local processes are started and ended.
 *
 * @param afterInterrupt how long a server may take to end by itself when it is interrupted
 * @param afterTerminate the same when it is told to end
 * @param afterKill how long its end may take when it is killed
 * @param shellCommand what gets the command as its last argument; empty to run it without a shell
 * @param hubEnvironment what servers have of the hub's own environment
 * @param logs the folder for what servers print
 */
public record LocalProcessSettings(
    Duration afterInterrupt,
    Duration afterTerminate,
    Duration afterKill,
    List<String> shellCommand,
    Map<String, String> hubEnvironment,
    Path logs) {

  public LocalProcessSettings {
    requireNonNull(afterInterrupt, "afterInterrupt");
    requireNonNull(afterTerminate, "afterTerminate");
    requireNonNull(afterKill, "afterKill");
    shellCommand = List.copyOf(shellCommand);
    hubEnvironment = Map.copyOf(hubEnvironment);
    requireNonNull(logs, "logs");
  }

  /**
   * What is configured.
   *
   * @param environment the hub's own, of which servers get what {@code env_keep} names
   */
  public static LocalProcessSettings from(
      Settings settings, Map<String, String> environment, Path logs) {
    var kept = new HashMap<String, String>();
    for (String name : settings.get(LocalProcessTraits.ENV_KEEP)) {
      String value = environment.get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    return new LocalProcessSettings(
        seconds(settings.get(LocalProcessTraits.INTERRUPT_TIMEOUT)),
        seconds(settings.get(LocalProcessTraits.TERM_TIMEOUT)),
        seconds(settings.get(LocalProcessTraits.KILL_TIMEOUT)),
        settings.get(LocalProcessTraits.SHELL_CMD),
        kept,
        logs);
  }

  private static Duration seconds(int number) {
    return Duration.ofSeconds(number);
  }
}
