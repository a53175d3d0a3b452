package dev.orrery.kernel;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The installed kernelspecs, by the rules of {@code jupyter_client.kernelspec}. A spec that was
 * added, changed or removed is noticed at the next call; what did not change is not read again. A
 * broken spec is left out and logged once per version of its file. Thread-safe.
 */
public final class KernelSpecs {

  private static final System.Logger LOG = System.getLogger(KernelSpecs.class.getName());
  private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+");
  static final String NAME_RULE = "ASCII letters, digits and the separators - . _ are allowed";
  private static final int MAX_SPECS_PER_DIRECTORY = 1_000;

  private final List<Path> directories;
  private final Set<String> allowed;

  // Guarded by this.
  private final Map<Path, Read> cache = new HashMap<>();
  private final Set<Path> complained = new HashSet<>();

  /** What was read from one kernel.json, empty when it was broken. */
  private record Read(FileTime fileTime, long size, FileTime dirTime, Optional<KernelSpec> spec) {}

  /**
   * Looks in directories of kernelspecs.
   *
   * @param directories searched in this order; the first spec of a name wins; missing ones are fine
   * @param allowed names that may be used; empty: all
   */
  public KernelSpecs(List<Path> directories, Set<String> allowed) {
    this.directories = List.copyOf(directories);
    this.allowed = Set.copyOf(allowed);
  }

  /** Every usable spec by its name, sorted. */
  public synchronized Map<String, KernelSpec> findAll() {
    var found = new TreeMap<String, KernelSpec>();
    var seen = new HashSet<Path>();
    // A broken spec hides a sound one of the same name further down, as upstream.
    locate()
        .forEach((name, directory) -> {
          Path file = directory.resolve("kernel.json");
          seen.add(file);
          read(name, directory, file).ifPresent(spec -> found.put(name, spec));
        });
    cache.keySet().retainAll(seen);
    return Collections.unmodifiableMap(found);
  }

  /**
   * The directory of every allowed spec by its name, broken ones included, in the order in which
   * they are searched.
   */
  public synchronized Map<String, Path> locate() {
    var found = new LinkedHashMap<String, Path>();
    for (Path directory : directories) {
      for (Path candidate : list(directory)) {
        String name = candidate.getFileName().toString().toLowerCase(Locale.ROOT);
        if (Files.isRegularFile(candidate.resolve("kernel.json")) && isValid(name, candidate)) {
          found.putIfAbsent(name, candidate);
        }
      }
    }
    found.keySet().removeIf(name -> !allowed.isEmpty() && !allowed.contains(name));
    return Collections.unmodifiableMap(found);
  }

  /** The spec of that name, in any case; empty when there is none that is usable and allowed. */
  public Optional<KernelSpec> find(String name) {
    return Optional.ofNullable(findAll().get(name.toLowerCase(Locale.ROOT)));
  }

  private List<Path> list(Path directory) {
    var entries = new ArrayList<Path>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path entry : stream) {
        if (entries.size() >= MAX_SPECS_PER_DIRECTORY) {
          complainOnce(directory, "has more than " + MAX_SPECS_PER_DIRECTORY + " entries");
          break;
        }
        entries.add(entry);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.log(DEBUG, "There is no directory {0}", directory);
    } catch (IOException | DirectoryIteratorException e) {
      complainOnce(directory, "cannot be read: " + e.getMessage());
    }
    Collections.sort(entries);
    return entries;
  }

  private boolean isValid(String name, Path directory) {
    if (isName(name)) {
      return true;
    }
    complainOnce(directory, "is no valid name of a kernel: " + NAME_RULE);
    return false;
  }

  /** Whether a lower-case name is one a kernel can have. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  private Optional<KernelSpec> read(String name, Path directory, Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      FileTime dirTime = Files.getLastModifiedTime(directory);
      @Nullable Read known = cache.get(file);
      if (known == null
          || !known.fileTime().equals(attributes.lastModifiedTime())
          || known.size() != attributes.size()
          || !known.dirTime().equals(dirTime)) {
        known =
            new Read(
                attributes.lastModifiedTime(),
                attributes.size(),
                dirTime,
                parse(name, directory, file, attributes.size()));
        cache.put(file, known);
      }
      return known.spec();
    } catch (IOException e) {
      complainOnce(file, "cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<KernelSpec> parse(String name, Path directory, Path file, long size) {
    try {
      return Optional.of(KernelSpecReader.read(name, directory, file, size));
    } catch (IOException e) {
      LOG.log(WARNING, "Kernelspec {0} is left out: {1}", file, e.getMessage());
      return Optional.empty();
    }
  }

  private void complainOnce(Path path, String what) {
    if (complained.size() < MAX_SPECS_PER_DIRECTORY && complained.add(path)) {
      LOG.log(WARNING, "Kernelspec directory {0} {1}", path, what);
    }
  }
}
