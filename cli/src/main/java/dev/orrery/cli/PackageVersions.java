package dev.orrery.cli;

import dev.orrery.server.settings.ServerSettings;
import dev.orrery.web.Pages;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions of Jupyter's parts: of what is built in here, the version whose interface it has; of
 * Python packages, what is installed in the Python environment.
 */
final class PackageVersions {

  private static final List<String> NAMES =
      List.of(
          "IPython",
          "ipykernel",
          "ipywidgets",
          "jupyter_client",
          "jupyter_core",
          "jupyter_server",
          "jupyterlab",
          "nbclient",
          "nbconvert",
          "nbformat",
          "notebook",
          "qtconsole",
          "traitlets");

  private static final Map<String, String> BUILT_IN =
      Map.of(
          "jupyter_client", "8.10.0",
          "jupyter_core", "5.9.1",
          "jupyter_server", ServerSettings.SERVER_VERSION,
          "jupyterlab", Pages.LAB_VERSION,
          "notebook", Pages.NOTEBOOK_VERSION);

  private static final Pattern DISTRIBUTION = Pattern.compile("([^-]+)-([^-]+)\\.dist-info");

  private PackageVersions() {}

  /** A line for each, as {@code jupyter --version} prints them. */
  static String text(Optional<Path> prefix) {
    Map<String, String> installed = prefix.map(PackageVersions::installed).orElse(Map.of());
    var text = new StringBuilder("Selected Jupyter core packages...\n");
    for (String name : NAMES) {
      String version =
          BUILT_IN.getOrDefault(
              name, installed.getOrDefault(name.toLowerCase(Locale.ROOT), "not installed"));
      text.append("%-17s: %s\n".formatted(name, version));
    }
    return text + "%-17s: %s\n".formatted("orrery", Version.OURS);
  }

  /** Read off the names of folders, since to ask Python takes longer than all else. */
  private static Map<String, String> installed(Path prefix) {
    var installed = new HashMap<String, String>();
    try (var pythons = Files.newDirectoryStream(prefix.resolve("lib"), "python3*")) {
      for (Path python : pythons) {
        Path packages = python.resolve("site-packages");
        if (!Files.isDirectory(packages)) {
          continue;
        }
        try (var folders = Files.newDirectoryStream(packages, "*.dist-info")) {
          for (Path folder : folders) {
            Matcher matcher = DISTRIBUTION.matcher(folder.getFileName().toString());
            if (matcher.matches()) {
              installed.put(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2));
            }
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Nothing that can be read is installed there.
      return installed;
    }
    return installed;
  }
}
