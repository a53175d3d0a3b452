package dev.orrery.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the configuration files of one start and says in which order they count. As in traitlets,
 * all directories are searched for one name before the next name, and of files with one name in one
 * directory the {@code .json} counts most and the {@code .py} least; {@code .yaml} and {@code
 * .yml}, which traitlets does not know, lie between.
 */
final class ConfigFiles {

  enum Form {
    PYTHON(".py"),
    YML(".yml"),
    YAML(".yaml"),
    JSON(".json");

    private final String ending;

    Form(String ending) {
      this.ending = ending;
    }
  }

  /**
   * A file that exists.
   *
   * @param directory where {@code load_subconfig} looks for other files
   * @param group the same for files with one name in one directory
   */
  record Found(Path path, Path directory, Form form, String group) {}

  private ConfigFiles() {}

  /** The files to read, the least important first. */
  static List<Found> find(
      Declarations declarations, Sources sources, Optional<String> explicit, Report report) {
    List<Found> found = new ArrayList<>();
    for (var name : declarations.configNames()) {
      boolean replaced =
          explicit.isPresent()
              && declarations
                  .configFile()
                  .map(file -> file.replacedName().equals(name))
                  .orElse(false);
      if (!replaced) {
        sources.configPath().forEach(path -> addAll(found, path.toAbsolutePath(), name));
      }
    }
    explicit.ifPresent(text -> addExplicit(found, sources, text, report));
    return found;
  }

  private static void addAll(List<Found> found, Path directory, String name) {
    for (var form : Form.values()) {
      var path = directory.resolve(name + form.ending);
      if (Files.isRegularFile(path)) {
        found.add(new Found(path, directory, form, directory + "/" + name));
      }
    }
  }

  private static void addExplicit(List<Found> found, Sources sources, String text, Report report) {
    String home = sources.environment().getOrDefault("HOME", "");
    var path =
        sources
            .workingDirectory()
            .toAbsolutePath()
            .resolve(Kinds.Text.expandHome(text, home))
            .normalize();
    var form = formOf(path);
    if (form.isPresent() && Files.isRegularFile(path)) {
      found.add(new Found(path, parent(path), form.get(), path.toString()));
      return;
    }
    int before = found.size();
    if (form.isEmpty()) {
      addAll(found, parent(path), String.valueOf(path.getFileName()));
    }
    if (found.size() == before) {
      report.problem(
          "--config",
          Origin.COMMAND_LINE,
          "names '"
              + text
              + "', and there is no such file with the ending .py, .json, .yaml or"
              + " .yml; correct the path or leave the option out");
    }
  }

  private static Path parent(Path path) {
    var parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static Optional<Form> formOf(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    for (var form : Form.values()) {
      if (name.endsWith(form.ending)) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }
}
