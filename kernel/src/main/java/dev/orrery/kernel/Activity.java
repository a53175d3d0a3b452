package dev.orrery.kernel;

import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.Message;
import java.time.Instant;
import java.util.Set;

/**
 * What a kernel is doing and when it last did something, as jupyter_server's {@code
 * MappingKernelManager.start_watching_activity} derives it from iopub. Thread-safe.
 */
final class Activity {

  private final Set<String> untracked;

  // Guarded by this.
  private ExecutionState state = ExecutionState.STARTING;
  private Instant last = Instant.now();

  Activity(Set<String> untracked) {
    this.untracked = untracked;
  }

  synchronized ExecutionState state() {
    return state;
  }

  synchronized Instant last() {
    return last;
  }

  /** Sets what we know better than the kernel's messages. */
  synchronized void set(ExecutionState known) {
    state = known;
    last = Instant.now();
  }

  /** What was at work, or was taken to be, is not any more. */
  synchronized void rest() {
    if (state == ExecutionState.BUSY) {
      set(ExecutionState.IDLE);
    }
  }

  /** Takes account of one iopub message. */
  void observe(Message message, Header header, Header parent) {
    boolean status = header.msgType().equals("status");
    // Only a status needs its content read; a missing parent counts as tracked, as upstream.
    ExecutionState said =
        status
            ? ExecutionState.of(JsonFields.string(message.content(), "execution_state"))
            : ExecutionState.UNKNOWN;
    boolean parentTracked = !untracked.contains(parent.msgType());
    synchronized (this) {
      if (!untracked.contains(header.msgType()) || parentTracked || state == ExecutionState.BUSY) {
        last = Instant.now();
      }
      // We know when a process starts; its main thread may say so after another has answered us.
      if (!status || isOver() || said == ExecutionState.STARTING) {
        return;
      }
      if (parentTracked) {
        state = said;
      } else if (state == ExecutionState.STARTING) {
        state = ExecutionState.IDLE;
      }
    }
  }

  /** Late messages of a process that is being ended change nothing. */
  private boolean isOver() {
    return switch (state) {
      case RESTARTING, AUTORESTARTING, TERMINATING, DEAD -> true;
      case UNKNOWN, STARTING, IDLE, BUSY -> false;
    };
  }
}
