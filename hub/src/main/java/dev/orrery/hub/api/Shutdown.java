package dev.orrery.hub.api;

import java.util.Optional;

/** Ends the hub when an administrator asks for it. */
@FunctionalInterface
public interface Shutdown {

  /**
   * Begins to end it; returns at once.
   *
   * @param servers whether servers are stopped; nothing for what the settings say
   * @param proxy whether the proxy is stopped; nothing for what the settings say
   */
  void request(Optional<Boolean> servers, Optional<Boolean> proxy);

  /** Ends it because it does not work any more; servers and proxy are left for the next one. */
  default void failed() {
    request(Optional.of(false), Optional.of(false));
  }
}
