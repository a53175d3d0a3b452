package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the pages' scripts read first: addresses, versions, which extensions to load. */
final class PageConfig {

  private static final System.Logger LOG = System.getLogger(PageConfig.class.getName());

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
  private final PageConfigFiles files;
  private final AtomicInteger pages = new AtomicInteger();
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  PageConfig(LabSettings settings, LabFolders folders, LabExtensions extensions, String basePath) {
    this.settings = settings;
    this.folders = folders;
    this.extensions = extensions;
    this.basePath = basePath;
    files = new PageConfigFiles(folders);
  }

  /**
   * For JupyterLab.
   *
   * @param mode {@code multiple-document} or {@code single-document}
   * @param treePath the file or folder the address names, decoded
   */
  ObjectNode lab(String mode, String workspace, String treePath) {
    String version =
        folders.isForeign()
            ? files.applicationVersion().orElse(settings.labVersion())
            : settings.labVersion();
    ObjectNode config = finish(common("JupyterLab", version, "lab", "static/lab"));
    return config.put("mode", mode).put("workspace", workspace).put("treePath", treePath);
  }

  /** For Notebook; its pages say themselves which one they are. */
  ObjectNode notebook() {
    ObjectNode config =
        common("Jupyter Notebook", settings.notebookVersion(), "notebook", "static/notebook");
    config.put("mode", "multiple-document").put("workspace", "default").put("treePath", "");
    config.put("frontendUrl", basePath).put("nbclassic_enabled", false);
    return finish(config);
  }

  private ObjectNode common(String appName, String appVersion, String namespace, String programs) {
    ObjectNode config = Json.object();
    config.putArray("ignorePlugins");
    config
        .put("appName", appName)
        .put("appVersion", appVersion)
        .put("appNamespace", namespace)
        .put("appUrl", "/lab");
    config.put("fullAppUrl", basePath + "lab").put("fullStaticUrl", basePath + programs);
    for (String service : SERVICES) {
      String[] parts = service.split("=", 2);
      config.put(parts[0], parts[1]);
      String full = "full" + Character.toUpperCase(parts[0].charAt(0)) + parts[0].substring(1);
      config.put(full, basePath + parts[1].substring(1));
    }
    config
        .put("appSettingsDir", folders.appDir().resolve("settings").toString())
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
        .put("name", "read-only")
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

  /** Adds the extensions, and what files say, which counts more than all before. */
  private ObjectNode finish(ObjectNode config) {
    List<LabExtensions.Extension> installed = extensions.list();
    ObjectNode own = files.read(installed);
    own.properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
    config.put("baseUrl", basePath).put("wsUrl", settings.websocketUrl());
    ArrayNode federated = config.putArray("federated_extensions");
    for (LabExtensions.Extension extension : installed) {
      if (extension.isCollaboration()) {
        tellOnce(extension);
      } else {
        federated.add(extension.federated());
      }
    }
    if (config.path("disabledExtensions") instanceof ArrayNode disabled) {
      // It asks whether the makers' server may be asked for news; no other host is asked here.
      disabled.add("@jupyterlab/apputils-extension:announcements");
    }
    return config;
  }

  private void tellOnce(LabExtensions.Extension extension) {
    if (told.add(extension.name())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The extension "
              + extension.name()
              + " in "
              + extension.folder()
              + " is not loaded: its part in a Python server does not run here, so that documents are edited by one page at a time");
    }
  }
}
