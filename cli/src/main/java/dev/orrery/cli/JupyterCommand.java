package dev.orrery.cli;

import dev.orrery.http.Json;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code jupyter} without a command: where Jupyter keeps its files, and the versions of its parts.
 * Output is that of jupyter_core 5.9.
 */
final class JupyterCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: jupyter [--version | --paths [--json] | --config-dir | --data-dir | --runtime-dir]
             jupyter COMMAND [options]

        --version       the versions of Jupyter's parts
        --paths         the folders of configuration and data, the most important first; as JSON with --json
        --config-dir    the folder of this user's configuration
        --data-dir      the folder of this user's data
        --runtime-dir   the folder of what running servers and kernels leave for others to find them

      Commands: lab, notebook, server, kernelspec, labextension, troubleshoot. 'orrery help' has them all.
      """;

  private static final List<String> QUESTIONS =
      List.of("--version", "--config-dir", "--data-dir", "--runtime-dir", "--paths");

  private final Surroundings here;

  JupyterCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    return Help.or(arguments, USAGE, here, this::answer);
  }

  private int answer(List<String> arguments) throws CommandFailure {
    Options options = new Options().flag("--json");
    QUESTIONS.forEach(options::flag);
    Options.Given given = options.read(arguments).atMost(0);
    List<String> asked = QUESTIONS.stream().filter(given::has).toList();
    if (asked.size() > 1) {
      throw CommandFailure.misused(
          asked.get(1) + " can't be asked together with " + asked.getFirst());
    }
    if (given.has("--json") && !given.has("--paths")) {
      throw CommandFailure.failed("--json is only used with --paths");
    }
    if (asked.isEmpty()) {
      here.err().print(USAGE);
      throw CommandFailure.failed("Please specify a subcommand or one of the optional arguments.");
    }
    switch (asked.getFirst()) {
      case "--version" -> here.out().print(PackageVersions.text(here.paths().prefix()));
      case "--config-dir" -> here.out().println(here.paths().configDir());
      case "--data-dir" -> here.out().println(here.paths().dataDir());
      case "--runtime-dir" -> here.out().println(here.paths().runtimeDir());
      default -> paths(given.has("--json"));
    }
    return 0;
  }

  private void paths(boolean json) {
    if (json) {
      ObjectNode all = Json.object();
      putPaths(all, "runtime", List.of(here.paths().runtimeDir()));
      putPaths(all, "config", here.paths().configPath());
      putPaths(all, "data", here.paths().dataPath());
      here.out().println(PythonJson.line(all));
      return;
    }
    here.out().print(text(here));
  }

  /** The folders as text, each kind under its name. */
  static String text(Surroundings here) {
    var text = new StringBuilder();
    put(text, "config", here.paths().configPath());
    put(text, "data", here.paths().dataPath());
    put(text, "runtime", List.of(here.paths().runtimeDir()));
    return text.toString();
  }

  private static void put(StringBuilder text, String kind, List<Path> folders) {
    text.append(kind).append(":\n");
    folders.forEach(folder -> text.append("    ").append(folder).append('\n'));
  }

  private static void putPaths(ObjectNode all, String kind, List<Path> folders) {
    var list = all.putArray(kind);
    folders.forEach(folder -> list.add(folder.toString()));
  }
}
