package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSpec;
import dev.orrery.kernel.KernelSpecFolder;
import dev.orrery.kernel.KernelSpecs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code orrery kernelspec}: lists, installs and removes kernelspecs. Words, options and exit
 * statuses are those of jupyter_client 8.10.
 */
final class KernelSpecCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery kernelspec COMMAND [options]

      Kernels are what runs the cells of notebooks; a kernelspec is a directory that says how one is started.

      Commands
        list                 the installed kernelspecs
        install DIRECTORY    copy a kernelspec to where servers look
        remove NAME...       remove kernelspecs (also: uninstall)
        provisioners         how kernels can be started

      'orrery kernelspec COMMAND --help' tells the options of a command.
      """;

  private static final String LIST =
      """
      Usage: orrery kernelspec list [--json] [--missing]

      Prints the name and directory of each kernelspec that a server of this user offers.
        --json      with what they say, as JSON
        --missing   only those whose program is not there
      """;

  private static final String INSTALL =
      """
      Usage: orrery kernelspec install DIRECTORY [--user | --sys-prefix | --prefix=PREFIX] [--name=NAME]

      Copies a directory with a kernel.json to where servers look for kernelspecs; one of the same name is replaced.
      Without --user, --sys-prefix or --prefix it is there for all users, in /usr/local/share/jupyter/kernels.
        --user            for this user alone
        --sys-prefix      into the active Python environment
        --prefix=PREFIX   into PREFIX/share/jupyter/kernels
        --name=NAME       under this name instead of the directory's
        --replace         has no effect: one of the same name is always replaced
      """;

  private static final String REMOVE =
      """
      Usage: orrery kernelspec remove [-f] NAME...

      Removes the directories of kernelspecs, after a question.
        -f, -y      without a question
        --missing   those whose program is not there, too
      """;

  private final Surroundings here;

  KernelSpecCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    return switch (first) {
      case "list" -> Help.or(rest, LIST, here, this::list);
      case "install" -> Help.or(rest, INSTALL, here, this::install);
      case "remove", "uninstall" -> Help.or(rest, REMOVE, here, this::remove);
      case "provisioners" -> provisioners();
      case "install-self" ->
          throw CommandFailure.failed(
              "'install-self' is ipykernel's own now: python3 -m ipykernel install --user");
      default ->
          Help.subcommand(
              here,
              "orrery kernelspec",
              first,
              USAGE,
              List.of("list", "install", "remove", "uninstall", "provisioners"));
    };
  }

  private int list(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .flag("--json", "--ListKernelSpecs.json_output")
            .flag("--missing", "--ListKernelSpecs.missing_kernels")
            .read(arguments)
            .atMost(0);
    KernelSpecs specs = specs();
    Map<String, Path> directories = specs.locate();
    Map<String, KernelSpec> sound = specs.findAll();
    Set<String> names = given.has("--missing") ? missing(sound) : directories.keySet();
    if (given.has("--json")) {
      here.out().println(PythonJson.text(json(directories, sound, names)));
    } else if (names.isEmpty()) {
      here.out().println("No kernels available");
    } else {
      here.out().println("Available kernels:");
      int width = names.stream().mapToInt(String::length).max().orElse(0);
      directories.forEach((name, directory) -> {
        if (names.contains(name)) {
          here.out().println("  " + name + " ".repeat(width - name.length()) + "    " + directory);
        }
      });
    }
    return 0;
  }

  private static ObjectNode json(
      Map<String, Path> directories, Map<String, KernelSpec> sound, Set<String> names) {
    ObjectNode all = Json.object();
    ObjectNode specs = all.putObject("kernelspecs");
    directories.forEach((name, directory) -> {
      KernelSpec spec = sound.get(name);
      if (spec != null && names.contains(name)) {
        specs.putObject(name).put("resource_dir", directory.toString()).set("spec", spec.toJson());
      }
    });
    return all;
  }

  /** Those that can't be started, since the first word of their command is no program. */
  private Set<String> missing(Map<String, KernelSpec> specs) {
    var missing = new TreeSet<String>();
    specs.forEach((name, spec) -> {
      String program = spec.argv().isEmpty() ? "" : spec.argv().getFirst();
      if (program.isEmpty()
          || !Files.exists(Path.of(program)) && Programs.find(program, here.env()).isEmpty()) {
        missing.add(name);
      }
    });
    return missing;
  }

  /** What a server finds, the kernel of our own environment included where it is the Python one. */
  private KernelSpecs specs() {
    return PythonKernel.specs(here.paths().kernelDirs(), here.paths(), here.env());
  }

  private int install(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .flag("--user", "--InstallKernelSpec.user")
            .flag("--sys-prefix")
            .flag("--replace", "--InstallKernelSpec.replace")
            .value("--prefix", "--InstallKernelSpec.prefix")
            .value("--name", "--InstallKernelSpec.kernel_name")
            .read(arguments)
            .atMost(1);
    if (given.words().isEmpty()) {
      throw CommandFailure.failed("No source directory specified.");
    }
    Path source = Path.of(given.words().getFirst()).toAbsolutePath().normalize();
    String name = given.value("--name").orElse(String.valueOf(source.getFileName()));
    Path folder = destination(given).resolve("kernels");
    if (!here.paths().kernelDirs().contains(folder)) {
      here.err()
          .println(
              "[InstallKernelSpec] WARNING | Installing to "
                  + folder
                  + ", where servers of this user do not look. The kernelspec may not be found.");
    }
    try {
      Path installed = new KernelSpecFolder(folder).install(source, name);
      here.err()
          .println(
              "[InstallKernelSpec] Installed kernelspec "
                  + installed.getFileName()
                  + " in "
                  + installed);
      return 0;
    } catch (AccessDeniedException e) {
      throw CommandFailure.failed(
          "permission denied: "
              + e.getFile()
              + (given.has("--user")
                  ? ""
                  : ". Perhaps you want to install with `sudo` or `--user`?"));
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
  }

  private Path destination(Options.Given given) throws CommandFailure {
    long places = Set.of("--user", "--sys-prefix", "--prefix").stream().filter(given::has).count();
    if (places > 1) {
      throw CommandFailure.failed(
          "Can't specify more than one of --user, --sys-prefix and --prefix. Please choose one.");
    }
    if (given.has("--user")) {
      return here.paths().dataDir();
    }
    if (given.has("--sys-prefix")) {
      return here.prefix("use --user or --prefix").resolve("share/jupyter");
    }
    return given
        .value("--prefix")
        .map(prefix -> Path.of(prefix).toAbsolutePath().normalize().resolve("share/jupyter"))
        .orElse(JupyterPaths.SYSTEM_DATA);
  }

  private int remove(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .flag("-f", "--RemoveKernelSpec.force", "-y", "--JupyterApp.answer_yes")
            .flag("--missing", "--RemoveKernelSpec.missing_kernels")
            .read(arguments);
    // Without the kernel of our own environment, which comes and goes by itself.
    var specs = new KernelSpecs(here.paths().kernelDirs(), Set.of());
    Map<String, Path> directories = specs.locate();
    var names = new TreeSet<>(given.words());
    if (given.has("--missing")) {
      names.addAll(missing(specs.findAll()));
    }
    var unknown = new TreeSet<>(names);
    unknown.removeAll(directories.keySet());
    if (!unknown.isEmpty()) {
      throw CommandFailure.failed("Couldn't find kernel spec(s): " + String.join(", ", unknown));
    }
    var removed = new TreeMap<>(directories);
    removed.keySet().retainAll(names);
    if (removed.isEmpty()) {
      here.out().println("No kernel specs to remove.");
      return 0;
    }
    if (!given.has("-f") && !confirmed(removed)) {
      return 0;
    }
    for (Path directory : removed.values()) {
      try {
        KernelSpecFolder.remove(directory);
      } catch (AccessDeniedException e) {
        throw CommandFailure.failed(
            "permission denied: " + e.getFile() + ". Perhaps you want sudo?");
      } catch (IOException e) {
        throw CommandFailure.failed(Sentences.of(e));
      }
      here.out().println("Removed " + directory);
    }
    return 0;
  }

  private boolean confirmed(Map<String, Path> removed) throws CommandFailure {
    here.out().println("Kernel specs to remove:");
    removed.forEach(
        (name, directory) -> here.out().println("  %-20s\t%s".formatted(name, directory)));
    return Question.yes(here, "Remove " + removed.size() + " kernel specs [y/N]: ", "-f");
  }

  private int provisioners() {
    here.out().println("Available kernel provisioners:");
    here.out().println("  local-provisioner    a process beside the server; the only way here");
    return 0;
  }
}
