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
import tools.jackson.databind.node.ObjectNode;

/** What the pages ask about themselves: licences, listings, news, whether a build is needed. */
public final class LabInfoApi {

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
    get(routes, "/lab/api/news", e -> e.sendJson(200, Json.object().set("news", Json.array())));
    get(routes, "/lab/api/update", e -> e.sendJson(200, Json.object().putNull("notification")));
    // The page asks for language servers whether or not there are any; an error would stand in its
    // console.
    get(routes, "/lsp/status", e -> e.sendJson(200, noLanguageServers()));
    // Likewise for the formats a notebook can be converted to.
    get(routes, "/api/nbconvert", e -> e.sendJson(200, Json.object()));
    String build = "/lab/api/build";
    get(routes, build, e -> e.sendJson(200, stable("")));
    routes.add(
        Routes.Kind.API,
        "POST",
        build,
        access.api(e ->
            e.sendJson(
                200, stable("Nothing is built here: the pages are used as they were made"))));
    routes.add(Routes.Kind.API, "DELETE", build, access.api(LabInfoApi::noBuild));
    get(routes, "/lab/api/listings/{name*}", LabInfoApi::listings);
    get(routes, "/lab/api/licenses", this::licenses);
    get(routes, "/lab/api/licenses/", this::licenses);
  }

  private void get(Routes routes, String pattern, Handler handler) {
    routes.add(Routes.Kind.API, "GET", pattern, access.api(handler));
    routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
  }

  private static ObjectNode stable(String message) {
    return Json.object().put("status", "stable").put("message", message);
  }

  private static void noBuild(Exchange exchange) {
    throw new HttpException(400, "No current build: nothing is built here");
  }

  private static ObjectNode noLanguageServers() {
    ObjectNode status = Json.object().put("version", 2);
    status.putObject("sessions");
    status.putObject("specs");
    return status;
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
