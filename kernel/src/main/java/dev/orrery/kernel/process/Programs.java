package dev.orrery.kernel.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds programs the way a shell does. */
public final class Programs {

  /** What a shell searches when there is no PATH. */
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private Programs() {}

  /**
   * Looks a bare command up on the PATH of {@code env}.
   *
   * @return the first executable file of that name, not resolved through links; empty when there is
   *     none
   */
  public static Optional<Path> onPath(String command, Map<String, String> env) {
    String path = env.getOrDefault("PATH", DEFAULT_PATH);
    for (String directory : path.split(":", -1)) {
      try {
        Path candidate = Path.of(directory.isEmpty() ? "." : directory, command);
        if (isProgram(candidate)) {
          return Optional.of(candidate.toAbsolutePath());
        }
      } catch (InvalidPathException e) {
        // An entry that is no path holds no program.
      }
    }
    return Optional.empty();
  }

  /** The file to run for the first word of a command. */
  static Path resolve(String command, SpawnSpec spec) throws IOException {
    if (command.indexOf('/') < 0) {
      return onPath(command, spec.env())
          .orElseThrow(() ->
              new IOException(
                  "There is no program '%s' on PATH (%s)."
                      .formatted(command, spec.env().getOrDefault("PATH", DEFAULT_PATH))));
    }
    Path program = spec.cwd().toAbsolutePath().resolve(command);
    if (!Files.exists(program)) {
      throw new IOException("There is no program '" + program + "'.");
    }
    if (!isProgram(program)) {
      throw new IOException("'" + program + "' is not an executable file.");
    }
    return program;
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
