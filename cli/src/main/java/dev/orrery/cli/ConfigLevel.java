package dev.orrery.cli;

import dev.orrery.config.NearestName;
import dev.orrery.kernel.JupyterPaths;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** For whom a configuration file is, the nearest first. */
enum ConfigLevel {
  USER,
  SYS_PREFIX,
  SYSTEM;

  /** The level of that name, such as {@code sys_prefix}. */
  static ConfigLevel of(String text) throws CommandFailure {
    for (ConfigLevel level : values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    List<String> all = Arrays.stream(values()).map(ConfigLevel::text).toList();
    throw CommandFailure.misused(
        "there is no level '"
            + text
            + "'; the levels are "
            + String.join(", ", all)
            + NearestName.hint(all, text));
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The configuration folder of this level. */
  Path folder(Surroundings here) throws CommandFailure {
    return switch (this) {
      case USER -> here.paths().configDir();
      case SYS_PREFIX ->
          here.prefix("choose the level of the user or of the system").resolve("etc/jupyter");
      case SYSTEM -> JupyterPaths.SYSTEM_CONFIG;
    };
  }
}
