package dev.orrery.cli;

import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.util.Locale;

/** The log of a command as its settings want it. */
final class LogSettings {

  private LogSettings() {}

  /**
   * Logs to the standard error from now on.
   *
   * @param level by Python's names or numbers
   * @param format {@code line} or {@code json}
   */
  static void apply(String level, String format) {
    System.Logger.Level least =
        switch (level.toUpperCase(Locale.ROOT)) {
          case "DEBUG", "10", "0" -> System.Logger.Level.DEBUG;
          case "WARN", "WARNING", "30" -> System.Logger.Level.WARNING;
          case "ERROR", "CRITICAL", "40", "50" -> System.Logger.Level.ERROR;
          default -> System.Logger.Level.INFO;
        };
    Logging.configure(least, format.equals("json") ? LogFormat.JSON : LogFormat.LINE, System.err);
  }
}
