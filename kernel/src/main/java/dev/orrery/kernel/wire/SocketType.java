package dev.orrery.kernel.wire;

/** The socket types a client of a kernel uses. */
public enum SocketType {
  /** Asks and is answered, in any order. */
  DEALER,
  /** Hears what a kernel publishes. */
  SUB
}
