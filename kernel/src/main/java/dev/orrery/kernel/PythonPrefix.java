package dev.orrery.kernel;

import dev.orrery.kernel.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds what a Python interpreter calls {@code sys.prefix}, without starting it. */
final class PythonPrefix {

  private PythonPrefix() {}

  /** The prefix of the {@code python3} on PATH, or of {@code python} when there is no other. */
  static Optional<Path> onPath(Map<String, String> env) {
    return Programs.onPath("python3", env)
        .or(() -> Programs.onPath("python", env))
        .flatMap(python -> pyenv(python, env).or(() -> of(python)));
  }

  /** The prefix of an interpreter: of a virtual environment, else of what its link leads to. */
  static Optional<Path> of(Path python) {
    Path home = prefixOfBin(python);
    if (home != null && Files.isRegularFile(home.resolve("pyvenv.cfg"))) {
      return Optional.of(home);
    }
    try {
      return Optional.ofNullable(prefixOfBin(python.toRealPath()));
    } catch (IOException e) {
      return Optional.ofNullable(home);
    }
  }

  private static @org.jspecify.annotations.Nullable Path prefixOfBin(Path program) {
    Path bin = program.toAbsolutePath().getParent();
    return bin == null ? null : bin.getParent();
  }

  /**
   * A shim of pyenv is a script that picks a version: by PYENV_VERSION, else by the global version
   * file. The versions of single directories are not looked at, because a server has many.
   */
  private static Optional<Path> pyenv(Path shim, Map<String, String> env) {
    Path shims = shim.getParent();
    if (shims == null || !shims.endsWith("shims") || shims.getParent() == null) {
      return Optional.empty();
    }
    Path root = shims.getParent();
    String versions = env.getOrDefault("PYENV_VERSION", "");
    try {
      if (versions.isEmpty()) {
        versions = Files.readString(root.resolve("version"));
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    String first = versions.strip().split("[:\\s]+", 2)[0];
    if (first.equals("system")) {
      return Programs.onPath("python3", Map.of("PATH", withoutEntry(env, shims)))
          .flatMap(PythonPrefix::of);
    }
    Path prefix = root.resolve("versions").resolve(first);
    return !first.isEmpty() && Files.isDirectory(prefix) ? Optional.of(prefix) : Optional.empty();
  }

  private static String withoutEntry(Map<String, String> env, Path entry) {
    var kept = new java.util.StringJoiner(":");
    for (String directory : env.getOrDefault("PATH", "").split(":")) {
      if (!directory.isEmpty() && !Path.of(directory).equals(entry)) {
        kept.add(directory);
      }
    }
    return kept.toString();
  }
}
