package dev.orrery.cli;

import dev.orrery.http.Json;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code orrery troubleshoot}: what somebody who helps asks for first. */
final class TroubleshootCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery troubleshoot

      Prints what this installation consists of and what it sees of the machine, for a report. 'orrery doctor' says what is
      missing.
      """;

  private final Surroundings here;

  TroubleshootCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    return Help.or(
        arguments,
        USAGE,
        here,
        rest -> {
          new Options().read(rest).atMost(0);
          tell();
          return 0;
        });
  }

  private void tell() {
    List<String> path = List.of(here.env().getOrDefault("PATH", "").split(File.pathSeparator, -1));
    section("orrery", List.of(Version.TEXT, here.home().toString()));
    section("$PATH", path);
    section(
        "platform",
        List.of(
            System.getProperty("os.name", "")
                + " "
                + System.getProperty("os.version", "")
                + " "
                + System.getProperty("os.arch", "")));
    section("python3", programs("python3", path));
    section("which -a jupyter", programs("jupyter", path));
    section("paths", JupyterCommand.text(here).lines().toList());
    section("running servers", servers());
    told("kernelspec list", new KernelSpecCommand(here));
    told("labextension list", new LabExtensionCommand(here));
    told("server extension list", new ServerExtensionCommand(here));
    section("versions", PackageVersions.text(here.paths().prefix()).lines().skip(1).toList());
  }

  /** Without tokens: a report is for others to read. */
  private List<String> servers() {
    return new RunningServers(here)
        .running().stream()
            .map(server -> {
              ObjectNode told = Json.object();
              for (String key : List.of("url", "root_dir", "pid", "version", "password")) {
                told.set(key, server.path(key));
              }
              return PythonJson.line(told);
            })
            .toList();
  }

  private void told(String name, SmallCommand list) {
    here.out().println(name + ":");
    try {
      list.run(List.of("list"));
    } catch (CommandFailure e) {
      // A file that can't be read may be what the report is about.
      here.out().println("\t" + e.sentence());
    }
    here.out().println();
  }

  private void section(String name, List<String> lines) {
    here.out().println(name + ":");
    lines.forEach(line -> here.out().println("\t" + line));
    here.out().println();
  }

  private static List<String> programs(String name, List<String> path) {
    return path.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder).resolve(name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .toList();
  }
}
