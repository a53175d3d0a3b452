package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code labconfig/page_config.json} of the configuration folders: which extensions and plugins of
 * JupyterLab are disabled or locked. Servers read them at each page, and so does JupyterLab's own
 * command.
 */
final class PageConfigFiles {

  static final String DISABLED = "disabledExtensions";
  static final String LOCKED = "lockedExtensions";

  private final Surroundings here;

  PageConfigFiles(Surroundings here) {
    this.here = here;
  }

  /** The names under a key that hold by all files together, in the order they were written. */
  Set<String> names(String key) {
    return namesIn(key, here.paths().configPath());
  }

  /** Whether a level further away than this one, which the level can't overrule, locks a name. */
  boolean isLockedAbove(ConfigLevel level, String name) throws CommandFailure {
    var folders = new ArrayList<Path>();
    for (ConfigLevel other : ConfigLevel.values()) {
      if (other.compareTo(level) > 0
          && (other != ConfigLevel.SYS_PREFIX || here.paths().prefix().isPresent())) {
        folders.add(other.folder(here));
      }
    }
    return namesIn(LOCKED, folders).contains(name);
  }

  private Set<String> namesIn(String key, List<Path> folders) {
    var names = new LinkedHashSet<String>();
    for (Path folder : folders.reversed()) {
      for (Path file : files(folder)) {
        entries(read(file).path(key))
            .properties()
            .forEach(entry -> {
              if (entry.getValue().asBoolean(false)) {
                names.add(entry.getKey());
              } else {
                names.remove(entry.getKey());
              }
            });
      }
    }
    return names;
  }

  /** Sets what a name is at a level; gives the file it is written to. */
  Path set(ConfigLevel level, String key, String name, boolean value) throws CommandFailure {
    Path file = file(level.folder(here));
    ObjectNode config = JsonFiles.object(file);
    ObjectNode entries = entries(config.path(key));
    config.set(key, entries.put(name, value));
    try {
      SmallFile.replace(file, PythonJson.text(config).getBytes(StandardCharsets.UTF_8));
      // A page is for all who use the machine, as the file of JupyterLab's own command is.
      if (level != ConfigLevel.USER) {
        file.toFile().setReadable(true, false);
      }
    } catch (IOException e) {
      throw CommandFailure.failed(
          Sentences.of(e) + "; --level=user writes to " + ConfigLevel.USER.folder(here));
    }
    return file;
  }

  private static Path file(Path folder) {
    return folder.resolve("labconfig").resolve("page_config.json");
  }

  /** Those of packages first, so that what a person has set counts. */
  private static List<Path> files(Path folder) {
    var files = new ArrayList<Path>();
    Path parts = folder.resolve("labconfig").resolve("page_config.d");
    if (Files.isDirectory(parts)) {
      try (var found = Files.list(parts)) {
        found.filter(path -> path.toString().endsWith(".json")).sorted().forEach(files::add);
      } catch (IOException e) {
        return List.of(file(folder));
      }
    }
    files.add(file(folder));
    return files;
  }

  /** Lists and maps to booleans are both in use. */
  private static ObjectNode entries(JsonNode listOrMap) {
    if (listOrMap instanceof ObjectNode map) {
      return map;
    }
    ObjectNode entries = Json.object();
    listOrMap.forEach(name -> entries.put(name.asString(""), true));
    return entries;
  }

  private ObjectNode read(Path file) {
    try {
      return JsonFiles.object(file);
    } catch (CommandFailure e) {
      here.err().println("orrery: left out: " + e.sentence());
      return Json.object();
    }
  }
}
