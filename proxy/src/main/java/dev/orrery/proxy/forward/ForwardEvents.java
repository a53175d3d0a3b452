package dev.orrery.proxy.forward;

/** What forwarding tells whoever counts. Called on the threads of connections; must not block. */
public interface ForwardEvents {

  /** A request came that asks for no upgrade. */
  default void webRequest() {}

  /** A request came that asks for an upgrade. */
  default void upgradeRequest() {}

  /** The route of a request was looked for. */
  default void lookedUp(long nanos) {}

  /** A request was answered, by a backend or with an error of ours. */
  default void answered(int status) {}

  /** A connection was not let in, because there are too many. */
  default void turnedAway() {}
}
