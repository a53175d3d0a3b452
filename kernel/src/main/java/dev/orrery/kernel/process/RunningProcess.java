package dev.orrery.kernel.process;

import java.time.Duration;
import java.util.Optional;

/**
 * A process that leads its own group and that we watch and may end, whether we have started it or
 * found it. Thread-safe.
 */
public sealed interface RunningProcess permits SpawnedProcess, AdoptedProcess {

  /** The process id, which is also the id of its session and group. */
  long pid();

  /** Whether it has not ended yet. */
  boolean isAlive();

  /** How it ended; empty while it runs, and where only its parent can know. */
  Optional<ExitStatus> exitStatus();

  /**
   * Waits for its end.
   *
   * @return whether it has ended; false when {@code limit} passed first
   */
  boolean waitFor(Duration limit) throws InterruptedException;

  /**
   * Runs {@code action} once when the process has ended, on the thread that waited for it; at once
   * on the calling thread when it already has. The action must be short.
   */
  void onExit(Runnable action);

  /**
   * Sends a signal to every process of the group.
   *
   * @return whether it was sent; false when the process has ended
   */
  boolean signalGroup(Signal signal);

  /**
   * Sends a signal to the process alone.
   *
   * @return whether it was sent; false when the process has ended
   */
  boolean signal(Signal signal);

  /**
   * From now on the end of the process, for whatever reason, also kills what is left of its group:
   * children that were forked hold on to the sockets it listened on.
   */
  void endGroupWithLeader();
}
