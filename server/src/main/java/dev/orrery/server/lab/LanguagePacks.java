package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language packs that are installed as Python packages, and packages that bring translations of
 * their own. A domain is what one package translates. Source: jupyterlab_server 2.28, {@code
 * translation_utils.py}.
 */
final class LanguagePacks {

  /** The language in which translators see the pages. */
  static final String PSEUDO_LANGUAGE = "ach_UG";

  private static final System.Logger LOG = System.getLogger(LanguagePacks.class.getName());
  private static final String PACK = "jupyterlab.languagepack";
  private static final String OWN = "jupyterlab.locale";
  private static final int MAX_DEPTH = 5;
  private static final int MAX_DOMAINS = 1_000;
  private static final Pattern RELEASE = Pattern.compile("v?(\\d{1,9}(?:\\.\\d{1,9})*).*");

  private final LabFolders folders;
  private final String systemLocale;
  private final PythonPackages packages;

  LanguagePacks(LabFolders folders, String systemLocale) {
    this.folders = folders;
    this.systemLocale = systemLocale;
    packages = new PythonPackages(folders.environments(), Set.of(PACK, OWN));
  }

  /** The locales of the packs that are there. */
  List<String> locales() {
    return List.copyOf(folders(PACK).keySet());
  }

  /** The language of the process, which is what {@code default} stands for. */
  String systemLocale() {
    return systemLocale;
  }

  /**
   * The language the pages are in: what the user chose, else what the installation did.
   *
   * @param overrides the installation's defaults, by plugin
   */
  String current(ObjectNode overrides) {
    String plugin = "@jupyterlab/translation-extension:plugin";
    Path file =
        folders
            .userSettings()
            .resolve("@jupyterlab/translation-extension/plugin.jupyterlab-settings");
    String chosen =
        Json.field(JsonFile.readRelaxed(file).orElseGet(Json::object), "locale")
            .or(() -> Json.field(overrides.path(plugin), "locale"))
            .orElse("default");
    return chosen.equals("default") ? systemLocale : chosen;
  }

  /**
   * The files of a language by their domains; those of a pack, and those packages bring for domains
   * that the pack has not.
   */
  Map<String, Path> domains(String locale) {
    Map<String, Path> domains = new TreeMap<>();
    Path pack = folders(PACK).get(locale);
    if (pack == null) {
      return domains;
    }
    try (var files = Files.walk(pack, MAX_DEPTH)) {
      files
          .filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file))
          .sorted()
          .limit(MAX_DOMAINS)
          .forEach(file -> domains.put(domainOf(file), file));
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "The language pack in " + pack + " is left out: " + e);
    }
    own(locale).forEach(domains::putIfAbsent);
    return domains;
  }

  private static String domainOf(Path file) {
    return String.valueOf(file.getFileName()).replace(".json", "");
  }

  /** The translations that packages bring themselves. */
  private Map<String, Path> own(String locale) {
    Map<String, Path> own = new LinkedHashMap<>();
    folders(OWN)
        .forEach((name, folder) ->
            ownFile(folder.resolve("locale"), locale, name).ifPresent(file -> own.put(name, file)));
    return own;
  }

  private static Optional<Path> ownFile(Path folder, String locale, String name) {
    if (!Files.isDirectory(folder) || name.contains("/")) {
      return Optional.empty();
    }
    try (var languages = Files.list(folder)) {
      return languages
          .filter(language -> String.valueOf(language.getFileName()).equalsIgnoreCase(locale))
          .map(language -> language.resolve("LC_MESSAGES").resolve(name + ".json"))
          .filter(Files::isRegularFile)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "Translations in " + folder + " are left out: " + e);
      return Optional.empty();
    }
  }

  /** What a domain says, with what a newer package says itself; empty when the file is broken. */
  Optional<ObjectNode> read(String locale, String domain, Path file) {
    Optional<ObjectNode> content = JsonFile.read(file);
    Path own = own(locale).get(domain);
    if (own == null || own.equals(file)) {
      return content;
    }
    Optional<ObjectNode> newer =
        JsonFile.read(own)
            .filter(mine ->
                content.isEmpty()
                    || isNewer(mine.path("").path("version").asString(""), content.get()))
            .filter(mine -> content.isEmpty() || sameDomain(mine, content.get()));
    newer.ifPresent(mine -> content.ifPresent(pack -> pack.setAll(mine)));
    return content.or(() -> newer);
  }

  private static boolean sameDomain(ObjectNode one, ObjectNode other) {
    return Objects.equals(one.path("").path("domain"), other.path("").path("domain"));
  }

  private static boolean isNewer(String version, ObjectNode pack) {
    Matcher mine = RELEASE.matcher(version);
    Matcher theirs = RELEASE.matcher(pack.path("").path("version").asString(""));
    return mine.matches() && theirs.matches() && compare(mine.group(1), theirs.group(1)) > 0;
  }

  private static int compare(String one, String other) {
    String[] ones = one.split("\\.", -1);
    String[] others = other.split("\\.", -1);
    for (int i = 0; i < Math.max(ones.length, others.length); i++) {
      int a = i < ones.length ? Integer.parseInt(ones[i]) : 0;
      int b = i < others.length ? Integer.parseInt(others[i]) : 0;
      if (a != b) {
        return Integer.compare(a, b);
      }
    }
    return 0;
  }

  private Map<String, Path> folders(String group) {
    Map<String, Path> found = new LinkedHashMap<>();
    packages.entries().stream()
        .filter(entry -> entry.group().equals(group))
        .forEach(entry -> found.putIfAbsent(entry.name(), entry.folder()));
    return found;
  }
}
