package dev.orrery.kernel;

/** How a kernel is interrupted. */
public enum InterruptMode {
  /** SIGINT to its process group. */
  SIGNAL("signal"),
  /** An {@code interrupt_request} on the control channel. */
  MESSAGE("message");

  private final String wireName;

  InterruptMode(String wireName) {
    this.wireName = wireName;
  }

  /** The value in {@code kernel.json}. */
  public String wireName() {
    return wireName;
  }
}
