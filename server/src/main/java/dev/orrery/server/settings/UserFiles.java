package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.server.contents.ContentsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which files are served: a folder or one file in it, from the command line or the settings.
 *
 * @param root the folder of the user's files
 * @param fileToRun what to open at the start, relative to the root
 */
record UserFiles(Path root, Optional<String> fileToRun) {

  static UserFiles read(Given given) {
    Path named = named(given);
    Path root = Files.isDirectory(named) ? named : folderOf(named);
    Optional<String> fileToRun = fileToRun(given, root, named);
    if (!Files.isDirectory(root)) {
      given.problem(ServerTraits.ROOT_DIR, "No such folder: '" + root + "'");
    }
    return new UserFiles(root, fileToRun);
  }

  private static Path named(Given given) {
    List<String> arguments = given.arguments();
    if (arguments.size() > 1) {
      given.problem(
          new Problem(
              "",
              "command line",
              "One folder or file can be given, not " + arguments.size() + ": " + arguments));
    }
    if (!arguments.isEmpty()) {
      return given.path(arguments.getFirst()).normalize();
    }
    String set = given.get(ServerTraits.ROOT_DIR);
    return set.isEmpty() ? given.workingDirectory() : given.path(set).normalize();
  }

  private static Path folderOf(Path file) {
    Path parent = file.getParent();
    return Files.isRegularFile(file) && parent != null ? parent : file;
  }

  private static Optional<String> fileToRun(Given given, Path root, Path named) {
    if (Files.isRegularFile(named)) {
      return Optional.of(root.relativize(named).toString());
    }
    String set = given.get(ServerTraits.FILE_TO_RUN);
    if (set.isEmpty()) {
      return Optional.empty();
    }
    Path file = given.path(set).normalize();
    if (!Files.isRegularFile(file) || !file.startsWith(root)) {
      given.problem(ServerTraits.FILE_TO_RUN, "'" + file + "' is no file below " + root);
      return Optional.empty();
    }
    return Optional.of(root.relativize(file).toString());
  }

  ContentsSettings contents(Given given, JupyterPaths paths) {
    return new ContentsSettings(
        root,
        paths.dataDir(),
        given.get(ServerTraits.ALLOW_HIDDEN),
        given.get(ServerTraits.HIDE_GLOBS),
        given.get(ServerTraits.DELETE_TO_TRASH),
        given.get(ServerTraits.ALWAYS_DELETE_DIR),
        given.get(ServerTraits.MAX_COPY_FOLDER_SIZE_MB));
  }
}
