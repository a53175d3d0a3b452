package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the interpreter for a kernelspec whose command is a bare {@code python}, {@code python3} or
 * {@code python3.12} and that does not lie next to such an interpreter ({@code
 * <prefix>/share/jupyter/kernels} next to {@code <prefix>/bin}). jupyter_server takes its own
 * interpreter there; we have none.
 */
@FunctionalInterface
public interface PythonInterpreters {

  /** Leaves every command to the search on PATH. */
  PythonInterpreters ON_PATH = _ -> Optional.empty();

  /**
   * The program to run instead of a bare command.
   *
   * @param command such as {@code python3}
   * @return an absolute path, or empty for the search on PATH
   */
  Optional<Path> find(String command);
}
