package dev.orrery.cli;

import dev.orrery.web.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** The prebuilt extensions of JupyterLab that a server of this user gives to pages. */
final class InstalledLabExtensions {

  private final Surroundings here;

  InstalledLabExtensions(Surroundings here) {
    this.here = here;
  }

  /**
   * An extension.
   *
   * @param root the folder of extensions it is in
   * @param trouble why pages can't load it; empty when they can
   * @param installer who installed it, such as {@code python, jupyterlab_pygments}; may be empty
   */
  record Extension(String name, String version, Path root, String trouble, String installer) {}

  /** All of them; of two with one name the one that pages get. */
  List<Extension> list() {
    Map<String, Extension> found = new LinkedHashMap<>();
    var roots = new ArrayList<Path>();
    here.paths().dataPath().forEach(path -> roots.add(path.resolve("labextensions")));
    Pages.in(here.home()).ifPresent(pages -> roots.add(pages.labextensions()));
    for (Path root : roots) {
      for (Path folder : children(root)) {
        boolean scope = folder.getFileName().toString().startsWith("@");
        for (Path candidate : scope ? children(folder) : List.of(folder)) {
          String name = root.relativize(candidate).toString();
          if (!found.containsKey(name) && Files.isRegularFile(candidate.resolve("package.json"))) {
            found.put(name, read(name, root, candidate));
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static List<Path> children(Path folder) {
    var children = new TreeSet<Path>();
    if (Files.isDirectory(folder)) {
      try (var entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
        entries.forEach(children::add);
      } catch (IOException e) {
        return List.of();
      }
    }
    return List.copyOf(children);
  }

  private static Extension read(String name, Path root, Path folder) {
    try {
      ObjectNode json = JsonFiles.object(folder.resolve("package.json"));
      ObjectNode install = JsonFiles.object(folder.resolve("install.json"));
      String load = json.path("jupyterlab").path("_build").path("load").asString("");
      String manager = install.path("packageManager").asString("");
      return new Extension(
          name,
          json.path("version").asString(""),
          root,
          load.isEmpty()
              ? "its package.json names nothing to load"
              : Files.isRegularFile(folder.resolve(load)) ? "" : "there is no " + load,
          manager.isEmpty() ? "" : manager + ", " + install.path("packageName").asString(""));
    } catch (CommandFailure e) {
      return new Extension(name, "", root, e.sentence(), "");
    }
  }

  /** The names of the extensions that JupyterLab is built of. */
  List<String> builtIn() {
    var names = new ArrayList<String>();
    Pages.in(here.home())
        .ifPresent(pages -> {
          try {
            var lab =
                JsonFiles.object(pages.lab().resolve("static").resolve("package.json"))
                    .path("jupyterlab");
            lab.path("extensions").properties().forEach(entry -> names.add(entry.getKey()));
            lab.path("mimeExtensions").properties().forEach(entry -> names.add(entry.getKey()));
          } catch (CommandFailure e) {
            here.err().println("orrery: " + e.sentence());
          }
        });
    return names;
  }
}
