package dev.orrery.kernel;

import java.time.Duration;

/**
 * Decides what follows when a kernel died by itself, as jupyter_client's {@code KernelRestarter}.
 * Not thread-safe.
 */
final class RestartPolicy {

  /** What to do. */
  sealed interface Verdict {
    /** Start it again after a pause. */
    record Restart(Duration pause, boolean newPorts) implements Verdict {}

    /** It is of no use. */
    record GiveUp(String reason) implements Verdict {}
  }

  private final KernelSettings.Restarts settings;
  private int inARow;
  private boolean everStable;

  RestartPolicy(KernelSettings.Restarts settings) {
    this.settings = settings;
  }

  /** Somebody asked for a restart: earlier deaths no longer count. */
  void forgive() {
    inARow = 0;
  }

  /** Takes account of a death. */
  Verdict died(Duration lived) {
    if (lived.compareTo(settings.stableStartTime()) >= 0) {
      everStable = true;
      inARow = 0;
    }
    if (!settings.automatic()) {
      return new Verdict.GiveUp("The kernel died; automatic restarts are switched off.");
    }
    inARow++;
    if (inARow > settings.limit()) {
      inARow = 0;
      return new Verdict.GiveUp(
          "The kernel died again after each of %d restarts.".formatted(settings.limit()));
    }
    Duration pause = inARow == 1 ? Duration.ZERO : settings.timeToDead();
    return new Verdict.Restart(pause, settings.randomPortsUntilAlive() && !everStable);
  }
}
