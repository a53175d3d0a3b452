package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.Timestamps;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /lab/api/settings}: the schemas of all plugins and what the user set. A user's value that
 * does not fit its schema is left out with a warning, so that one typing error does not stop the
 * page.
 */
public final class LabSettingsApi {

  private static final System.Logger LOG = System.getLogger(LabSettingsApi.class.getName());
  private static final String EXTENSION = ".jupyterlab-settings";

  /** Our Notebook pages need their own schemas beside those of another JupyterLab. */
  private static final String NOTEBOOK = "@jupyter-notebook";

  private static final int MAX_SETTINGS_BYTES = 1 << 20;

  /** A schema file as read, until it changes. */
  private record Cached(FileTime modified, ObjectNode schema) {}

  /** Where a plugin's schema is. */
  private record Located(Path file, Path packageFolder) {}

  /** What makes a schema this installation's and this language's. */
  private record Shown(ObjectNode overrides, Optional<SchemaTranslation> translation) {}

  private final LabFolders folders;
  private final LabExtensions extensions;
  private final SettingOverrides overrides;
  private final LanguagePacks packs;
  private final Access access;
  private final Map<Path, Cached> schemas = new ConcurrentHashMap<>();

  /** Serves the settings of the pages in {@code folders}. */
  public LabSettingsApi(LabSettings settings, LabFolders folders, Access access) {
    this.folders = folders;
    this.access = access;
    overrides = new SettingOverrides(folders);
    packs = new LanguagePacks(folders, settings.systemLocale());
    extensions = new LabExtensions(folders.extensionPath());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String pattern : List.of("/lab/api/settings", "/lab/api/settings/")) {
      routes.add(Routes.Kind.API, "GET", pattern, access.api(this::list));
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
    routes.add(Routes.Kind.API, "GET", "/lab/api/settings/{id*}", access.api(this::get));
    routes.add(Routes.Kind.API, "PUT", "/lab/api/settings/{id*}", access.api(this::put));
    routes.add(Routes.Kind.API, "OPTIONS", "/lab/api/settings/{id*}", access::preflight);
  }

  private void list(Exchange exchange) throws IOException {
    boolean idsOnly = exchange.query("ids_only").filter("true"::equals).isPresent();
    Map<String, Located> located = locateAll();
    Shown shown = idsOnly ? new Shown(Json.object(), Optional.empty()) : shown();
    // Written one by one: all of it is about a megabyte, and every page asks for it.
    try (OutputStream out = exchange.stream(200, "application/json")) {
      out.write("{\"settings\": [".getBytes(StandardCharsets.UTF_8));
      String separator = "";
      for (Map.Entry<String, Located> entry : located.entrySet()) {
        ObjectNode item;
        try {
          item =
              idsOnly
                  ? Json.object().put("id", entry.getKey())
                  : item(entry.getKey(), entry.getValue(), shown);
        } catch (IOException | HttpException e) {
          LOG.log(
              System.Logger.Level.WARNING,
              "Left out of the settings: " + entry.getKey() + ": " + e.getMessage());
          continue;
        }
        out.write(separator.getBytes(StandardCharsets.UTF_8));
        Json.write(item, out);
        separator = ", ";
      }
      out.write("]}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private void get(Exchange exchange) throws IOException {
    String id = exchange.parameter("id");
    exchange.sendJson(200, item(id, locate(id), shown()));
  }

  private Shown shown() {
    ObjectNode values = overrides.read();
    var translation = new SchemaTranslation(packs, packs.current(values));
    return new Shown(values, Optional.of(translation).filter(one -> !one.isEmpty()));
  }

  private ObjectNode item(String id, Located located, Shown shown) throws IOException {
    ObjectNode schema = schema(located.file());
    if (shown.overrides().path(id) instanceof ObjectNode values) {
      schema = schema.deepCopy();
      SettingOverrides.apply(schema, values);
    }
    if (shown.translation().isPresent()) {
      schema = schema.deepCopy();
      shown.translation().get().translate(schema);
    }
    ObjectNode item = Json.object().put("id", id);
    item.set("schema", schema);
    item.put("version", version(located.packageFolder()));
    item.put("raw", "{}").putObject("settings");
    item.putNull("last_modified").putNull("created");
    Path file = userFile(id);
    if (Files.isRegularFile(file)) {
      readUserSettings(id, file, schema, item);
    }
    return item;
  }

  private static void readUserSettings(String id, Path file, ObjectNode schema, ObjectNode item)
      throws IOException {
    String modified =
        Timestamps.of(Files.getLastModifiedTime(file).toInstant()).replace("Z", "+00:00");
    String created =
        Files.getAttribute(file, "unix:ctime") instanceof FileTime time
            ? Timestamps.of(time.toInstant()).replace("Z", "+00:00")
            : Timestamps.of(Instant.EPOCH);
    item.put("last_modified", modified).put("created", created);
    String raw = Files.readString(file);
    JsonNode values;
    try {
      values = Json.parseRelaxed(raw.isBlank() ? "{}" : raw);
    } catch (JacksonException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Settings of "
              + id
              + " are left out: "
              + file
              + " is not JSON: "
              + e.getOriginalMessage());
      item.put("warning", "Failed loading settings (" + id + "): " + e.getOriginalMessage());
      return;
    }
    Optional<String> problem = SchemaCheck.problem(schema, values);
    if (problem.isPresent()) {
      LOG.log(System.Logger.Level.WARNING, "Settings of " + id + " are left out: " + problem.get());
      item.put("warning", "Failed validating settings (" + id + "): " + problem.get());
      return;
    }
    item.put("raw", raw.isBlank() ? "{}" : raw);
    item.set("settings", values);
  }

  private void put(Exchange exchange) throws IOException {
    String id = exchange.parameter("id");
    Located located = locate(id);
    ObjectNode body = exchange.jsonObject();
    if (!body.path("raw").isString()) {
      throw new HttpException(400, "The body needs 'raw', the settings as JSON text");
    }
    String raw = body.path("raw").asString();
    if (raw.length() > MAX_SETTINGS_BYTES) {
      throw new HttpException(
          413, "Settings of one plugin are at most " + MAX_SETTINGS_BYTES + " characters");
    }
    JsonNode values;
    try {
      values = Json.parseRelaxed(raw.isBlank() ? "{}" : raw);
    } catch (JacksonException e) {
      throw new HttpException(400, "Failed parsing settings: " + e.getOriginalMessage());
    }
    Optional<String> problem = SchemaCheck.problem(schema(located.file()), values);
    if (problem.isPresent()) {
      throw new HttpException(400, "Failed validating input: " + problem.get());
    }
    UserFile.replace("The settings of " + id, userFile(id), raw.getBytes(StandardCharsets.UTF_8));
    exchange.sendEmpty(204);
  }

  private Path userFile(String id) {
    int colon = id.indexOf(':');
    return folders
        .userSettings()
        .resolve(id.substring(0, colon))
        .resolve(id.substring(colon + 1) + EXTENSION);
  }

  /**
   * All schemas by plugin id, the last id first, as upstream sorts them; extensions win over the
   * built-in ones.
   */
  private Map<String, Located> locateAll() throws IOException {
    Map<String, Located> located = new TreeMap<>(Comparator.reverseOrder());
    if (folders.isForeign()) {
      collect(folders.builtIn().resolve("schemas"), NOTEBOOK, located);
    }
    collect(folders.schemas(), "", located);
    for (LabExtensions.Extension extension : extensions.list()) {
      collect(extension.folder().resolve("schemas"), "", located);
    }
    return located;
  }

  private static void collect(Path root, String part, Map<String, Located> located)
      throws IOException {
    if (!Files.isDirectory(root.resolve(part))) {
      return;
    }
    try (var files = Files.walk(root.resolve(part), 4)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        String plugin = String.valueOf(file.getFileName());
        Path parent = Objects.requireNonNull(file.getParent(), "a schema lies in a folder");
        String id =
            root.relativize(parent) + ":" + plugin.substring(0, plugin.length() - ".json".length());
        located.put(id, new Located(file, parent));
      }
    }
  }

  private Located locate(String id) {
    int colon = id.indexOf(':');
    if (colon <= 0 || colon == id.length() - 1 || !id.matches("(@[\\w.-]+/)?[\\w.-]+:[\\w.-]+")) {
      throw new HttpException(404, "Settings not found (" + id + ")");
    }
    String name = id.substring(0, colon);
    String plugin = id.substring(colon + 1) + ".json";
    for (Path root : folders.extensionPath()) {
      Path folder = root.resolve(name).resolve("schemas").resolve(name);
      if (Files.isRegularFile(folder.resolve(plugin))) {
        return new Located(folder.resolve(plugin), folder);
      }
    }
    Path folder = folders.schemas().resolve(name);
    if (name.startsWith(NOTEBOOK + "/") && !Files.isRegularFile(folder.resolve(plugin))) {
      folder = folders.builtIn().resolve("schemas").resolve(name);
    }
    if (!Files.isRegularFile(folder.resolve(plugin))) {
      throw new HttpException(404, "Schema not found: " + id);
    }
    return new Located(folder.resolve(plugin), folder);
  }

  private ObjectNode schema(Path file) throws IOException {
    FileTime modified = Files.getLastModifiedTime(file);
    Cached cached = schemas.get(file);
    if (cached == null || !cached.modified().equals(modified)) {
      try {
        if (!(Json.parse(Files.readAllBytes(file)) instanceof ObjectNode schema)) {
          throw new HttpException(
              500, "Failed parsing schema (" + file.getFileName() + "): not an object");
        }
        cached = new Cached(modified, schema);
        schemas.put(file, cached);
      } catch (JacksonException e) {
        throw new HttpException(
            500, "Failed parsing schema (" + file.getFileName() + "): " + e.getOriginalMessage());
      }
    }
    return cached.schema();
  }

  private static String version(Path packageFolder) {
    Path file = packageFolder.resolve("package.json.orig");
    try {
      return Files.isRegularFile(file)
          ? Json.parse(Files.readAllBytes(file)).path("version").asString("N/A")
          : "N/A";
    } catch (IOException | JacksonException e) {
      return "N/A";
    }
  }
}
