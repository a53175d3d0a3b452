package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.SmallFile;
import dev.orrery.server.lab.WorkspaceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code orrery lab workspaces}: takes which documents are open where out of and into files, as
 * JupyterLab 4.6 does.
 */
final class WorkspacesCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery lab workspaces list [--json | --jsonlines]
             orrery lab workspaces export [NAME]
             orrery lab workspaces import [--name=NAME] FILE

      A workspace is which documents are open where. 'export' prints one (the default one when no NAME is given) as JSON,
      'import' takes it from such a file, or from the standard input for '-'.
        --json        with what is in them, as one JSON list
        --jsonlines   the same, one JSON object per line
        --name=NAME   under this name instead of the one in the file
      """;

  private static final int MAX_BYTES = 4 << 20;

  private final Surroundings here;
  private final Path folder;

  WorkspacesCommand(Surroundings here) {
    this.here = here;
    String given = here.env().getOrDefault("JUPYTERLAB_WORKSPACES_DIR", "");
    folder =
        given.isEmpty()
            ? here.paths().configDir().resolve("lab").resolve("workspaces")
            : Path.of(given).toAbsolutePath();
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    return switch (first) {
      case "list" -> Help.or(rest, USAGE, here, this::list);
      case "export" -> Help.or(rest, USAGE, here, this::export);
      case "import" -> Help.or(rest, USAGE, here, this::importFile);
      default ->
          Help.subcommand(
              here, "orrery lab workspaces", first, USAGE, List.of("list", "export", "import"));
    };
  }

  private int list(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .flag("--json", "--WorkspaceListApp.json")
            .flag("--jsonlines", "--WorkspaceListApp.jsonlines")
            .read(arguments)
            .atMost(0);
    List<ObjectNode> all = all();
    if (given.has("--jsonlines")) {
      all.forEach(workspace -> here.out().println(PythonJson.line(workspace)));
    } else if (given.has("--json")) {
      ArrayNode list = Json.array();
      all.forEach(list::add);
      here.out().println(PythonJson.line(list));
    } else {
      all.forEach(
          workspace -> here.out().println(workspace.path("metadata").path("id").asString("")));
    }
    return 0;
  }

  private List<ObjectNode> all() throws CommandFailure {
    var all = new ArrayList<ObjectNode>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (var files = Files.list(folder)) {
      for (Path file :
          files
              .filter(path -> path.toString().endsWith(WorkspaceFile.EXTENSION))
              .sorted()
              .toList()) {
        try {
          all.add(withTimes(file));
        } catch (CommandFailure e) {
          here.err().println("orrery: left out: " + e.sentence());
        }
      }
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
    return all;
  }

  private static ObjectNode withTimes(Path file) throws CommandFailure {
    ObjectNode workspace = JsonFiles.object(file);
    if (!(workspace.path("metadata") instanceof ObjectNode metadata)) {
      throw CommandFailure.failed(file + " holds no workspace");
    }
    try {
      metadata.put("last_modified", text(Files.getLastModifiedTime(file)));
      if (Files.getAttribute(file, "unix:ctime") instanceof FileTime changed) {
        metadata.put("created", text(changed));
      }
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
    return workspace;
  }

  private static String text(FileTime time) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
        .format(time.toInstant().atOffset(ZoneOffset.UTC));
  }

  private int export(List<String> arguments) throws CommandFailure {
    Options.Given given = new Options().read(arguments).atMost(1);
    String name = given.words().isEmpty() ? "default" : given.words().getFirst();
    Path file = file(name);
    if (Files.isRegularFile(file)) {
      here.out().println(PythonJson.line(withTimes(file)));
      return 0;
    }
    ObjectNode empty = Json.object();
    empty.putObject("data");
    empty.putObject("metadata").put("id", name.startsWith("/") ? name : "/" + name);
    here.out().println(PythonJson.line(empty));
    return 0;
  }

  private int importFile(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .value("--name", "--WorkspaceImportApp.workspace_name")
            .read(arguments)
            .atMost(1);
    if (given.words().isEmpty()) {
      throw CommandFailure.failed("One argument is required for workspace import.");
    }
    String source = given.words().getFirst();
    ObjectNode workspace = workspace(source);
    Optional<String> name = given.value("--name").filter(text -> !text.isEmpty());
    name.ifPresent(id -> workspace.putObject("metadata").put("id", id));
    String id = workspace.path("metadata").path("id").asString("");
    if (!workspace.has("data") || id.isEmpty()) {
      throw CommandFailure.failed(
          source
              + " is not a valid workspace: the field `"
              + (workspace.has("data") ? "metadata.id" : "data")
              + "` is missing");
    }
    Path file = file(id);
    try {
      SmallFile.replace(file, PythonJson.line(workspace).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
    here.err().println("Saved workspace: " + file);
    return 0;
  }

  private ObjectNode workspace(String source) throws CommandFailure {
    try {
      byte[] bytes;
      if (source.equals("-")) {
        bytes = here.in().readNBytes(MAX_BYTES + 1);
      } else {
        try (var in = Files.newInputStream(Path.of(source))) {
          bytes = in.readNBytes(MAX_BYTES + 1);
        }
      }
      if (bytes.length > MAX_BYTES) {
        throw CommandFailure.failed(source + " has more than " + MAX_BYTES + " bytes");
      }
      if (Json.parse(bytes) instanceof ObjectNode workspace) {
        return workspace;
      }
      throw CommandFailure.failed(source + " is not a valid workspace: it is no JSON object");
    } catch (NoSuchFileException e) {
      throw CommandFailure.failed(source + " does not exist.");
    } catch (JacksonException e) {
      throw CommandFailure.failed(
          source + " is not a valid workspace: it is not JSON (" + e.getOriginalMessage() + ")");
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
  }

  private Path file(String id) {
    return folder.resolve(WorkspaceFile.name(id));
  }
}
