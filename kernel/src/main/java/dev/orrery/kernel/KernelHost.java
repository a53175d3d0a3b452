package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where kernels run.
 *
 * @param runtimeDir holds the connection files, what kernels print, and what another server needs
 *     to go on with them; made when it is missing
 * @param env what a kernel's environment starts from, normally our own
 * @param interpreters finds the program for a bare {@code python3}
 */
public record KernelHost(
    Path runtimeDir, Map<String, String> env, PythonInterpreters interpreters) {

  public KernelHost {
    env = Map.copyOf(env);
  }
}
