package dev.orrery.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where Jupyter keeps its files, by the rules of {@code jupyter_core.paths} 5.9. The prefix of the
 * active virtual or conda environment, else of the {@code python3} on PATH, stands in for the
 * {@code sys.prefix} of the interpreter that jupyter_server runs in. Immutable; nothing is created.
 */
public final class JupyterPaths {

  /** Where data files for all users are installed. */
  public static final Path SYSTEM_DATA = Path.of("/usr/local/share/jupyter");

  /** Where configuration files for all users are written. */
  public static final Path SYSTEM_CONFIG = Path.of("/usr/local/etc/jupyter");

  private static final Set<String> FALSE = Set.of("no", "n", "false", "off", "0", "0.0");

  private final Path dataDir;
  private final Path runtimeDir;
  private final Path configDir;
  private final List<Path> dataPath;
  private final List<Path> configPath;
  private final List<Path> kernelDirs;
  private final Optional<Path> prefix;
  private final List<Path> environments;
  private final Optional<Path> environmentConfig;

  private JupyterPaths(Surroundings at) {
    prefix = at.prefix;
    dataDir = at.dataDir();
    runtimeDir = at.variable("JUPYTER_RUNTIME_DIR").orElse(dataDir.resolve("runtime"));
    configDir = at.configDir();
    dataPath =
        at.search(
            "JUPYTER_PATH", dataDir, "share", List.of(SYSTEM_DATA, Path.of("/usr/share/jupyter")));
    configPath =
        at.isSet("JUPYTER_NO_CONFIG")
            ? List.of()
            : at.search(
                "JUPYTER_CONFIG_PATH",
                configDir,
                "etc",
                List.of(SYSTEM_CONFIG, Path.of("/etc/jupyter")));
    var kernels = new ArrayList<Path>();
    dataPath.forEach(path -> kernels.add(path.resolve("kernels")));
    kernels.add(at.variable("IPYTHONDIR").orElse(at.home.resolve(".ipython")).resolve("kernels"));
    kernelDirs = List.copyOf(kernels);
    var prefixes = new ArrayList<Path>();
    at.userBase().ifPresent(prefixes::add);
    at.prefix.ifPresent(prefixes::add);
    at.systemBehind().ifPresent(prefixes::add);
    prefixes.add(privatePython());
    environments = List.copyOf(prefixes);
    environmentConfig =
        at.prefix.map(path -> path.resolve("etc/jupyter")).filter(configPath::contains);
  }

  private JupyterPaths(JupyterPaths all, Path home) {
    prefix = all.prefix;
    dataDir = all.dataDir;
    runtimeDir = all.runtimeDir;
    configDir = all.configDir;
    dataPath = outside(home, all.dataPath);
    configPath = outside(home, all.configPath);
    kernelDirs = outside(home, all.kernelDirs);
    environments = outside(home, all.environments);
    environmentConfig = all.environmentConfig.filter(configPath::contains);
  }

  private static List<Path> outside(Path home, List<Path> paths) {
    Path real = Surroundings.realOrSame(home);
    return paths.stream().filter(path -> !nearestReal(path).startsWith(real)).toList();
  }

  /** Where a path leads to that may not be there yet. */
  private static Path nearestReal(Path path) {
    Path existing = path.toAbsolutePath().normalize();
    Path missing = Path.of("");
    while (!Files.exists(existing) && existing.getParent() != null) {
      missing = existing.getFileName().resolve(missing);
      existing = existing.getParent();
    }
    return Surroundings.realOrSame(existing).resolve(missing);
  }

  /**
   * The same without what is searched below {@code home}: for administrators who want to be the
   * only ones who configure a server. Where the user's own files are kept does not change.
   */
  public JupyterPaths ignoring(Path home) {
    return new JupyterPaths(this, home);
  }

  /**
   * The rules applied to one user's surroundings.
   *
   * @param env environment variables
   * @param home home directory
   * @param userName who asks; an environment of somebody else is not preferred over the user's own
   *     directories
   */
  public static JupyterPaths of(Map<String, String> env, Path home, String userName) {
    boolean mac = System.getProperty("os.name", "").startsWith("Mac");
    return of(env, home, userName, mac);
  }

  static JupyterPaths of(Map<String, String> env, Path home, String userName, boolean mac) {
    return new JupyterPaths(new Surroundings(env, home, userName, mac));
  }

  /** The rules applied to the user of this process. */
  public static JupyterPaths ofThisUser() {
    Map<String, String> env = System.getenv();
    String home = env.getOrDefault("HOME", "");
    return of(
        env,
        Path.of(home.isEmpty() ? System.getProperty("user.home", "/") : home),
        System.getProperty("user.name", ""));
  }

  /** The user's data directory. */
  public Path dataDir() {
    return dataDir;
  }

  /** Connection files and {@code jpserver-*.json}. */
  public Path runtimeDir() {
    return runtimeDir;
  }

  /** The user's configuration directory. */
  public Path configDir() {
    return configDir;
  }

  /** Directories of data files, the most important first ({@code jupyter_path()}). */
  public List<Path> dataPath() {
    return dataPath;
  }

  /**
   * Directories of configuration files, the most important first ({@code jupyter_config_path()});
   * none with JUPYTER_NO_CONFIG.
   */
  public List<Path> configPath() {
    return configPath;
  }

  /**
   * What stands in for Python's {@code sys.prefix}: {@code etc/jupyter} and {@code share/jupyter}
   * are below it. Empty where there is no Python.
   */
  public Optional<Path> prefix() {
    return prefix;
  }

  /** Directories of kernelspecs, the most important first. */
  public List<Path> kernelDirs() {
    return kernelDirs;
  }

  /**
   * Prefixes of the Python environments whose packages count, the most important first: the user's
   * own packages, the active environment with the one it lets through, and the one that is made
   * where there is no Python kernel. They need not exist.
   */
  public List<Path> environments() {
    return environments;
  }

  /** The configuration directory of the active environment, where it is searched. */
  public Optional<Path> environmentConfig() {
    return environmentConfig;
  }

  /** The environment that is made where there is no Python kernel. */
  public Path privatePython() {
    return dataDir.resolve("orrery-python");
  }

  private static final class Surroundings {
    private final Map<String, String> env;
    private final Path home;
    private final String userName;
    private final boolean mac;
    private final Optional<Path> activeVenv;
    private final Optional<Path> activeConda;
    private final Optional<Path> prefix;

    Surroundings(Map<String, String> env, Path home, String userName, boolean mac) {
      this.env = env;
      this.home = realOrSame(home);
      this.userName = userName;
      this.mac = mac;
      activeVenv = variable("VIRTUAL_ENV");
      activeConda = variable("CONDA_PREFIX");
      prefix = activeVenv.or(() -> activeConda).or(() -> PythonPrefix.onPath(env));
    }

    Optional<Path> variable(String name) {
      return Optional.ofNullable(env.get(name)).filter(value -> !value.isEmpty()).map(Path::of);
    }

    boolean isSet(String name) {
      return !env.getOrDefault(name, "").isEmpty();
    }

    Path dataDir() {
      Path standard =
          mac
              ? home.resolve("Library").resolve("Jupyter")
              : variable("XDG_DATA_HOME").orElse(home.resolve(".local/share")).resolve("jupyter");
      return variable("JUPYTER_DATA_DIR").orElse(standard);
    }

    Path configDir() {
      return variable("JUPYTER_CONFIG_DIR").orElse(home.resolve(".jupyter"));
    }

    List<Path> search(String variable, Path user, String part, List<Path> system) {
      var paths = new LinkedHashSet<Path>();
      for (String entry : env.getOrDefault(variable, "").split(":")) {
        if (!entry.isEmpty()) {
          paths.add(Path.of(entry));
        }
      }
      var users = new ArrayList<>(List.of(user));
      userBase().map(base -> base.resolve(part).resolve("jupyter")).ifPresent(users::add);
      List<Path> environment =
          prefix
              .map(path -> path.resolve(part).resolve("jupyter"))
              .filter(path -> !system.contains(path))
              .map(List::of)
              .orElse(List.of());
      if (preferEnvironment()) {
        paths.addAll(environment);
        paths.addAll(users);
      } else {
        paths.addAll(users);
        paths.addAll(environment);
      }
      paths.addAll(system);
      return List.copyOf(paths);
    }

    /** Python has no user site in a virtual environment that does not see the system's packages. */
    private Optional<Path> userBase() {
      boolean closedVenv =
          prefix.map(path -> path.resolve("pyvenv.cfg")).filter(this::hidesSystem).isPresent();
      if (closedVenv || isSet("PYTHONNOUSERSITE")) {
        return Optional.empty();
      }
      return variable("PYTHONUSERBASE").or(() -> Optional.of(home.resolve(".local")));
    }

    /** The prefix whose packages a virtual environment lets its programs see, too. */
    private Optional<Path> systemBehind() {
      Optional<Path> config =
          prefix.map(path -> path.resolve("pyvenv.cfg")).filter(Files::isRegularFile);
      if (config.isEmpty() || hidesSystem(config.get())) {
        return Optional.empty();
      }
      try (var lines = Files.lines(config.get())) {
        return lines
            .map(line -> line.split("=", 2))
            .filter(parts -> parts.length == 2 && parts[0].strip().equals("home"))
            .map(parts -> Path.of(parts[1].strip()).getParent())
            .filter(Objects::nonNull)
            .findFirst();
      } catch (IOException | UncheckedIOException e) {
        return Optional.empty();
      }
    }

    private boolean hidesSystem(Path config) {
      try {
        return Files.isRegularFile(config)
            && Files.readAllLines(config).stream()
                .map(line -> line.replace(" ", "").toLowerCase(Locale.ROOT))
                .noneMatch("include-system-site-packages=true"::equals);
      } catch (IOException | UncheckedIOException e) {
        return false;
      }
    }

    private boolean preferEnvironment() {
      String wish = env.get("JUPYTER_PREFER_ENV_PATH");
      if (wish != null) {
        return !FALSE.contains(wish.toLowerCase(Locale.ROOT));
      }
      if (prefix.isEmpty() || !isMine(prefix.get())) {
        return false;
      }
      boolean venv = Files.isRegularFile(prefix.get().resolve("pyvenv.cfg"));
      boolean conda =
          activeVenv.isEmpty()
              && activeConda.isPresent()
              && !env.getOrDefault("CONDA_DEFAULT_ENV", "base").equals("base");
      return venv || conda;
    }

    private boolean isMine(Path path) {
      try {
        Path existing = path.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
          existing = existing.getParent();
        }
        return Files.getOwner(existing).getName().equals(userName);
      } catch (IOException | UnsupportedOperationException e) {
        return Files.isWritable(path);
      }
    }

    private static Path realOrSame(Path path) {
      try {
        return path.toRealPath();
      } catch (IOException e) {
        return path;
      }
    }
  }
}
