package dev.orrery.spawner.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * As whom, where and with what a server runs.
 *
 * @param launcher what the command is put behind; empty to run as the hub does
 * @param directory where it starts
 * @param environment what goes before all the hub says
 */
record RunAs(List<String> launcher, Path directory, Map<String, String> environment) {

  RunAs {
    launcher = List.copyOf(launcher);
    environment = Map.copyOf(environment);
  }
}
