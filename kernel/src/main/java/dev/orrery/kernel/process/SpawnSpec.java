package dev.orrery.kernel.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to run.
 *
 * @param argv the command; the first one is looked up on the PATH of {@code env} unless it has a
 *     slash; at least one element
 * @param env the whole environment of the child
 * @param cwd an existing directory
 * @param stdio where its standard streams go
 */
public record SpawnSpec(List<String> argv, Map<String, String> env, Path cwd, Stdio stdio) {

  /** Copies the collections. */
  public SpawnSpec {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("A command needs at least the name of a program.");
    }
  }
}
