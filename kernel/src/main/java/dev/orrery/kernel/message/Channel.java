package dev.orrery.kernel.message;

import java.util.Optional;

/** The channels of a kernel that carry messages. The heartbeat is not one of them. */
public enum Channel {
  /** Requests that queue behind each other: execute, complete, inspect. */
  SHELL("shell"),
  /** Requests that must not wait for a running cell: interrupt, shutdown, debug. */
  CONTROL("control"),
  /** The kernel asks, the page answers. */
  STDIN("stdin"),
  /** What the kernel publishes to everybody. */
  IOPUB("iopub");

  private final String wireName;

  Channel(String wireName) {
    this.wireName = wireName;
  }

  /** The name in WebSocket frames and connection files, such as {@code shell}. */
  public String wireName() {
    return wireName;
  }

  /** The channel of that wire name, empty when there is none. */
  public static Optional<Channel> of(String wireName) {
    return switch (wireName) {
      case "shell" -> Optional.of(SHELL);
      case "control" -> Optional.of(CONTROL);
      case "stdin" -> Optional.of(STDIN);
      case "iopub" -> Optional.of(IOPUB);
      default -> Optional.empty();
    };
  }
}
