package dev.orrery.spawner.local;

import dev.orrery.config.Declarations;
import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What local processes can be told, by the names JupyterHub has for it. */
public final class LocalProcessTraits {

  /** What servers have of the hub's environment unless {@code env_keep} says otherwise. */
  static final List<String> KEPT =
      List.of(
          "CONDA_DEFAULT_ENV",
          "CONDA_ROOT",
          "JUPYTERHUB_SINGLEUSER_APP",
          "LANG",
          "LC_ALL",
          "LD_LIBRARY_PATH",
          "PATH",
          "PYTHONPATH",
          "VIRTUAL_ENV");

  static final Trait<List<String>> ENV_KEEP =
      Trait.strings(
              "LocalProcessSpawner.env_keep",
              KEPT,
              "Variables of the hub's environment that servers have, too. Nothing else of it reaches"
                  + " them.")
          .check(LocalProcessTraits::variables);

  static final Trait<Integer> INTERRUPT_TIMEOUT =
      seconds(
          "LocalProcessSpawner.interrupt_timeout",
          30,
          "Seconds a server may take to end after SIGINT, before it gets SIGTERM.");

  static final Trait<Integer> TERM_TIMEOUT =
      seconds(
          "LocalProcessSpawner.term_timeout",
          30,
          "Seconds a server may take to end after SIGTERM, before it is killed.");

  static final Trait<Integer> KILL_TIMEOUT =
      seconds(
          "LocalProcessSpawner.kill_timeout",
          5,
          "Seconds to wait for the end of a server that was killed.");

  static final Trait<List<String>> SHELL_CMD =
      Trait.strings(
          "LocalProcessSpawner.shell_cmd",
          List.of(),
          "A shell with its options, e.g. ['bash', '-l', '-c'], that gets the command of the server"
              + " as one more argument. Users then decide by their own files what runs.");

  static final Trait<Map<String, Object>> POPEN_KWARGS =
      Trait.dict("LocalProcessSpawner.popen_kwargs", Map.of(), "Arguments for Python's Popen.")
          .unsupported("servers are started without them");

  static final Trait<String> HOME_DIR_TEMPLATE =
      Trait.string(
          "SimpleLocalProcessSpawner.home_dir_template",
          "/tmp/{username}",
          "The home of a user; {username} stands for the name.");

  private LocalProcessTraits() {}

  /** Declares all of them. */
  public static Declarations.Builder declare(Declarations.Builder declarations) {
    return declarations
        .inherits("LocalProcessSpawner", "Spawner")
        .inherits("SimpleLocalProcessSpawner", "LocalProcessSpawner")
        .add(
            ENV_KEEP,
            INTERRUPT_TIMEOUT,
            TERM_TIMEOUT,
            KILL_TIMEOUT,
            SHELL_CMD,
            POPEN_KWARGS,
            HOME_DIR_TEMPLATE);
  }

  private static Trait<Integer> seconds(String name, int byDefault, String help) {
    return Trait.integer(name, byDefault, help)
        .check(value ->
            value >= 0 && value <= 86_400
                ? Optional.empty()
                : Optional.of("has to be between 0 and 86400 seconds"));
  }

  private static Optional<String> variables(List<String> names) {
    return names.stream()
        .filter(name -> name.isEmpty() || name.indexOf('=') >= 0)
        .findFirst()
        .map(name -> "has '" + name + "', which is no name of a variable");
  }
}
