package dev.orrery.kernel;

import dev.orrery.kernel.process.Stdio;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where kernels run.
 *
 * @param runtimeDir holds the connection files; made when it is missing
 * @param env what a kernel's environment starts from, normally our own
 * @param interpreters finds the program for a bare {@code python3}
 * @param output where kernels' own stdout and stderr go
 */
public record KernelHost(
    Path runtimeDir, Map<String, String> env, PythonInterpreters interpreters, Stdio output) {

  public KernelHost {
    env = Map.copyOf(env);
  }

  /** Kernels print where we print, and a bare {@code python3} is the one on PATH. */
  public static KernelHost of(Path runtimeDir, Map<String, String> env) {
    return new KernelHost(runtimeDir, env, PythonInterpreters.ON_PATH, new Stdio.Inherit());
  }
}
