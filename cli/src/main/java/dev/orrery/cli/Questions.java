package dev.orrery.cli;

import dev.orrery.config.Declarations;
import dev.orrery.config.Reference;
import dev.orrery.config.Settings;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.server.settings.App;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Arguments that ask something instead of starting a server. */
final class Questions {

  /** Arguments this program answers itself; the settings never see them. */
  private static final Set<String> OURS =
      Set.of("--show-config", "--show-config-json", "--generate-config", "--strict-config");

  private Questions() {}

  static boolean isOurs(String argument) {
    return OURS.contains(argument);
  }

  /** The text that a question for help or the version is answered with. */
  static Optional<String> answer(
      String version, List<String> arguments, Declarations declarations) {
    if (arguments.contains("--help-all")) {
      return Optional.of(Reference.helpAll(declarations));
    }
    if (arguments.contains("--help") || arguments.contains("-h")) {
      return Optional.of(
          Reference.help(declarations)
              + """

              Also
                --generate-config    write a configuration file with every setting in it, commented out
                --show-config        what is set, and where
                --show-config-json   the same for programs
                --strict-config      stop when a setting has no known name
                --help-all           every setting
              """);
    }
    return arguments.contains("--version") ? Optional.of(version) : Optional.empty();
  }

  /** What is set, where somebody asks for that. */
  static Optional<String> shown(List<String> arguments, Settings settings) {
    if (arguments.contains("--show-config-json")) {
      return Optional.of(Reference.showConfigJson(settings));
    }
    return arguments.contains("--show-config")
        ? Optional.of(Reference.showConfig(settings))
        : Optional.empty();
  }

  /** The folders of configuration files, the least important first. */
  static List<Path> configPath(JupyterPaths paths, Map<String, String> env) {
    String off = env.getOrDefault("JUPYTER_NO_CONFIG", "");
    return off.isEmpty() || off.equals("0") ? paths.configPath().reversed() : List.of();
  }

  static int generateConfig(
      App app, Declarations declarations, JupyterPaths paths, boolean overwrite) {
    String name =
        switch (app) {
          case LAB -> "jupyter_lab_config.py";
          case SERVER, SINGLEUSER -> "jupyter_server_config.py";
          case NOTEBOOK -> "jupyter_notebook_config.py";
        };
    Path file = paths.configDir().resolve(name);
    if (Files.exists(file) && !overwrite) {
      System.err.println("orrery: " + file + " exists and is left as it is; -y overwrites it.");
      return 1;
    }
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, Reference.generateConfig(declarations));
      System.out.println("Writing default config to: " + file);
      return 0;
    } catch (IOException e) {
      System.err.println("orrery: " + file + " could not be written: " + e.getMessage());
      return 1;
    }
  }
}
