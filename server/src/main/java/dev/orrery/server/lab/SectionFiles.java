package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sections of configuration in layers: in each folder {@code <section>.d/*.json} by name, then
 * {@code <section>.json}; one folder over the other. Source: jupyter_server 2.21, {@code
 * config_manager.py}.
 */
final class SectionFiles {

  private static final System.Logger LOG = System.getLogger(SectionFiles.class.getName());

  private SectionFiles() {}

  /**
   * A section of all folders.
   *
   * @param folders the most important first
   */
  static ObjectNode read(List<Path> folders, String section) {
    ObjectNode merged = Json.object();
    for (Path folder : folders.reversed()) {
      ObjectNode level = Json.object();
      files(folder, section)
          .forEach(file -> JsonFile.read(file).ifPresent(content -> merge(level, content)));
      merge(merged, level);
    }
    return merged;
  }

  /** The files of a section in one folder, the most important last; some may not be there. */
  static List<Path> files(Path folder, String section) {
    var files = new ArrayList<>(parts(folder.resolve(section + ".d"), "\\.json"));
    files.add(folder.resolve(section + ".json"));
    return files;
  }

  /** The files in a folder whose names end in {@code ending}, a pattern, by name. */
  static List<Path> parts(Path folder, String ending) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("[^.].*" + ending))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "Left out: " + folder + ": " + e);
      return List.of();
    }
  }

  /** Puts {@code from} into {@code into}, objects key by key; a null takes its key away. */
  static void merge(ObjectNode into, JsonNode from) {
    from.properties()
        .forEach(entry -> {
          String key = entry.getKey();
          if (entry.getValue() instanceof ObjectNode value) {
            ObjectNode inside =
                into.path(key) instanceof ObjectNode existing ? existing : Json.object();
            merge(inside, value);
            putOrRemove(into, key, inside);
          } else if (entry.getValue().isNull()) {
            into.remove(key);
          } else {
            into.set(key, entry.getValue());
          }
        });
  }

  private static void putOrRemove(ObjectNode into, String key, ObjectNode value) {
    if (value.isEmpty()) {
      into.remove(key);
    } else {
      into.set(key, value);
    }
  }
}
