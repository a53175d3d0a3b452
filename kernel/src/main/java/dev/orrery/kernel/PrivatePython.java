package dev.orrery.kernel;

import dev.orrery.kernel.process.Programs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A virtual environment with ipykernel that belongs to us, for machines that have {@code python3}
 * and no Python kernel. Thread-safe, also against other processes.
 *
 * <p>The environment is built in a directory with a random name, and a link of a fixed name is set
 * on it once it is complete: a half-made one is never used and is removed at the next attempt.
 */
public final class PrivatePython {

  /** What is installed. */
  public static final String IPYKERNEL = "ipykernel==7.4.0";

  private static final System.Logger LOG = System.getLogger(PrivatePython.class.getName());
  private static final Duration VENV_LIMIT = Duration.ofMinutes(3);
  private static final Duration PIP_LIMIT = Duration.ofMinutes(15);
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(18);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(200);
  private static final String BUILD_PREFIX = "build-";
  private static final Pattern PACKAGE = Pattern.compile("apt(?:-get)? install (\\S+)");
  private static final List<String> OFFLINE =
      List.of("resolution", "Connection", "Network is unreachable", "timed out", "ProxyError");

  private final Path directory;
  private final Map<String, String> env;

  /** How making the environment went. */
  public sealed interface Result {
    /** It is there. */
    record Ready(Path python) implements Result {}

    /** It is not; the sentence says why and what to do. */
    record Unavailable(String sentence) implements Result {}
  }

  /**
   * Names the places; does nothing yet.
   *
   * @param directory ours alone; made when it is missing
   * @param env what PATH, proxies and pip's settings are taken from
   */
  public PrivatePython(Path directory, Map<String, String> env) {
    this.directory = directory.toAbsolutePath();
    this.env = Map.copyOf(env);
  }

  /** The interpreter of a complete environment. */
  public Optional<Path> python() {
    Path python = prefix().resolve("bin/python");
    return Files.isExecutable(python) ? Optional.of(python) : Optional.empty();
  }

  /** Where the kernelspec of a complete environment lies, for {@link KernelSpecs}. */
  public Path kernelDir() {
    return prefix().resolve("share/jupyter/kernels");
  }

  /**
   * Makes the environment unless it is there. Takes half a minute with a good network and has a
   * limit of some twenty minutes with a bad one; interrupting the thread ends it.
   *
   * @param progress gets a line for each step, on the calling thread
   */
  public Result make(Consumer<String> progress) {
    Optional<Path> existing = python();
    if (existing.isPresent()) {
      return new Result.Ready(existing.get());
    }
    Optional<Path> python3 = Programs.onPath("python3", env);
    if (python3.isEmpty()) {
      return new Result.Unavailable(
          "There is no python3 on PATH: install Python 3 (package python3) to run Python notebooks.");
    }
    try {
      Files.createDirectories(directory);
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        if (lock == null) {
          return new Result.Unavailable(
              "Another process has been making the Python environment in '%s' for %d minutes."
                  .formatted(directory, LOCK_LIMIT.toMinutes()));
        }
        existing = python();
        return existing.isPresent()
            ? new Result.Ready(existing.get())
            : build(python3.get(), progress);
      }
    } catch (IOException e) {
      return new Result.Unavailable(
          "The Python environment in '%s' could not be made: %s".formatted(directory, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Unavailable("Making the Python environment was interrupted.");
    }
  }

  private Path prefix() {
    return directory.resolve("current");
  }

  private Result build(Path python3, Consumer<String> progress)
      throws IOException, InterruptedException {
    removeStale();
    Path build = directory.resolve(BUILD_PREFIX + UUID.randomUUID());
    try {
      progress.accept("Making a Python environment in " + directory);
      // What pip tells is for those who look for a fault; a failure's last line is told in any
      // case.
      var commands = new Commands(directory, env, line -> LOG.log(System.Logger.Level.DEBUG, line));
      Commands.Outcome venv =
          commands.run(List.of(python3.toString(), "-m", "venv", build.toString()), VENV_LIMIT);
      if (!venv.succeeded()) {
        return new Result.Unavailable(explainVenv(venv));
      }
      progress.accept("Installing " + IPYKERNEL + ", which takes up to a minute");
      Path python = build.resolve("bin/python");
      Commands.Outcome pip =
          commands.run(
              List.of(
                  python.toString(),
                  "-m",
                  "pip",
                  "install",
                  "--disable-pip-version-check",
                  "--no-input",
                  "--progress-bar",
                  "off",
                  IPYKERNEL),
              PIP_LIMIT);
      if (!pip.succeeded()) {
        return new Result.Unavailable(explainPip(pip));
      }
      Path link = directory.resolve("." + build.getFileName());
      Files.createSymbolicLink(link, build.getFileName());
      Files.move(
          link, prefix(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      progress.accept("The Python environment is ready");
      return new Result.Ready(prefix().resolve("bin/python"));
    } finally {
      if (!isCurrent(build)) {
        FileTree.delete(build);
      }
    }
  }

  private static String explainVenv(Commands.Outcome outcome) {
    if (outcome.timedOut()) {
      return "python3 -m venv did not end within " + VENV_LIMIT.toMinutes() + " minutes.";
    }
    Matcher match = PACKAGE.matcher(outcome.tail());
    if (match.find()) {
      return "python3 cannot make virtual environments here: install the package "
          + match.group(1)
          + ".";
    }
    if (outcome.tail().contains("No module named venv") || outcome.tail().contains("ensurepip")) {
      return "python3 cannot make virtual environments here: install the package python3-venv.";
    }
    return "python3 -m venv failed: " + outcome.lastLine();
  }

  private static String explainPip(Commands.Outcome outcome) {
    if (outcome.timedOut()) {
      return "Installing ipykernel did not end within " + PIP_LIMIT.toMinutes() + " minutes.";
    }
    if (OFFLINE.stream().anyMatch(outcome.tail()::contains)) {
      return "ipykernel could not be downloaded: the package index cannot be reached. Go online, or"
          + " install ipykernel for your python3 yourself. ("
          + outcome.lastLine()
          + ")";
    }
    return "Installing ipykernel failed: " + outcome.lastLine();
  }

  private static @Nullable FileLock lock(FileChannel channel)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LOCK_LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another thread of ours makes it.
      }
      LockSupport.parkNanos(LOCK_PAUSE.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return null;
  }

  private boolean isCurrent(Path build) throws IOException {
    return Files.isSymbolicLink(prefix())
        && Files.readSymbolicLink(prefix()).equals(build.getFileName());
  }

  private void removeStale() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, BUILD_PREFIX + "*")) {
      for (Path entry : entries) {
        FileTree.delete(entry);
      }
    }
  }
}
