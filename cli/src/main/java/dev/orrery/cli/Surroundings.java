package dev.orrery.cli;

import dev.orrery.kernel.JupyterPaths;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a small command works with.
 *
 * @param home the distribution this program is of
 * @param out what was asked for goes here
 * @param err what is said meanwhile goes here
 */
record Surroundings(
    Map<String, String> env,
    JupyterPaths paths,
    Path home,
    InputStream in,
    PrintStream out,
    PrintStream err) {

  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        JupyterPaths.ofThisUser(),
        Path.of(System.getProperty("orrery.home", ".")),
        System.in,
        System.out,
        System.err);
  }

  /** The prefix of the Python environment, where one is wanted. */
  Path prefix(String otherwise) throws CommandFailure {
    Optional<Path> prefix = paths.prefix();
    if (prefix.isEmpty()) {
      throw CommandFailure.failed(
          "there is no Python environment here: neither VIRTUAL_ENV nor CONDA_PREFIX is set and no"
              + " python3 is on PATH; "
              + otherwise);
    }
    return prefix.get();
  }
}
