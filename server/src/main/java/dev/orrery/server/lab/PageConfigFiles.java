package dev.orrery.server.lab;

import dev.orrery.http.Json;
import dev.orrery.server.lab.LabExtensions.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What files say about the pages: {@code page_config.json} of the application's folders, then
 * {@code labconfig/page_config.json} and {@code page_config.d} of all configuration folders, and
 * what extensions disable. Source: jupyterlab_server 2.28, {@code config.py}.
 */
final class PageConfigFiles {

  private static final String DISABLED = "disabledExtensions";
  private static final String LOCKED = "lockedExtensions";

  /** Written as lists of names by hand and by old versions, as maps to booleans by new ones. */
  private static final List<String> SETS = List.of(DISABLED, "deferredExtensions", LOCKED);

  private final LabFolders folders;

  PageConfigFiles(LabFolders folders) {
    this.folders = folders;
  }

  /**
   * What the page gets of it.
   *
   * @param installed the extensions that are there
   * @return values by their names; those that are maps in the files as lists of the names that are
   *     on
   */
  ObjectNode read(List<Extension> installed) {
    ObjectNode config = merged();
    ObjectNode disabled = Json.object();
    ObjectNode own = config.path(DISABLED) instanceof ObjectNode set ? set : Json.object();
    installed.stream().filter(Extension::isCollaboration).forEach(one -> own.put(one.name(), true));
    disabledByExtensions(installed)
        .forEach((name, names) -> {
          if (!isOn(own.path(name))) {
            asMap(names).propertyNames().forEach(one -> disabled.put(one, true));
          }
        });
    disabled.setAll(own);
    config.set(DISABLED, disabled);
    for (var entry : List.copyOf(config.properties())) {
      if (entry.getValue().isObject()) {
        config.set(entry.getKey(), namesOn(entry.getValue()));
      }
    }
    return config;
  }

  /** The names of plugins and extensions that users may not enable or disable. */
  List<String> locked() {
    return namesOn(merged().path(LOCKED)).valueStream().map(JsonNode::asString).toList();
  }

  /** The version of an application that is not ours; empty where it does not say. */
  Optional<String> applicationVersion() {
    return Json.field(application(), "version");
  }

  private ObjectNode merged() {
    ObjectNode config = Json.object();
    folders
        .appSettings()
        .reversed()
        .forEach(folder -> SectionFiles.merge(config, ofApplication(folder)));
    for (Path folder : folders.labconfig().reversed()) {
      SectionFiles.merge(config, ofLevel(folder));
    }
    return config;
  }

  /** What one configuration folder says. */
  static ObjectNode ofLevel(Path folder) {
    ObjectNode level = Json.object();
    for (Path file : SectionFiles.files(folder, "page_config")) {
      JsonFile.read(file).ifPresent(content -> SectionFiles.merge(level, withMaps(content)));
    }
    return level;
  }

  private static ObjectNode ofApplication(Path folder) {
    for (String name : List.of("page_config.json5", "page_config.json")) {
      Path file = folder.resolve(name);
      try {
        if (Files.exists(file) && Files.size(file) > 0) {
          return JsonFile.read(file).map(PageConfigFiles::withMaps).orElseGet(Json::object);
        }
      } catch (IOException e) {
        // Gone in between: the other name counts.
      }
    }
    return Json.object();
  }

  private ObjectNode application() {
    Path file = folders.staticFiles().resolve("package.json");
    JsonNode content = JsonFile.read(file).orElseGet(Json::object).path("jupyterlab");
    return content instanceof ObjectNode object ? object : Json.object();
  }

  /** What extensions disable, by their names: installed ones, then those that were built in. */
  private Map<String, JsonNode> disabledByExtensions(List<Extension> installed) {
    Map<String, JsonNode> found = new TreeMap<>();
    for (Extension extension : installed) {
      found.put(extension.name(), extension.metadata().path(DISABLED));
    }
    for (var entry : application().path("extensionMetadata").properties()) {
      found.merge(
          entry.getKey(),
          entry.getValue().path(DISABLED),
          (prebuilt, builtIn) -> prebuilt.isEmpty() ? builtIn : prebuilt);
    }
    return found;
  }

  private static ObjectNode withMaps(ObjectNode config) {
    for (String key : SETS) {
      JsonNode value = config.path(key);
      if (!value.isObject() && !value.isNull() && !value.isMissingNode()) {
        config.set(key, asMap(value));
      }
    }
    return config;
  }

  static ObjectNode asMap(JsonNode listOrMap) {
    if (listOrMap instanceof ObjectNode map) {
      return map;
    }
    ObjectNode map = Json.object();
    listOrMap
        .valueStream()
        .filter(JsonNode::isString)
        .forEach(name -> map.put(name.asString(), true));
    return map;
  }

  private static ArrayNode namesOn(JsonNode map) {
    ArrayNode names = Json.array();
    map.properties().stream()
        .filter(entry -> isOn(entry.getValue()))
        .forEach(entry -> names.add(entry.getKey()));
    return names;
  }

  /** As Python sees it: nothing, zero and what is empty are off. */
  static boolean isOn(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.asBoolean();
      case NUMBER -> value.decimalValue().signum() != 0;
      case STRING -> !value.asString().isEmpty();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> false;
    };
  }
}
