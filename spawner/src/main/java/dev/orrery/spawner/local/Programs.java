package dev.orrery.spawner.local;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs. */
final class Programs {

  /** Where the programs of the system are; what the hub's PATH says is no matter. */
  private static final String OF_SYSTEM = "/usr/bin:/bin:/usr/sbin:/sbin";

  private Programs() {}

  static Optional<Path> ofSystem(String name) {
    return on(OF_SYSTEM, name);
  }

  /** The first executable file of that name. */
  static Optional<Path> on(String path, String name) {
    for (String directory : path.split(":", -1)) {
      try {
        Path candidate = Path.of(directory, name);
        if (candidate.isAbsolute()
            && Files.isRegularFile(candidate)
            && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      } catch (InvalidPathException e) {
        // An entry that is no path holds no program.
      }
    }
    return Optional.empty();
  }
}
