package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where Jupyter keeps its files, by the rules of {@code jupyter_core.paths}. Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class JupyterPaths {

  /** The rules applied to one user's surroundings. */
  public static JupyterPaths of(Map<String, String> env, Path home, String userName) {
    throw new UnsupportedOperationException();
  }

  /** The rules applied to the user of this process. */
  public static JupyterPaths ofThisUser() {
    throw new UnsupportedOperationException();
  }

  /** The user's data directory. */
  public Path dataDir() {
    throw new UnsupportedOperationException();
  }

  /** Connection files and {@code jpserver-*.json}. */
  public Path runtimeDir() {
    throw new UnsupportedOperationException();
  }

  /** The user's configuration directory. */
  public Path configDir() {
    throw new UnsupportedOperationException();
  }

  /** Directories of data files, the most important first ({@code jupyter_path()}). */
  public List<Path> dataPath() {
    throw new UnsupportedOperationException();
  }

  /** Directories of configuration files, the most important first. */
  public List<Path> configPath() {
    throw new UnsupportedOperationException();
  }

  /** Directories of kernelspecs, the most important first. */
  public List<Path> kernelDirs() {
    throw new UnsupportedOperationException();
  }
}
