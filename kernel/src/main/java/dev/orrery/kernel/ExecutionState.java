package dev.orrery.kernel;

/** What a kernel is doing, as {@code execution_state} of the kernel model says it. */
public enum ExecutionState {
  UNKNOWN("unknown"),
  STARTING("starting"),
  IDLE("idle"),
  BUSY("busy"),
  RESTARTING("restarting"),
  AUTORESTARTING("autorestarting"),
  TERMINATING("terminating"),
  DEAD("dead");

  private final String wireName;

  ExecutionState(String wireName) {
    this.wireName = wireName;
  }

  /** The name in REST answers and {@code status} messages. */
  public String wireName() {
    return wireName;
  }

  /** The state of that wire name; {@link #UNKNOWN} when there is none. */
  static ExecutionState of(String wireName) {
    for (ExecutionState state : values()) {
      if (state.wireName.equals(wireName)) {
        return state;
      }
    }
    return UNKNOWN;
  }
}
