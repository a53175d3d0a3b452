package dev.orrery.kernel;

/** Why a kernel let go of a listener. */
public enum DetachReason {
  /** Another listener attached with the same session id: the page came back on a new connection. */
  REPLACED("replaced"),
  /** The kernel was shut down, by somebody or because it was idle for too long. */
  KERNEL_SHUTDOWN("kernel shut down"),
  /** The kernel died and was not, or could not be, started again. */
  KERNEL_DEAD("kernel died"),
  /** The server stops, and its kernels go on; the next one will have them. */
  SERVER_LEFT("server restarts");

  private final String phrase;

  DetachReason(String phrase) {
    this.phrase = phrase;
  }

  /** A few words for people, fit for the reason of a WebSocket close frame. */
  public String phrase() {
    return phrase;
  }
}
