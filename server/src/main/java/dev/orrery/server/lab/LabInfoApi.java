package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the pages ask about themselves: languages, extensions, licences, whether a build is needed.
 */
public final class LabInfoApi {

  private static final int PAGE = 30;

  private final LabFolders folders;
  private final LabExtensions extensions;
  private final Access access;

  /** Tells about the pages in {@code folders}. */
  public LabInfoApi(LabFolders folders, Access access) {
    this.folders = folders;
    this.access = access;
    extensions = new LabExtensions(folders.extensionPath());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    get(routes, "/lab/api/translations", e -> e.sendJson(200, languages()));
    get(routes, "/lab/api/translations/", e -> e.sendJson(200, languages()));
    get(routes, "/lab/api/translations/{locale}", LabInfoApi::translation);
    get(routes, "/lab/api/extensions", this::listExtensions);
    routes.add(
        Routes.Kind.API, "POST", "/lab/api/extensions", access.api(LabInfoApi::cannotInstall));
    get(routes, "/lab/api/plugins", e -> e.sendJson(200, plugins()));
    get(routes, "/lab/api/news", e -> e.sendJson(200, Json.object().set("news", Json.array())));
    get(routes, "/lab/api/update", e -> e.sendJson(200, Json.object().putNull("notification")));
    // The page asks for language servers whether or not there are any; an error would stand in its
    // console.
    get(routes, "/lsp/status", e -> e.sendJson(200, noLanguageServers()));
    // Likewise for the formats a notebook can be converted to.
    get(routes, "/api/nbconvert", e -> e.sendJson(200, Json.object()));
    get(
        routes,
        "/lab/api/build",
        e -> e.sendJson(200, Json.object().put("status", "stable").put("message", "")));
    get(routes, "/lab/api/listings/{name*}", LabInfoApi::listings);
    get(routes, "/lab/api/licenses", this::licenses);
    get(routes, "/lab/api/licenses/", this::licenses);
  }

  private void get(Routes routes, String pattern, Handler handler) {
    routes.add(Routes.Kind.API, "GET", pattern, access.api(handler));
    routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
  }

  private static ObjectNode languages() {
    ObjectNode languages = Json.object();
    ObjectNode data = languages.putObject("data");
    data.putObject("en").put("displayName", "English").put("nativeName", "English");
    return languages.put("message", "");
  }

  private static void translation(Exchange exchange) {
    String locale = exchange.parameter("locale");
    ObjectNode answer = Json.object();
    answer.putObject("data");
    String shown = locale.equals("default") ? "en_US" : locale.replaceAll("[^\\w-]", "");
    boolean english = locale.equals("default") || locale.startsWith("en");
    exchange.sendJson(
        200, answer.put("message", english ? "" : "Language pack '" + shown + "' not installed!"));
  }

  private void listExtensions(Exchange exchange) {
    ArrayNode list = Json.array();
    for (LabExtensions.Extension extension : extensions.list()) {
      JsonNode json = extension.packageJson();
      String version = json.path("version").asString("");
      ObjectNode item = Json.object().put("name", extension.name());
      item.put("description", json.path("description").asString(""));
      JsonNode author = json.path("author");
      item.put("author", author.isString() ? author.asString() : author.path("name").asString(""));
      item.put("license", json.path("license").asString(""));
      item.put("homepage_url", json.path("homepage").asString(""));
      item.put("repository_url", json.path("repository").path("url").asString(""));
      item.put("bug_tracker_url", json.path("bugs").path("url").asString(""))
          .put("documentation_url", "");
      item.put("package_manager_url", "")
          .put("pkg_type", "prebuilt")
          .put("companion", (String) null);
      item.put("enabled", true)
          .put("core", false)
          .put("approved", false)
          .put("installed", true)
          .put("status", "ok");
      item.put("allowed", true).put("latest_version", version).put("installed_version", version);
      list.add(item);
    }
    exchange.set(
        "Link",
        "<"
            + exchange.rawPath()
            + "?page=1&per_page="
            + PAGE
            + ">; rel=\"last\", <"
            + exchange.rawPath()
            + "?page=1&per_page="
            + PAGE
            + ">; rel=\"first\"");
    exchange.sendJson(200, list);
  }

  private static void cannotInstall(Exchange exchange) {
    throw new HttpException(
        405,
        "Extensions are Python packages: install one with pip in a kernel's environment and reload the page");
  }

  private static ObjectNode noLanguageServers() {
    ObjectNode status = Json.object().put("version", 2);
    status.putObject("sessions");
    status.putObject("specs");
    return status;
  }

  private static ObjectNode plugins() {
    ObjectNode plugins = Json.object();
    plugins.putArray("lockRules");
    return plugins.put("allLocked", false);
  }

  private static void listings(Exchange exchange) {
    String name = exchange.parameter("name");
    if (!name.equals("@jupyterlab/extensionmanager-extension/listings.json")) {
      throw new HttpException(
          400,
          "The file "
              + name
              + " is not known; the listings are in @jupyterlab/extensionmanager-extension/listings.json");
    }
    ObjectNode lists = Json.object();
    for (String key :
        List.of(
            "blocked_extensions_uris",
            "allowed_extensions_uris",
            "blocked_extensions",
            "allowed_extensions")) {
      lists.putArray(key);
    }
    exchange.sendJson(200, lists);
  }

  /** What each bundle of programs is made of, as the bundles' makers wrote it down. */
  private void licenses(Exchange exchange) throws IOException {
    boolean fullText =
        exchange.query("full_text").map(value -> !value.equals("false")).orElse(true);
    String format = exchange.query("format").orElse("json");
    String wanted = exchange.query("bundles").orElse(".*");
    Map<String, Path> files = new TreeMap<>();
    files.put(
        "@jupyterlab/application-top", folders.staticFiles().resolve("third-party-licenses.json"));
    files.put(
        "@jupyter-notebook/app",
        folders.notebook().resolve("static").resolve("third-party-licenses.json"));
    for (LabExtensions.Extension extension : extensions.list()) {
      files.put(
          extension.name(),
          extension.folder().resolve("static").resolve("third-party-licenses.json"));
    }
    ObjectNode bundles = Json.object();
    for (var entry : files.entrySet()) {
      if (Files.isRegularFile(entry.getValue())
          && (wanted.equals(".*") || entry.getKey().contains(wanted))) {
        bundle(entry.getValue(), fullText).ifPresent(bundle -> bundles.set(entry.getKey(), bundle));
      }
    }
    if (exchange.query("download").isPresent()) {
      exchange.set(
          "Content-Disposition",
          "attachment; filename=\"jupyterlab-licenses." + extensionOf(format) + "\"");
    }
    switch (format) {
      case "json" -> exchange.sendJson(200, Json.object().set("bundles", bundles));
      case "csv" ->
          exchange.send(
              200, "text/csv", table(bundles, "", ",", "").getBytes(StandardCharsets.UTF_8));
      case "markdown" ->
          exchange.send(
              200,
              "text/markdown",
              table(bundles, "| ", " | ", " |").getBytes(StandardCharsets.UTF_8));
      default ->
          throw new HttpException(
              400, "The format '" + format + "' is not known; there are json, csv and markdown");
    }
  }

  private static String extensionOf(String format) {
    return format.equals("markdown") ? "md" : format;
  }

  private static Optional<JsonNode> bundle(Path file, boolean fullText) throws IOException {
    try {
      JsonNode bundle = Json.parse(Files.readAllBytes(file));
      if (!fullText) {
        for (JsonNode one : bundle.path("packages")) {
          if (one instanceof ObjectNode object) {
            object.remove("extractedText");
          }
        }
      }
      return Optional.of(bundle);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static String table(ObjectNode bundles, String start, String separator, String end) {
    var text = new StringBuilder();
    text.append(start)
        .append(String.join(separator, "name", "versionInfo", "licenseId", "bundle"))
        .append(end)
        .append('\n');
    if (!start.isEmpty()) {
      text.append(start)
          .append(String.join(separator, "---", "---", "---", "---"))
          .append(end)
          .append('\n');
    }
    for (var bundle : bundles.properties()) {
      for (JsonNode one : bundle.getValue().path("packages")) {
        text.append(start)
            .append(
                String.join(
                    separator,
                    cell(one.path("name").asString("")),
                    cell(one.path("versionInfo").asString("")),
                    cell(one.path("licenseId").asString("")),
                    cell(bundle.getKey())))
            .append(end)
            .append('\n');
      }
    }
    return text.toString();
  }

  private static String cell(String value) {
    return value.replace(",", ";").replace("|", "/").replace("\n", " ");
  }
}
