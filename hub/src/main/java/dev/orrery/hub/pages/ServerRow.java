package dev.orrery.hub.pages;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A server as pages show it.
 *
 * @param name in addresses; empty for the default server
 * @param shown what its owner calls it
 * @param full whose it is, and its name
 * @param open where it is
 * @param start where it is started
 * @param share where it is shared; empty for who may not
 * @param api where the REST API has it
 */
record ServerRow(
    String name,
    String shown,
    String full,
    State state,
    Optional<Instant> active,
    String open,
    String start,
    String share,
    String api,
    boolean mayStart,
    boolean mayStop,
    boolean mayOpen) {

  /** How it is. */
  enum State {
    READY("ready"),
    STARTING("pending"),
    STOPPING("pending"),
    STOPPED("stopped");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /** How it looks. */
    String word() {
      return word;
    }

    /** What is said of it, in a family of texts. */
    String key(String family) {
      return family + "." + name().toLowerCase(Locale.ROOT);
    }
  }

  boolean isStopped() {
    return state == State.STOPPED;
  }

  boolean isPending() {
    return state == State.STARTING || state == State.STOPPING;
  }
}
