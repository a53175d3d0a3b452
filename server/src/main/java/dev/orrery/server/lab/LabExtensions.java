package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The prebuilt extensions that are installed, as {@code package.json} files below the extension
 * folders tell.
 */
final class LabExtensions {

  private static final System.Logger LOG = System.getLogger(LabExtensions.class.getName());
  private static final long MAX_PACKAGE_BYTES = 4 << 20;

  private final List<Path> path;

  LabExtensions(List<Path> path) {
    this.path = List.copyOf(path);
  }

  /**
   * An installed extension.
   *
   * @param name such as {@code @jupyter-widgets/jupyterlab-manager}
   * @param folder holds its {@code package.json}, {@code static} and {@code schemas}
   * @param packageJson its description
   */
  record Extension(String name, Path folder, JsonNode packageJson) {

    /** What the page needs to load it. */
    ObjectNode federated() {
      JsonNode build = packageJson.path("jupyterlab").path("_build");
      ObjectNode entry = Json.object().put("name", name);
      for (String key : List.of("load", "extension", "mimeExtension", "style", "entrypoints")) {
        if (build.has(key)) {
          entry.set(key, build.get(key));
        }
      }
      return entry;
    }
  }

  /**
   * All extensions; of two with one name the first on the path. Read from disk, so that a new one
   * needs no restart.
   */
  List<Extension> list() {
    Map<String, Extension> found = new LinkedHashMap<>();
    for (Path folder : path) {
      for (Path candidate : candidates(folder)) {
        read(folder, candidate, found);
      }
    }
    return List.copyOf(found.values());
  }

  /** Folders of packages: {@code name} and {@code @scope/name}. */
  private static List<Path> candidates(Path folder) {
    var candidates = new ArrayList<Path>();
    for (Path entry : children(folder)) {
      if (String.valueOf(entry.getFileName()).startsWith("@")) {
        candidates.addAll(children(entry));
      } else {
        candidates.add(entry);
      }
    }
    return candidates;
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Extensions in " + folder + " are left out: " + e);
      return List.of();
    }
  }

  private static void read(Path root, Path folder, Map<String, Extension> found) {
    Path file = folder.resolve("package.json");
    String name = root.relativize(folder).toString();
    if (found.containsKey(name) || !Files.isRegularFile(file)) {
      return;
    }
    try {
      if (Files.size(file) > MAX_PACKAGE_BYTES) {
        throw new IOException("larger than " + MAX_PACKAGE_BYTES + " bytes");
      }
      JsonNode json = Json.parse(Files.readAllBytes(file));
      if (json.path("jupyterlab").path("_build").path("load").isString()) {
        found.put(name, new Extension(name, folder, json));
      }
    } catch (IOException | JacksonException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The extension in " + folder + " is left out: " + e.getMessage());
    }
  }
}
