package dev.orrery.hub.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * A hub at work, as leases name it. Another hub on the same machine sees from the name whether that
 * process is gone, and need not wait for the lease to run out.
 *
 * @param machine tells the machine, and the container on it, from others
 * @param started when the process began, as the kernel counts
 * @param once tells hubs in one process apart
 */
record Worker(String machine, long pid, long started, String once) {

  private static final int DIGITS = 16;

  /** This process; a new name at each call. */
  static Worker here() {
    String once = UUID.randomUUID().toString().substring(0, 8);
    long pid = ProcessHandle.current().pid();
    Optional<String> machine = machineHere();
    Optional<Long> started = startOf(pid);
    return machine.isPresent() && started.isPresent()
        ? new Worker(machine.get(), pid, started.get(), once)
        // Nobody can look for it, so that its leases have to run out.
        : new Worker(UUID.randomUUID().toString().substring(0, 8), pid, 0, once);
  }

  /** What is kept in the database; at most 64 characters. */
  String text() {
    return machine + "-" + pid + "-" + started + "-" + once;
  }

  /** Whether that one was a process of this machine, and no longer is. */
  boolean isGone(String other) {
    String[] parts = other.split("-", 5);
    if (parts.length != 4
        || !parts[0].equals(machine)
        || !parts[1].matches("[0-9]{1,18}")
        || !parts[2].matches("[0-9]{1,18}")) {
      return false;
    }
    return startOf(Long.parseLong(parts[1]))
        .filter(began -> began == Long.parseLong(parts[2]))
        .isEmpty();
  }

  private static Optional<String> machineHere() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((boot + " " + processes).getBytes(StandardCharsets.UTF_8));
      return Optional.of(HexFormat.of().formatHex(hash).substring(0, DIGITS));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** When a process began; nothing where there is none, or only its remains. */
  private static Optional<Long> startOf(long pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      // The name before may have anything in it, so that fields are counted from behind it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean dead = fields[0].equals("Z") || fields[0].equals("X");
      return dead ? Optional.empty() : Optional.of(Long.parseLong(fields[19]));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
