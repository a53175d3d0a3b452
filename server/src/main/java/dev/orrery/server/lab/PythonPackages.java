package dev.orrery.server.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Python packages of environments that announce something to JupyterLab by entry points, found
 * without running Python. What was found is kept until a folder of packages changes.
 */
final class PythonPackages {

  private static final System.Logger LOG = System.getLogger(PythonPackages.class.getName());
  private static final long MAX_BYTES = 1 << 20;
  private static final Pattern ENTRY =
      Pattern.compile("\\s*([^=\\s]+)\\s*=\\s*([A-Za-z_]\\w*(?:\\.\\w+)*)\\s*(?:[:\\[].*)?");
  private static final Pattern PYTHON = Pattern.compile("python(\\d+)(?:\\.(\\d+))?t?");

  /**
   * A package that announces something.
   *
   * @param group of the entry point
   * @param name of the entry point
   * @param folder of the Python module it names
   */
  record Entry(String group, String name, Path folder) {}

  private record Found(Map<Path, FileTime> sites, List<Entry> entries) {}

  private final List<Path> prefixes;
  private final Set<String> groups;
  private final ReentrantLock lock = new ReentrantLock();
  private Found last = new Found(Map.of(), List.of());

  /**
   * Looks in environments.
   *
   * @param prefixes of the environments, the most important first
   * @param groups of entry points that are wanted
   */
  PythonPackages(List<Path> prefixes, Set<String> groups) {
    this.prefixes = List.copyOf(prefixes);
    this.groups = Set.copyOf(groups);
  }

  /** All that announce something, those of the most important environment first. */
  List<Entry> entries() {
    lock.lock();
    try {
      Map<Path, FileTime> sites = sites();
      if (!last.sites().equals(sites)) {
        List<Entry> entries = new ArrayList<>();
        sites.keySet().forEach(site -> scan(site, entries));
        last = new Found(sites, List.copyOf(entries));
      }
      return last.entries();
    } finally {
      lock.unlock();
    }
  }

  /** The folders of packages, with the times at which something was last added or taken away. */
  private Map<Path, FileTime> sites() {
    Map<Path, FileTime> sites = new LinkedHashMap<>();
    for (Path prefix : prefixes) {
      // Debian keeps packages of its own in dist-packages, and those of pip below local.
      for (String lib : List.of("local/lib", "lib")) {
        for (Path python : pythons(prefix.resolve(lib))) {
          for (String name : List.of("site-packages", "dist-packages")) {
            addSite(python.resolve(name), sites);
          }
        }
      }
    }
    return sites;
  }

  private static void addSite(Path site, Map<Path, FileTime> sites) {
    try {
      if (Files.isDirectory(site)) {
        sites.putIfAbsent(site, Files.getLastModifiedTime(site));
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Packages in " + site + " are left out: " + e);
    }
  }

  /** Newest first: which one runs only Python can tell. */
  private static List<Path> pythons(Path lib) {
    return list(lib, PYTHON)
        .sorted(Comparator.comparingInt(PythonPackages::minor).reversed())
        .toList();
  }

  private static int minor(Path folder) {
    Matcher version = PYTHON.matcher(String.valueOf(folder.getFileName()));
    return version.matches() && version.group(2) != null && version.group(2).length() < 5
        ? Integer.parseInt(version.group(2))
        : 0;
  }

  private static Stream<Path> list(Path folder, Pattern names) {
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> names.matcher(String.valueOf(entry.getFileName())).matches())
          .sorted()
          .toList()
          .stream();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(System.Logger.Level.WARNING, "Packages in " + folder + " are left out: " + e);
      return Stream.of();
    }
  }

  private void scan(Path site, List<Entry> entries) {
    list(site, Pattern.compile(".*\\.(dist|egg)-info"))
        .map(info -> info.resolve("entry_points.txt"))
        .filter(Files::isRegularFile)
        .forEach(file -> read(site, file, entries));
  }

  private void read(Path site, Path file, List<Entry> entries) {
    String group = "";
    for (String line : text(file).lines().toList()) {
      String trimmed = line.strip();
      if (trimmed.startsWith("[") && trimmed.endsWith("]")) {
        group = trimmed.substring(1, trimmed.length() - 1).strip();
      } else if (groups.contains(group) && !trimmed.startsWith("#")) {
        Matcher entry = ENTRY.matcher(trimmed);
        if (entry.matches()) {
          add(group, entry.group(1), entry.group(2), site, file, entries);
        }
      }
    }
  }

  private static void add(
      String group, String name, String module, Path site, Path file, List<Entry> entries) {
    Optional<Path> folder =
        Stream.concat(Stream.of(site), linked(site))
            .flatMap(root -> folder(root.resolve(module.replace('.', '/'))))
            .findFirst();
    if (folder.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Left out: " + file + " names " + module + ", which is not there");
    } else {
      entries.add(new Entry(group, name, folder.get()));
    }
  }

  private static Stream<Path> folder(Path module) {
    if (Files.isDirectory(module)) {
      return Stream.of(module);
    }
    Path file = module.resolveSibling(module.getFileName() + ".py");
    return Files.isRegularFile(file) ? Stream.ofNullable(file.getParent()) : Stream.of();
  }

  /** Folders that {@code .pth} files name, as those of packages that are developed do. */
  private static Stream<Path> linked(Path site) {
    return list(site, Pattern.compile("[^.].*\\.pth"))
        .flatMap(file -> text(file).lines())
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.matches("(?s)#.*|import\\s.*|.*\\x00.*"))
        .map(site::resolve)
        .filter(Files::isDirectory);
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("is larger than " + MAX_BYTES + " bytes");
      }
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Left out: " + file + " " + JsonFile.reason(e));
      return "";
    }
  }
}
