package dev.orrery.cli;

import dev.orrery.http.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code orrery server extension}: which server extensions in Python the configuration names. They
 * are not run here; the files are kept for a jupyter_server beside this one.
 */
final class ServerExtensionCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery server extension COMMAND [options]

      Server extensions are Python modules, and this server runs none. What they are set to is kept for jupyter_server.

      Commands
        list             what the configuration folders name
        enable NAME...   enable a module for jupyter_server
        disable NAME...  disable it

      Options of enable and disable
        --sys-prefix     for the active Python environment (the default)
        --user           for this user
        --system         for all users, in /usr/local/etc/jupyter
      """;

  private static final String SENTENCE =
      "Server extensions are Python modules and are not run by this server; JupyterLab, Notebook and"
          + " terminals are built in.";

  /** What these do is part of this server. */
  private static final Set<String> BUILT_IN =
      Set.of("jupyterlab", "notebook", "notebook_shim", "jupyter_server_terminals");

  private static final Pattern MODULE = Pattern.compile("[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*");

  private final Surroundings here;

  ServerExtensionCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    return switch (first) {
      case "list" -> Help.or(rest, USAGE, here, this::list);
      case "enable", "disable" ->
          Help.or(rest, USAGE, here, args -> toggle(first.equals("enable"), args));
      default ->
          Help.subcommand(
              here, "orrery server extension", first, USAGE, List.of("list", "enable", "disable"));
    };
  }

  private static Options options() {
    return new Options()
        .flag("--user", "--BaseExtensionApp.user", "--ToggleServerExtensionApp.user")
        .flag(
            "--sys-prefix",
            "--BaseExtensionApp.sys_prefix",
            "--ToggleServerExtensionApp.sys_prefix")
        .flag("--system")
        .flag("--py", "--python");
  }

  private int list(List<String> arguments) throws CommandFailure {
    options().read(arguments).atMost(0);
    for (ConfigLevel level : ConfigLevel.values()) {
      if (level != ConfigLevel.SYS_PREFIX || here.paths().prefix().isPresent()) {
        Path folder = level.folder(here);
        here.out().println("Config dir: " + folder);
        extensions(folder)
            .forEach((name, enabled) -> {
              here.out().println("    " + name + (enabled ? " enabled" : " disabled"));
              here.out()
                  .println(
                      BUILT_IN.contains(name)
                          ? "      - built into this server"
                          : "      - not run by this server");
            });
      }
    }
    here.err().println(SENTENCE);
    return 0;
  }

  /** By name; what a person has set counts more than what packages have. */
  private Map<String, Boolean> extensions(Path folder) throws CommandFailure {
    var files = new ArrayList<Path>();
    Path parts = folder.resolve("jupyter_server_config.d");
    if (Files.isDirectory(parts)) {
      try (var found = Files.list(parts)) {
        found.filter(path -> path.toString().endsWith(".json")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw CommandFailure.failed(Sentences.of(e));
      }
    }
    files.add(folder.resolve("jupyter_server_config.json"));
    var extensions = new TreeMap<String, Boolean>();
    for (Path file : files) {
      JsonFiles.object(file)
          .path("ServerApp")
          .path("jpserver_extensions")
          .properties()
          .forEach(entry -> extensions.put(entry.getKey(), entry.getValue().asBoolean(false)));
    }
    return extensions;
  }

  private int toggle(boolean enable, List<String> arguments) throws CommandFailure {
    Options.Given given = options().read(arguments);
    if (given.words().isEmpty()) {
      throw CommandFailure.failed("Please specify a server extension/package to enable or disable");
    }
    ConfigLevel level =
        given.has("--user")
            ? ConfigLevel.USER
            : given.has("--system") ? ConfigLevel.SYSTEM : ConfigLevel.SYS_PREFIX;
    Path folder = level.folder(here);
    for (String name : given.words()) {
      if (!MODULE.matcher(name).matches()) {
        throw CommandFailure.failed(
            "'"
                + name
                + "' is no name of a Python module, such as jupyter_lsp; nothing is written");
      }
      Path file = folder.resolve("jupyter_server_config.d").resolve(name + ".json");
      ObjectNode config = JsonFiles.object(file);
      ObjectNode section =
          config.path("ServerApp") instanceof ObjectNode there
              ? there
              : config.putObject("ServerApp");
      ObjectNode extensions =
          section.path("jpserver_extensions") instanceof ObjectNode there
              ? there
              : section.putObject("jpserver_extensions");
      extensions.put(name, enable);
      here.err().println((enable ? "Enabling: " : "Disabling: ") + name);
      here.err().println("- Writing config: " + folder);
      write(file, config, level);
    }
    here.err().println(SENTENCE);
    return 0;
  }

  private static void write(Path file, ObjectNode config, ConfigLevel level) throws CommandFailure {
    try {
      SmallFile.replace(file, PythonJson.text(config).getBytes(StandardCharsets.UTF_8));
      if (level != ConfigLevel.USER) {
        file.toFile().setReadable(true, false);
      }
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e) + "; --user writes to the user's own folder");
    }
  }
}
