package dev.orrery.kernel.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A child process that leads its own session and process group, made with {@code posix_spawn}. It
 * starts with default signal handling, no signal blocked, and no open file but the three streams.
 * Thread-safe.
 *
 * <p>Each child costs one platform thread with a small stack that starts it and then waits for it
 * in native code, which a virtual thread must not do. A child is never left as a zombie, and a
 * signal is never sent to a process that got the id of one that ended.
 */
public final class SpawnedProcess implements RunningProcess {

  private static final long WAITER_STACK = 256 * 1024;
  private static final Duration SPAWN_LIMIT = Duration.ofSeconds(60);

  private final long pid;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExitActions exitActions = new ExitActions();
  private final Object lock = new Object();

  // Guarded by lock.
  private @Nullable ExitStatus status;
  private boolean reaped;
  private boolean endsGroup;

  private SpawnedProcess(long pid) {
    this.pid = pid;
  }

  /**
   * Starts a child and returns when it runs its program.
   *
   * @throws IOException when the program is missing or cannot be run, or the directory does not
   *     exist; the message is a sentence for people
   */
  public static SpawnedProcess spawn(SpawnSpec spec) throws IOException {
    if (!Files.isDirectory(spec.cwd())) {
      throw new IOException("The working directory '" + spec.cwd() + "' does not exist.");
    }
    Path program = Programs.resolve(spec.argv().getFirst(), spec);
    var start = new Start();
    Thread.ofPlatform()
        .name("child of " + program.getFileName())
        .daemon()
        .stackSize(WAITER_STACK)
        .start(() -> start.run(program, spec));
    return start.await(program);
  }

  /** Hands the outcome of {@code posix_spawn} from the waiting thread to the caller. */
  private static final class Start {
    private final CountDownLatch decided = new CountDownLatch(1);
    private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();

    void run(Path program, SpawnSpec spec) {
      SpawnedProcess process;
      try {
        process = new SpawnedProcess(Spawn.run(program, spec));
        outcome.set(process);
      } catch (IOException | RuntimeException | LinkageError e) {
        outcome.set(e);
        return;
      } finally {
        decided.countDown();
      }
      process.waitAndReap();
    }

    SpawnedProcess await(Path program) throws IOException {
      boolean interrupted = false;
      try {
        long deadline = System.nanoTime() + SPAWN_LIMIT.toNanos();
        while (true) {
          try {
            if (!decided.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
              throw new IOException(
                  "'" + program + "' did not start within " + SPAWN_LIMIT.toSeconds() + " s.");
            }
            break;
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      return switch (outcome.get()) {
        case SpawnedProcess process -> process;
        case IOException e -> throw e;
        case Throwable e -> throw new IOException("'" + program + "' cannot be run: " + e, e);
        case null, default -> throw new IOException("'" + program + "' cannot be run.");
      };
    }
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public boolean isAlive() {
    return ended.getCount() != 0;
  }

  @Override
  public Optional<ExitStatus> exitStatus() {
    synchronized (lock) {
      return Optional.ofNullable(status);
    }
  }

  @Override
  public boolean waitFor(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void onExit(Runnable action) {
    exitActions.add(action);
  }

  @Override
  public boolean signalGroup(Signal signal) {
    synchronized (lock) {
      return !reaped && Posix.kill(-pid, signal.number());
    }
  }

  @Override
  public boolean signal(Signal signal) {
    synchronized (lock) {
      return !reaped && Posix.kill(pid, signal.number());
    }
  }

  @Override
  public void endGroupWithLeader() {
    synchronized (lock) {
      endsGroup = true;
    }
  }

  private void waitAndReap() {
    Posix.awaitEnd(pid);
    synchronized (lock) {
      if (endsGroup) {
        // The leader is not reaped yet, so no other group can have its id.
        Posix.kill(-pid, Signal.KILL.number());
      }
      reaped = true;
      status = Posix.reap(pid);
    }
    ended.countDown();
    exitActions.run(pid);
  }
}
