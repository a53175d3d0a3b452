package dev.orrery.spawner.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the kernel tells of processes in {@code /proc}. */
final class Proc {

  private static final Path ROOT = Path.of("/proc");

  /** Changes with each start of the machine, when process ids and times begin anew. */
  private static final String BOOT = boot();

  private Proc() {}

  /**
   * A process.
   *
   * @param started in ticks since the machine was started; no two processes have id and this time
   */
  record Entry(long pid, char state, long session, long started) {

    /** Whether it has ended, though nobody has taken its status yet. */
    boolean isDead() {
      return state == 'Z' || state == 'X';
    }

    /** Tells this process from every other one that has or had its id. */
    String identity() {
      return BOOT + "/" + started;
    }
  }

  static boolean isThere() {
    return Files.isReadable(ROOT.resolve("self/stat"));
  }

  /** The process with that id that has not ended. */
  static Optional<Entry> find(long pid) {
    return entry(ROOT.resolve(Long.toString(pid))).filter(found -> !found.isDead());
  }

  /** All processes that have not ended. */
  static List<Entry> all() {
    var entries = new ArrayList<Entry>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(ROOT, "[0-9]*")) {
      for (Path child : children) {
        entry(child).filter(found -> !found.isDead()).ifPresent(entries::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new IllegalStateException("The processes of this machine can't be listed", e);
    }
    return entries;
  }

  private static Optional<Entry> entry(Path directory) {
    try {
      String line = Files.readString(directory.resolve("stat"), ISO_8859_1);
      // The name of the program comes second, in brackets, and may hold anything.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return Optional.of(
          new Entry(
              Long.parseLong(directory.getFileName().toString()),
              fields[0].charAt(0),
              Long.parseLong(fields[3]),
              Long.parseLong(fields[19])));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // It ended meanwhile.
    }
  }

  /** What the process was started with; empty if it may not be read, or the process has ended. */
  static Optional<Map<String, String>> environment(long pid) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(ROOT.resolve(pid + "/environ"));
    } catch (IOException e) {
      return Optional.empty();
    }
    var environment = new HashMap<String, String>();
    for (String entry : new String(bytes, UTF_8).split("\0")) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return Optional.of(environment);
  }

  /** Whose process it is. */
  static Optional<Integer> owner(long pid) {
    return owner(Long.toString(pid));
  }

  /** Who we are. */
  static Optional<Integer> self() {
    return owner("self");
  }

  private static Optional<Integer> owner(String process) {
    try {
      return Files.getAttribute(ROOT.resolve(process), "unix:uid") instanceof Integer uid
          ? Optional.of(uid)
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  private static String boot() {
    try {
      return Files.readString(ROOT.resolve("sys/kernel/random/boot_id"), UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
