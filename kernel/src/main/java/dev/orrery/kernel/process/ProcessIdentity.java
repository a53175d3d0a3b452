package dev.orrery.kernel.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tells a process from any other that has, or will have, the same id.
 *
 * @param pid its id
 * @param start when it started, on which machine and in which of its containers, as the system says
 *     it; to be compared, not to be read
 */
public record ProcessIdentity(long pid, String start) {

  private static final Path PROC = Path.of("/proc");

  /** Fields of {@code /proc/PID/stat} after the name, which is in brackets (proc(5)). */
  private static final int STATE = 0;

  private static final int START_TIME = 19;

  private static volatile String machine = "";

  /**
   * The process that has this id now.
   *
   * @return empty when there is none, or it has ended and only its parent does not know yet
   */
  public static Optional<ProcessIdentity> of(long pid) {
    Path stat = PROC.resolve(Long.toString(pid)).resolve("stat");
    if (!Files.isReadable(PROC.resolve("self/stat"))) {
      return ProcessHandle.of(pid)
          .flatMap(process -> process.info().startInstant())
          .map(start -> new ProcessIdentity(pid, start.toString()));
    }
    try {
      String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
      List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
      String state = fields.get(STATE);
      return state.equals("Z") || state.equals("X")
          ? Optional.empty()
          : Optional.of(new ProcessIdentity(pid, machine() + ' ' + fields.get(START_TIME)));
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Whether that process still runs. */
  public boolean isAlive() {
    return of(pid).filter(this::equals).isPresent();
  }

  /** Whether any process has its id. */
  boolean isTaken() {
    return ProcessHandle.of(pid).isPresent();
  }

  /** Start times count from the boot of a machine, and ids in a container of it. */
  private static String machine() throws IOException {
    String known = machine;
    if (known.isEmpty()) {
      known =
          Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip()
              + ' '
              + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
      machine = known;
    }
    return known;
  }
}
