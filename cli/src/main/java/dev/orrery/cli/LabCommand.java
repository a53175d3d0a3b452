package dev.orrery.cli;

import dev.orrery.web.Pages;
import java.nio.file.Path;
import java.util.List;

/** {@code orrery lab path}, {@code build} and {@code clean}. */
final class LabCommand {

  private static final String PATH =
      """
      Usage: orrery lab path

      Prints where the pages of JupyterLab, the user's settings and workspaces are. The variables JUPYTERLAB_DIR,
      JUPYTERLAB_SETTINGS_DIR and JUPYTERLAB_WORKSPACES_DIR name other folders.
      """;

  private static final String BUILD =
      """
      Usage: orrery lab build

      Does nothing: the pages are built already, and prebuilt extensions need no build. Options of JupyterLab's command are
      accepted.
      """;

  private static final String CLEAN =
      """
      Usage: orrery lab clean

      Does nothing: no build leaves anything behind here. Options of JupyterLab's command are accepted.
      """;

  private final Surroundings here;

  LabCommand(Surroundings here) {
    this.here = here;
  }

  int path(List<String> arguments) throws CommandFailure {
    return Help.or(
        arguments,
        PATH,
        here,
        rest -> {
          new Options().flag("-y").read(rest).atMost(0);
          Path lab = here.paths().configDir().resolve("lab");
          here.out().println("Application directory:   " + folder("JUPYTERLAB_DIR", application()));
          here.out()
              .println(
                  "User Settings directory: "
                      + folder("JUPYTERLAB_SETTINGS_DIR", lab.resolve("user-settings")));
          here.out()
              .println(
                  "Workspaces directory: "
                      + folder("JUPYTERLAB_WORKSPACES_DIR", lab.resolve("workspaces")));
          return 0;
        });
  }

  private Path application() {
    return Pages.in(here.home()).map(Pages::lab).orElse(here.home().resolve("share/jupyter/lab"));
  }

  private Path folder(String variable, Path otherwise) {
    String value = here.env().getOrDefault(variable, "");
    return (value.isEmpty() ? otherwise : Path.of(value)).toAbsolutePath().normalize();
  }

  int build(List<String> arguments) throws CommandFailure {
    return Help.or(
        arguments,
        BUILD,
        here,
        rest -> {
          new Options()
              .flag("-y", "--no-minimize", "--splice-source", "--pre-clean")
              .flag("--dev-build", "--LabBuildApp.dev_build", "--LabBuildApp.pre_clean")
              .value("--minimize", "--LabBuildApp.minimize")
              .value("--debug-log-path", "--DebugLogFileMixin.debug_log_path")
              .value("--name", "--version", "--LabBuildApp.name", "--LabBuildApp.version")
              .value("--app-dir", "--LabBuildApp.app_dir")
              .read(rest)
              .atMost(0);
          here.out()
              .println(
                  "Nothing to build: the pages of JupyterLab "
                      + Pages.LAB_VERSION
                      + " are built already, and prebuilt extensions need no build.");
          return 0;
        });
  }

  int clean(List<String> arguments) throws CommandFailure {
    return Help.or(
        arguments,
        CLEAN,
        here,
        rest -> {
          new Options()
              .flag("-y", "--all", "--static", "--settings", "--extensions")
              .flag("--LabCleanApp.all", "--LabCleanApp.static", "--LabCleanApp.settings")
              .flag("--LabCleanApp.extensions")
              .value("--app-dir", "--LabCleanApp.app_dir")
              .read(rest)
              .atMost(0);
          here.out().println("Nothing to clean: no build leaves anything behind here.");
          return 0;
        });
  }
}
