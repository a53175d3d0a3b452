package dev.orrery.server.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the pages and what belongs to them are.
 *
 * @param appDir holds {@code static}, {@code schemas}, {@code themes}: a JupyterLab {@code app_dir}
 * @param appSettings what an installation has set, {@code overrides.json} and {@code
 *     page_config.json}, the most important folder first
 * @param labextensions folders of prebuilt extensions, the first one that has an extension wins
 * @param extraLabextensions looked through before those
 * @param notebook holds Notebook's {@code static} and {@code templates}
 * @param userSettings the user's settings files
 * @param workspaces the user's workspace files
 * @param configPath Jupyter's configuration folders, the most important first
 * @param builtIn the {@code app_dir} of this distribution
 * @param environments prefixes of Python environments, the most important first
 * @param switches configuration folders in which it may be written that a plugin is disabled, the
 *     wanted one first
 */
public record LabFolders(
    Path appDir,
    List<Path> appSettings,
    List<Path> labextensions,
    List<Path> extraLabextensions,
    Path notebook,
    Path userSettings,
    Path workspaces,
    List<Path> configPath,
    Path builtIn,
    List<Path> environments,
    List<Path> switches) {

  public LabFolders {
    appSettings = List.copyOf(appSettings);
    labextensions = List.copyOf(labextensions);
    extraLabextensions = List.copyOf(extraLabextensions);
    configPath = List.copyOf(configPath);
    environments = List.copyOf(environments);
    switches = List.copyOf(switches);
  }

  /** Whether the pages are not those of this distribution. */
  boolean isForeign() {
    return !appDir.equals(builtIn);
  }

  /** Where JupyterLab's own configuration is, the most important first. */
  List<Path> labconfig() {
    return configPath.stream().map(folder -> folder.resolve("labconfig")).toList();
  }

  Path staticFiles() {
    return appDir.resolve("static");
  }

  Path schemas() {
    return appDir.resolve("schemas");
  }

  Path themes() {
    return appDir.resolve("themes");
  }

  /** All folders of extensions, in the order in which they count. */
  List<Path> extensionPath() {
    return Stream.concat(extraLabextensions.stream(), labextensions.stream()).toList();
  }
}
