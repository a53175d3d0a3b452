package dev.orrery.kernel.process;

import java.util.ArrayList;
import java.util.List;

/** What is to be done once when a process has ended. Thread-safe. */
final class ExitActions {

  private static final System.Logger LOG = System.getLogger(ExitActions.class.getName());

  // Guarded by this.
  private final List<Runnable> actions = new ArrayList<>();
  private boolean over;

  /** Does it at the end, or now where the process has ended. */
  void add(Runnable action) {
    synchronized (this) {
      if (!over) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  /** The process has ended. */
  void run(long pid) {
    List<Runnable> all;
    synchronized (this) {
      over = true;
      all = List.copyOf(actions);
      actions.clear();
    }
    for (Runnable action : all) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "What follows the end of process " + pid + " failed", e);
      }
    }
  }
}
