package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the pages' scripts read first: addresses, versions, which extensions to load. */
final class PageConfig {

  /** The services that JupyterLab's page and Notebook's pages find below {@code appUrl}. */
  private static final List<String> SERVICES =
      List.of(
          "labextensionsUrl=/lab/extensions",
          "settingsUrl=/lab/api/settings",
          "workspacesApiUrl=/lab/api/workspaces",
          "listingsUrl=/lab/api/listings",
          "themesUrl=/lab/api/themes",
          "licensesUrl=/lab/api/licenses",
          "translationsApiUrl=/lab/api/translations",
          "treeUrl=/lab/tree");

  private final LabSettings settings;
  private final LabFolders folders;
  private final LabExtensions extensions;
  private final String basePath;
  private final AtomicInteger pages = new AtomicInteger();

  PageConfig(LabSettings settings, LabFolders folders, LabExtensions extensions, String basePath) {
    this.settings = settings;
    this.folders = folders;
    this.extensions = extensions;
    this.basePath = basePath;
  }

  /**
   * For JupyterLab.
   *
   * @param mode {@code multiple-document} or {@code single-document}
   * @param treePath the file or folder the address names, decoded
   */
  ObjectNode lab(String mode, String workspace, String treePath) {
    ObjectNode config = common("JupyterLab", settings.labVersion(), "lab");
    config.put("mode", mode).put("workspace", workspace).put("treePath", treePath);
    config.put("fullStaticUrl", basePath + "static/lab");
    return finish(config);
  }

  /** For Notebook; its pages say themselves which one they are. */
  ObjectNode notebook() {
    ObjectNode config = common("Jupyter Notebook", settings.notebookVersion(), "notebook");
    config.put("mode", "multiple-document").put("workspace", "default").put("treePath", "");
    config.put("frontendUrl", basePath).put("nbclassic_enabled", false);
    config.put("fullStaticUrl", basePath + "static/notebook");
    return finish(config);
  }

  private ObjectNode common(String appName, String appVersion, String namespace) {
    ObjectNode config = Json.object();
    staticConfig().properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
    config
        .put("appName", appName)
        .put("appVersion", appVersion)
        .put("appNamespace", namespace)
        .put("appUrl", "/lab");
    config.put("baseUrl", basePath).put("wsUrl", settings.websocketUrl());
    config.put("fullAppUrl", basePath + "lab");
    for (String service : SERVICES) {
      String[] parts = service.split("=", 2);
      config.put(parts[0], parts[1]);
      String full = "full" + Character.toUpperCase(parts[0].charAt(0)) + parts[0].substring(1);
      config.put(full, basePath + parts[1].substring(1));
    }
    config
        .put("appSettingsDir", folders.appSettings().toString())
        .put("schemasDir", folders.schemas().toString());
    config
        .put("staticDir", folders.staticFiles().toString())
        .put("templatesDir", folders.staticFiles().toString());
    config
        .put("themesDir", folders.themes().toString())
        .put("userSettingsDir", folders.userSettings().toString());
    config.put("workspacesDir", folders.workspaces().toString());
    config.set("labextensionsPath", paths(folders.labextensions()));
    config.set("extraLabextensionsPath", paths(folders.extraLabextensions()));
    config.put("serverRoot", settings.root().toString());
    config.put(
        "preferredPath", settings.preferredPath().isEmpty() ? "/" : settings.preferredPath());
    config.put("rootUri", settings.root().toUri().toString().replaceFirst("/$", ""));
    config.put("notebookVersion", "[" + settings.serverVersion().replace(".", ", ") + "]");
    config.put("terminalsAvailable", settings.terminals()).put("quitButton", settings.quitButton());
    config
        .put("allow_hidden_files", settings.allowHidden())
        .put("delete_to_trash", settings.deleteToTrash());
    config.put("exposeAppInBrowser", settings.exposeApp()).put("devMode", false);
    config.put("buildAvailable", false).put("buildCheck", false).put("cacheFiles", true);
    config.put("copyAbsolutePath", false).put("notebookStartsKernel", true);
    config.put("store_id", pages.getAndIncrement());
    ArrayNode untracked = config.putArray("untracked_message_types");
    settings.untrackedTypes().stream().sorted().forEach(untracked::add);
    config
        .putObject("extensionManager")
        .put("name", "PyPI")
        .put("can_install", false)
        .putNull("install_path");
    // Whether there are news is the makers' server to tell; ours asks no other host.
    config.putObject("news").put("disabled", true);
    return config;
  }

  private static ArrayNode paths(List<Path> paths) {
    ArrayNode list = Json.array();
    paths.forEach(path -> list.add(path.toString()));
    return list;
  }

  /** Adds the extensions, and what {@code page_config.json} files say last. */
  private ObjectNode finish(ObjectNode config) {
    ArrayNode federated = config.putArray("federated_extensions");
    ObjectNode disabled = Json.object();
    // It asks whether the makers' server may be asked for news; no other host is asked here.
    disabled.put("@jupyterlab/apputils-extension:announcements", true);
    asSet(config.path("disabledExtensions"), disabled);
    for (LabExtensions.Extension extension : extensions.list()) {
      if (!disabled.path(extension.name()).asBoolean(false)) {
        federated.add(extension.federated());
      }
      asSet(extension.packageJson().path("jupyterlab").path("disabledExtensions"), disabled);
    }
    JsonNode own = ConfigSections.load(folders.appSettings().resolve("page_config.json"));
    own.properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
    asSet(own.path("disabledExtensions"), disabled);
    config.set("disabledExtensions", enabledNames(disabled));
    for (String key : List.of("deferredExtensions", "lockedExtensions", "ignorePlugins")) {
      ObjectNode set = Json.object();
      asSet(config.path(key), set);
      config.set(key, enabledNames(set));
    }
    return config;
  }

  /** Lists and maps to booleans are both in use; a later {@code false} takes a name out again. */
  private static void asSet(JsonNode listOrMap, ObjectNode set) {
    if (listOrMap.isArray()) {
      listOrMap.forEach(name -> set.put(name.asString(""), true));
    } else {
      listOrMap
          .properties()
          .forEach(entry -> set.put(entry.getKey(), entry.getValue().asBoolean(false)));
    }
  }

  private static ArrayNode enabledNames(ObjectNode set) {
    ArrayNode names = Json.array();
    set.properties().stream()
        .filter(entry -> entry.getValue().asBoolean(false))
        .forEach(entry -> names.add(entry.getKey()));
    return names;
  }

  /** {@code labconfig/page_config.json} of all configuration folders, the most important last. */
  private ObjectNode staticConfig() {
    ObjectNode merged = Json.object();
    for (Path folder : folders.configPath().reversed()) {
      ConfigSections.merge(
          merged,
          ConfigSections.load(folder.resolve("labconfig").resolve("page_config.json")),
          false);
    }
    return merged;
  }
}
