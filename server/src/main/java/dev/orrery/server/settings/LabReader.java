package dev.orrery.server.settings;

import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.lab.LabFolders;
import dev.orrery.server.lab.LabSettings;
import dev.orrery.web.Pages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads how the pages are shown and where they are. */
final class LabReader {

  private LabReader() {}

  static LabSettings pages(Given given, Path root) {
    return new LabSettings(
        Pages.LAB_VERSION,
        Pages.NOTEBOOK_VERSION,
        ServerSettings.SERVER_VERSION,
        root,
        preferredPath(given, root),
        given.get(ServerTraits.WEBSOCKET_URL),
        given.get(LabTraits.CUSTOM_CSS),
        given.get(LabTraits.NOTEBOOK_CUSTOM_CSS),
        given.get(LabTraits.EXPOSE_APP) || given.get(LabTraits.NOTEBOOK_EXPOSE_APP),
        given.get(ServerTraits.QUIT_BUTTON),
        given.get(ServerTraits.TERMINALS_ENABLED),
        given.get(ServerTraits.ALLOW_HIDDEN),
        given.get(ServerTraits.DELETE_TO_TRASH),
        KernelSettings.defaults().untrackedMessageTypes());
  }

  private static String preferredPath(Given given, Path root) {
    String preferred = given.get(ServerTraits.PREFERRED_DIR);
    if (preferred.isEmpty()) {
      return "";
    }
    Path folder = root.resolve(given.expandHome(preferred)).normalize();
    return folder.startsWith(root) && Files.isDirectory(folder)
        ? root.relativize(folder).toString()
        : "";
  }

  static LabFolders folders(Given given, JupyterPaths paths, Pages pages) {
    Path appDir = given.pathOr(LabTraits.APP_DIR, pages.lab());
    if (!Files.isRegularFile(appDir.resolve("static").resolve("index.html"))) {
      given.problem(
          LabTraits.APP_DIR, "'" + appDir + "' holds no JupyterLab: static/index.html is missing");
    }
    List<Path> extensions = new ArrayList<>();
    for (Path folder : paths.dataPath()) {
      extensions.add(folder.resolve("labextensions"));
    }
    extensions.add(pages.labextensions());
    Path userFolder = paths.configDir().resolve("lab");
    return new LabFolders(
        appDir,
        extensions,
        given.paths(LabTraits.EXTRA_LABEXTENSIONS_PATH),
        pages.notebook(),
        given.pathOr(LabTraits.USER_SETTINGS_DIR, userFolder.resolve("user-settings")),
        given.pathOr(LabTraits.WORKSPACES_DIR, userFolder.resolve("workspaces")),
        paths.configPath());
  }
}
