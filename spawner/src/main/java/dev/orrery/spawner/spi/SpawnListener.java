package dev.orrery.spawner.spi;

import java.util.Map;
import java.util.Optional;

/** Told by a spawner, on the thread that starts the server, how it goes. */
public interface SpawnListener {

  /**
   * This state finds what has been made so far. It is recorded when the call returns; when it
   * throws, the start is given up.
   */
  void state(Map<String, Object> state);

  /**
   * As {@link #state}, where the state recorded before finds what has been made, too: returns at
   * once, and it is recorded within a second, or with the end of the start.
   */
  default void refined(Map<String, Object> state) {
    state(state);
  }

  /**
   * Something a user who waits wants to read.
   *
   * @param percent 0 to 99
   * @param htmlMessage the same with markup, which the spawner vouches for
   */
  void progress(int percent, String message, Optional<String> htmlMessage);
}
