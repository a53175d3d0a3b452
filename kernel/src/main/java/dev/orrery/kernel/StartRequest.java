package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What to start.
 *
 * @param specName name of a kernelspec, in any case
 * @param cwd where the kernel runs; must be a directory
 * @param env added to the environment kernels start with, before the spec's own, such as {@code
 *     JPY_SESSION_NAME}
 * @param kernelId the id to use; empty for a new random one
 */
public record StartRequest(
    String specName, Path cwd, Map<String, String> env, Optional<String> kernelId) {

  public StartRequest {
    env = Map.copyOf(env);
  }

  /** A kernel of that spec with a random id and nothing added to its environment. */
  public static StartRequest of(String specName, Path cwd) {
    return new StartRequest(specName, cwd, Map.of(), Optional.empty());
  }
}
