package dev.orrery.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Programs of this machine, and who we are on it. */
final class Programs {

  private Programs() {}

  /** The first program of that name on the PATH. */
  static Optional<Path> find(String name, Map<String, String> env) {
    for (String folder : env.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        Path program = Path.of(folder).resolve(name);
        if (Files.isExecutable(program) && Files.isRegularFile(program)) {
          return Optional.of(program.toAbsolutePath());
        }
      }
    }
    return Optional.empty();
  }

  /** Whether this process may do everything. */
  static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid
          && uid == 0;
    } catch (IOException | UnsupportedOperationException e) {
      // Without /proc (macOS): the name is what is left to go by.
      return System.getProperty("user.name", "").equals("root");
    }
  }
}
