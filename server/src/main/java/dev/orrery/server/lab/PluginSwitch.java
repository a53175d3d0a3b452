package dev.orrery.server.lab;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Enables and disables plugins and whole extensions for the pages, in {@code
 * labconfig/page_config.json} of a configuration folder, unless they are locked.
 */
final class PluginSwitch {

  private static final String DISABLED = "disabledExtensions";

  private final LabFolders folders;
  private final boolean lockAll;
  private final PageConfigFiles files;
  private final ReentrantLock lock = new ReentrantLock();

  PluginSwitch(LabFolders folders, boolean lockAll) {
    this.folders = folders;
    this.lockAll = lockAll;
    files = new PageConfigFiles(folders);
  }

  /** What is locked, as the page asks for it. */
  ObjectNode locks() {
    ObjectNode locks = Json.object();
    var rules = locks.putArray("lockRules");
    files.locked().forEach(rules::add);
    return locks.put("allLocked", lockAll);
  }

  /**
   * Enables or disables a plugin.
   *
   * @param name of a plugin, {@code extension:plugin}, or of an extension
   * @return why it was not done, in a sentence; empty when it was, or was so already
   */
  Optional<String> set(String name, boolean disabled) {
    lock.lock();
    try {
      if (isLocked(name)) {
        return Optional.of(
            "The following plugins cannot be "
                + (disabled ? "disabled" : "enabled")
                + " as they are locked: "
                + name);
      }
      return isDisabled(name) == disabled ? Optional.empty() : write(name, disabled);
    } finally {
      lock.unlock();
    }
  }

  /** An extension is locked with any of its plugins, a plugin with its extension. */
  private boolean isLocked(String name) {
    List<String> rules = files.locked();
    String extension = name.split(":", 2)[0];
    return lockAll
        || rules.contains(name)
        || (name.contains(":")
            ? rules.contains(extension)
            : rules.stream().anyMatch(rule -> rule.startsWith(name + ":")));
  }

  private boolean isDisabled(String name) {
    ObjectNode merged = Json.object();
    for (Path folder : folders.labconfig().reversed()) {
      SectionFiles.merge(merged, PageConfigFiles.ofLevel(folder));
    }
    return PageConfigFiles.isOn(merged.path(DISABLED).path(name));
  }

  private Optional<String> write(String name, boolean disabled) {
    Optional<Path> target =
        folders.switches().stream().filter(PluginSwitch::isWritable).findFirst();
    if (target.isEmpty()) {
      String where =
          folders.switches().stream().map(Path::toString).collect(Collectors.joining(" or "));
      return Optional.of(
          where.isEmpty()
              ? "'"
                  + name
                  + "' can't be switched: the folder that PluginManager.level names is not read here"
              : "'" + name + "' can't be switched: " + where + " can't be written");
    }
    for (Path folder : folders.configPath()) {
      if (folder.equals(target.get())) {
        break;
      }
      JsonNode said =
          PageConfigFiles.ofLevel(folder.resolve("labconfig")).path(DISABLED).path(name);
      if (!said.isMissingNode() && PageConfigFiles.isOn(said) != disabled) {
        return Optional.of(
            "'"
                + name
                + "' can't be switched: what "
                + folder.resolve("labconfig")
                + " says of it counts more");
      }
    }
    return replace(target.get().resolve("labconfig").resolve("page_config.json"), name, disabled);
  }

  private static Optional<String> replace(Path file, String name, boolean disabled) {
    try {
      ObjectNode content = JsonFile.readOrFail(file, false).orElseGet(Json::object);
      ObjectNode names = PageConfigFiles.asMap(content.path(DISABLED));
      names.put(name, disabled);
      content.set(DISABLED, names);
      byte[] text = (content.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
      UserFile.replace("'" + name + "'", file, text);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("'" + name + "' can't be switched: " + file + " " + JsonFile.reason(e));
    } catch (HttpException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Whether a folder that may not be there yet could hold a file. */
  private static boolean isWritable(Path folder) {
    Path existing = folder.resolve("labconfig").toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Files.isDirectory(existing) && Files.isWritable(existing);
  }
}
