package dev.orrery.cli;

import dev.orrery.config.Declarations;
import dev.orrery.config.Outcome;
import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelHost;
import dev.orrery.server.NotebookServer;
import dev.orrery.server.hub.HubSettings;
import dev.orrery.server.settings.App;
import dev.orrery.server.settings.ServerDeclarations;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import dev.orrery.web.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code orrery lab}, {@code server}, {@code notebook} and {@code singleuser}, from the command
 * line to the last line of the log: settings, checks, a Python kernel if there is none, the server,
 * its files and banner, the end.
 */
final class ServerCommand {

  private static final System.Logger LOG = System.getLogger(ServerCommand.class.getName());

  private final App app;
  private final List<String> arguments;
  private final Map<String, String> env = System.getenv();

  /** What is passed on to kernels and other programs. */
  private final Map<String, String> passedOn = withoutSecrets(env);

  private final Path workingDirectory = Path.of("").toAbsolutePath();

  ServerCommand(App app, List<String> arguments) {
    this.app = app;
    this.arguments = arguments;
  }

  private static Map<String, String> withoutSecrets(Map<String, String> env) {
    var passedOn = new HashMap<>(env);
    passedOn.remove(HubSettings.XSRF_SECRET);
    return passedOn;
  }

  /** Runs until the server ends; gives the exit status. */
  int run() {
    Logging.configure(System.Logger.Level.INFO, LogFormat.LINE, System.err);
    Declarations declarations = ServerDeclarations.of(app);
    Optional<String> help = Questions.answer(Version.of(app), arguments, declarations);
    if (help.isPresent()) {
      System.out.println(help.get() + (Help.isAsked(arguments) ? commands() : ""));
      return 0;
    }
    JupyterPaths paths = paths();
    boolean strict = arguments.contains("--strict-config");
    var sources =
        new Sources(
            arguments.stream().filter(argument -> !Questions.isOurs(argument)).toList(),
            passedOn,
            Questions.configPath(paths, env),
            Programs.find("python3", env),
            workingDirectory,
            strict);
    Outcome outcome = new SettingsReader(declarations).read(sources);
    if (outcome instanceof Outcome.Refused refused) {
      refused.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
      return refuse(refused.problems());
    }
    Settings settings = ServerSettings.effective(app, ((Outcome.Ready) outcome).settings(), env);
    LogSettings.apply(
        settings.get(ServerDeclarations.LOG_LEVEL), settings.get(ServerDeclarations.LOG_FORMAT));
    outcome.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
    Optional<String> shown = Questions.shown(arguments, settings);
    if (shown.isPresent()) {
      System.out.println(shown.get());
      return 0;
    }
    if (arguments.contains("--generate-config")) {
      return Questions.generateConfig(app, declarations, paths, arguments.contains("-y"));
    }
    Optional<Pages> pages = Pages.in(Path.of(System.getProperty("orrery.home", ".")));
    if (pages.isEmpty()) {
      System.err.println(
          "orrery: the pages of JupyterLab are missing from this installation (share/jupyter/lab); install it again.");
      return 1;
    }
    ServerSettings.Result result =
        ServerSettings.read(app, settings, env, paths, pages.get(), workingDirectory);
    return result instanceof ServerSettings.Result.Ready ready
        ? serve(ready.settings(), paths)
        : refuse(((ServerSettings.Result.Refused) result).problems());
  }

  /** What may stand in the place of a folder. */
  private String commands() {
    String ofAll = "list, stop [PORT], password";
    return switch (app) {
      case LAB -> "\nCommands: " + ofAll + ", path, build, clean, workspaces";
      case SERVER -> "\nCommands: " + ofAll + ", extension";
      case NOTEBOOK -> "\nCommands: " + ofAll;
      case SINGLEUSER -> "";
    };
  }

  private JupyterPaths paths() {
    JupyterPaths paths = JupyterPaths.ofThisUser();
    return ServerSettings.ignoresHome(app, arguments, env)
        ? paths.ignoring(Path.of(env.getOrDefault("HOME", System.getProperty("user.home", "/"))))
        : paths;
  }

  private static int refuse(List<Problem> problems) {
    System.err.println(
        problems.size() == 1
            ? "orrery: not started, because of a setting:"
            : "orrery: not started, because of settings:");
    problems.forEach(problem -> System.err.println("  " + problem));
    return 1;
  }

  private int serve(ServerSettings settings, JupyterPaths paths) {
    if (!settings.start().allowRoot() && Programs.isRoot()) {
      System.err.println(
          "orrery: Running as root is not recommended. Use --allow-root to bypass: whoever can log in is root then.");
      return 1;
    }
    Optional<String> missing = missingRuntimeFolder(paths.runtimeDir());
    if (missing.isPresent()) {
      System.err.println("orrery: " + missing.get());
      return 1;
    }
    var python = new PythonKernel(settings.kernelSpecs(), paths, passedOn);
    python.ensure();
    var host = new KernelHost(paths.runtimeDir(), passedOn, python.interpreters());
    try (var server = new NotebookServer(settings, paths, host, python.specs())) {
      server.start();
      // Before there is anything that has to be taken away at the end.
      new Signals(server, settings.start().answerYes()).install();
      try (var files = RuntimeFiles.write(settings, server, paths)) {
        new Banner(settings, server, files).show();
        server.awaitStopRequest();
      }
      return 0;
    } catch (IOException e) {
      System.err.println("orrery: " + Sentences.of(e));
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** Why no kernel could be started here: its connection file goes into the runtime folder. */
  private static Optional<String> missingRuntimeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
      if (Files.isWritable(folder)) {
        return Optional.empty();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "The runtime folder can't be made", e);
    }
    return Optional.of(
        "the runtime folder "
            + folder
            + " can't be written to; make it writable, or name another one in the variable"
            + " JUPYTER_RUNTIME_DIR.");
  }
}
