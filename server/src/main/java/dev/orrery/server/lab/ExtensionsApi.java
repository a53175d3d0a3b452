package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import dev.orrery.server.lab.LabExtensions.Extension;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /lab/api/extensions} and {@code /lab/api/plugins}: what is installed, and whether it is
 * used. Installing is left to pip, as in JupyterLab's read-only extension manager.
 */
public final class ExtensionsApi {

  private static final int MAX_PAGE = 100;
  private static final int MAX_NAME = 500;

  private final Access access;
  private final LabExtensions extensions;
  private final PageConfigFiles files;
  private final PluginSwitch plugins;

  /** Tells about the extensions in {@code folders}. */
  public ExtensionsApi(LabSettings settings, LabFolders folders, Access access) {
    this.access = access;
    extensions = new LabExtensions(folders.extensionPath());
    files = new PageConfigFiles(folders);
    plugins = new PluginSwitch(folders, settings.lockAllPlugins());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String all = "/lab/api/extensions";
    routes.add(Routes.Kind.API, "GET", all, access.api(this::list));
    routes.add(Routes.Kind.API, "POST", all, access.api(this::change));
    routes.add(Routes.Kind.API, "OPTIONS", all, access::preflight);
    String locks = "/lab/api/plugins";
    routes.add(Routes.Kind.API, "GET", locks, access.api(e -> e.sendJson(200, plugins.locks())));
    routes.add(Routes.Kind.API, "POST", locks, access.api(e -> change(e, "plugin", "plugin_name")));
    routes.add(Routes.Kind.API, "OPTIONS", locks, access::preflight);
  }

  private void list(Exchange exchange) {
    Optional<String> query = exchange.query("query");
    int page = Math.max(1, number(exchange, "page", 1));
    int size = Math.clamp(number(exchange, "per_page", 30), 1, MAX_PAGE);
    List<Extension> installed = extensions.list();
    Set<String> disabled =
        files
            .read(installed)
            .path("disabledExtensions")
            .valueStream()
            .map(JsonNode::asString)
            .collect(Collectors.toSet());
    List<Extension> found =
        query
            .map(text -> installed.stream().filter(one -> fits(one, text)).toList())
            .orElse(installed);
    // Without a query all are asked for, whatever the page.
    int last = query.isEmpty() ? 1 : Math.max(1, (found.size() + size - 1) / size);
    ArrayNode items = Json.array();
    found.stream()
        .skip(query.isEmpty() ? 0 : (long) (page - 1) * size)
        .limit(query.isEmpty() ? Long.MAX_VALUE : size)
        .forEach(one -> items.add(item(one, !disabled.contains(one.name()))));
    exchange.set("Link", links(exchange, query, page, size, last));
    exchange.sendJson(200, items);
  }

  private static boolean fits(Extension extension, String text) {
    return extension.name().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
  }

  private static int number(Exchange exchange, String field, int otherwise) {
    String text = exchange.query(field).orElse("");
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("-?\\d{1,9}")) {
      throw new HttpException(400, "'" + text + "' is no number: " + field + " counts from 1");
    }
    return Integer.parseInt(text);
  }

  private static String links(
      Exchange exchange, Optional<String> query, int page, int size, int last) {
    String here =
        (exchange.isSecure() ? "https://" : "http://") + exchange.host() + exchange.rawPath();
    String search =
        query.map(text -> "&query=" + URLEncoder.encode(text, StandardCharsets.UTF_8)).orElse("");
    var links = new StringBuilder();
    link(links, here, last, size, search, "last");
    if (page > 1) {
      link(links, here, page - 1, size, search, "prev");
    }
    if (page < last) {
      link(links, here, page + 1, size, search, "next");
    }
    link(links, here, 1, size, search, "first");
    return links.toString();
  }

  private static void link(
      StringBuilder links, String here, int page, int size, String search, String relation) {
    links
        .append(links.isEmpty() ? "<" : ", <")
        .append(here)
        .append("?page=")
        .append(page)
        .append("&per_page=")
        .append(size)
        .append(search)
        .append(">; rel=\"")
        .append(relation)
        .append('"');
  }

  private static ObjectNode item(Extension extension, boolean enabled) {
    JsonNode json = extension.packageJson();
    ObjectNode item = Json.object().put("name", extension.name());
    String description = json.path("description").asString("");
    String version = semantic(json.path("version").asString(""));
    item.put(
        "description",
        extension.isCollaboration()
            ? description + " (Not loaded: documents are edited by one page at a time here.)"
            : description);
    item.put(
        "homepage_url",
        text(json, "homepage").or(() -> text(json.path("repository"), "url")).orElse(""));
    item.put("pkg_type", "prebuilt").put("allowed", true).put("approved", false);
    item.put("companion", companion(extension.metadata().path("discovery")).orElse(null));
    item.put("core", false).put("enabled", enabled);
    item.set(
        "install",
        JsonFile.read(extension.folder().resolve("install.json")).orElseGet(Json::object));
    item.put("installed", true).put("installed_version", version).put("latest_version", version);
    item.put("status", extension.isCollaboration() ? "warning" : "ok");
    item.put(
        "author", text(json, "author").or(() -> text(json.path("author"), "name")).orElse(null));
    item.put("license", text(json, "license").orElse(null));
    item.put(
        "bug_tracker_url",
        text(json, "bugs").or(() -> text(json.path("bugs"), "url")).orElse(null));
    item.putNull("documentation_url").putNull("package_manager_url");
    return item.put(
        "repository_url",
        text(json.path("repository"), "url").or(() -> text(json, "repository")).orElse(null));
  }

  private static Optional<String> text(JsonNode object, String key) {
    return Json.field(object, key);
  }

  private static Optional<String> companion(JsonNode discovery) {
    return List.of("server", "kernel").stream().filter(discovery::has).findFirst();
  }

  /** The version of a Python package as a semantic one: {@code 1.0rc2} is {@code 1.0-rc.2}. */
  private static String semantic(String version) {
    return version
        .replaceAll("\\.(dev|post)\\d+", "")
        .replaceFirst("(?<![-a-z])a(\\d+)$", "-alpha.$1")
        .replaceFirst("(?<![-a-z])b(\\d+)$", "-beta.$1")
        .replaceFirst("(?<![-a-z])rc(\\d+)$", "-rc.$1");
  }

  private void change(Exchange exchange) throws IOException {
    change(exchange, "extension", "extension_name");
  }

  private void change(Exchange exchange, String what, String field) throws IOException {
    ObjectNode body = exchange.jsonObject();
    String command = body.path("cmd").isString() ? body.path("cmd").asString() : "";
    String name = body.path(field).isString() ? body.path(field).asString() : "";
    if (what.equals("extension") && (command.equals("install") || command.equals("uninstall"))) {
      throw new HttpException(
          422,
          "Extensions are Python packages: "
              + command
              + " '"
              + name
              + "' with pip in the environment of the server or of a kernel, then reload the page");
    }
    if (!command.equals("enable") && !command.equals("disable")
        || name.isEmpty()
        || name.length() > MAX_NAME) {
      throw new HttpException(
          422,
          "Could not process instruction '"
              + command
              + "' with "
              + what
              + " name '"
              + name
              + "': cmd is enable or disable, "
              + field
              + " has 1 to "
              + MAX_NAME
              + " characters");
    }
    Optional<String> problem = plugins.set(name, command.equals("disable"));
    ObjectNode answer =
        Json.object()
            .put("status", problem.isEmpty() ? "ok" : "error")
            .put("message", problem.orElse(null));
    ArrayNode restart = answer.putArray("needs_restart");
    if (problem.isEmpty()) {
      restart.add("frontend");
    }
    exchange.sendJson(problem.isEmpty() ? 201 : 500, answer);
  }
}
