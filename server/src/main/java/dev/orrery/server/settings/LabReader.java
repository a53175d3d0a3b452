package dev.orrery.server.settings;

import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.lab.LabFolders;
import dev.orrery.server.lab.LabSettings;
import dev.orrery.web.Pages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        KernelSettings.defaults().untrackedMessageTypes(),
        given.get(LabTraits.LOCK_ALL_PLUGINS),
        systemLocale(given.env()));
  }

  /** The language of this process by its environment, as Python reads it: {@code fr_FR}. */
  private static String systemLocale(Map<String, String> env) {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String value = env.getOrDefault(name, "");
      if (!value.isEmpty()) {
        String locale = value.split("[.@]", 2)[0];
        return locale.matches("[a-z]{2,3}(_[A-Z][A-Za-z]+)*") ? locale : "en";
      }
    }
    return "en";
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
    var extensions = new LinkedHashSet<Path>();
    paths.dataPath().forEach(folder -> extensions.add(folder.resolve("labextensions")));
    if (paths.environments().contains(paths.privatePython())) {
      extensions.add(paths.privatePython().resolve("share/jupyter/labextensions"));
    }
    extensions.add(pages.labextensions());
    Path userFolder = paths.configDir().resolve("lab");
    return new LabFolders(
        appDir,
        appSettings(appDir, paths, pages),
        List.copyOf(extensions),
        given.paths(LabTraits.EXTRA_LABEXTENSIONS_PATH),
        pages.notebook(),
        given.pathOr(LabTraits.USER_SETTINGS_DIR, userFolder.resolve("user-settings")),
        given.pathOr(LabTraits.WORKSPACES_DIR, userFolder.resolve("workspaces")),
        paths.configPath(),
        pages.lab(),
        paths.environments(),
        switches(given.get(LabTraits.PLUGIN_LEVEL), paths));
  }

  /**
   * Our pages are in no Python environment, but what an administrator sets for JupyterLab is put
   * where its own pages would be.
   */
  private static List<Path> appSettings(Path appDir, JupyterPaths paths, Pages pages) {
    Path own = appDir.resolve("settings");
    return appDir.equals(pages.lab())
        ? Stream.concat(
                paths.dataPath().stream().map(folder -> folder.resolve("lab/settings")),
                Stream.of(own))
            .toList()
        : List.of(own);
  }

  /** An environment is often not the user's to write to; what they switch off is then theirs. */
  private static List<Path> switches(String level, JupyterPaths paths) {
    Stream<Path> wanted =
        switch (level) {
          case "system" -> Stream.of(Path.of("/usr/local/etc/jupyter"));
          case "user" -> Stream.of(paths.configDir());
          default ->
              Stream.concat(paths.environmentConfig().stream(), Stream.of(paths.configDir()));
        };
    return wanted.filter(paths.configPath()::contains).toList();
  }
}
