package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The prebuilt extensions that are installed, as {@code package.json} files below the extension
 * folders tell. Nothing is kept: a new one needs no restart.
 */
final class LabExtensions {

  private static final System.Logger LOG = System.getLogger(LabExtensions.class.getName());

  /** Documents that are edited together live in the server, in Python: without it none opens. */
  private static final Set<String> COLLABORATION =
      Set.of(
          "@jupyter/collaboration-extension",
          "@jupyter/docprovider-extension",
          "@jupyterlab/collaboration-extension",
          "@jupyterlab/docprovider-extension");

  private final List<Path> path;

  LabExtensions(List<Path> path) {
    this.path = List.copyOf(path);
  }

  /**
   * An installed extension.
   *
   * @param name such as {@code @jupyter-widgets/jupyterlab-manager}
   * @param folder holds its {@code package.json}, {@code static}, {@code schemas}, {@code themes}
   * @param packageJson its description
   */
  record Extension(String name, Path folder, JsonNode packageJson) {

    /** What the page needs to load it. */
    ObjectNode federated() {
      JsonNode build = metadata().path("_build");
      ObjectNode entry = Json.object().put("name", name);
      for (String key : List.of("load", "extension", "mimeExtension", "style")) {
        if (build.has(key)) {
          entry.set(key, build.get(key));
        }
      }
      if (build.has("entrypoints")) {
        entry.set("entrypoints", build.get("entrypoints"));
      } else {
        entry.putNull("entrypoints");
      }
      return entry;
    }

    /** What its maker says of it to JupyterLab. */
    JsonNode metadata() {
      return packageJson.path("jupyterlab");
    }

    /** Whether it edits documents with others, which needs a server that holds them. */
    boolean isCollaboration() {
      return COLLABORATION.contains(name);
    }
  }

  /** All extensions; of two with one name the first on the path. */
  List<Extension> list() {
    Map<String, Extension> found = new LinkedHashMap<>();
    for (Path folder : path) {
      for (Path candidate : candidates(folder)) {
        read(folder, candidate, found);
      }
    }
    return List.copyOf(found.values());
  }

  /** The folders of extensions that hold themes, the more important first. */
  List<Path> themes() {
    return path.stream()
        .flatMap(folder -> candidates(folder).stream())
        .map(candidate -> candidate.resolve("themes"))
        .toList();
  }

  /** Folders of packages: {@code name}, then {@code @scope/name}. */
  private static List<Path> candidates(Path folder) {
    var plain = new ArrayList<Path>();
    var scoped = new ArrayList<Path>();
    for (Path entry : children(folder)) {
      if (String.valueOf(entry.getFileName()).startsWith("@")) {
        scoped.addAll(children(entry));
      } else {
        plain.add(entry);
      }
    }
    plain.addAll(scoped);
    return plain;
  }

  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> !String.valueOf(entry.getFileName()).startsWith("."))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "Extensions in " + folder + " are left out: " + e);
      return List.of();
    }
  }

  private static void read(Path root, Path folder, Map<String, Extension> found) {
    ObjectNode json = JsonFile.read(folder.resolve("package.json")).orElseGet(Json::object);
    if (json.isEmpty()) {
      return;
    }
    String name = json.path("name").asString(root.relativize(folder).toString());
    if (!json.path("jupyterlab").path("_build").path("load").isString()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The extension in "
              + folder
              + " is left out: it was not built, jupyterlab._build.load is missing");
      return;
    }
    found.putIfAbsent(name, new Extension(name, folder, json));
  }
}
