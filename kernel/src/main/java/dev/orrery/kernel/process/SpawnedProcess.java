package dev.orrery.kernel.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A child process that leads its own session and process group. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class SpawnedProcess {

  /** Starts a child. */
  public static SpawnedProcess spawn(SpawnSpec spec) throws IOException {
    throw new UnsupportedOperationException();
  }

  private SpawnedProcess() {}

  /** The process id, which is also the id of its session and group. */
  public long pid() {
    throw new UnsupportedOperationException();
  }

  /** Whether it has not ended yet. */
  public boolean isAlive() {
    throw new UnsupportedOperationException();
  }

  /** How it ended; empty while it runs. */
  public Optional<ExitStatus> exitStatus() {
    throw new UnsupportedOperationException();
  }

  /** Waits for its end. */
  public boolean waitFor(Duration limit) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Runs {@code action} once when the process has ended, at once when it already has. */
  public void onExit(Runnable action) {
    throw new UnsupportedOperationException();
  }

  /** Sends a signal to the whole group. */
  public boolean signalGroup(Signal signal) {
    throw new UnsupportedOperationException();
  }

  /** Sends a signal to the process alone. */
  public boolean signal(Signal signal) {
    throw new UnsupportedOperationException();
  }
}
