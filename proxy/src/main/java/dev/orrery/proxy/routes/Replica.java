package dev.orrery.proxy.routes;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What this proxy is among others of the same hub: one whose table may be younger than the hub
 * thinks. Thread-safe.
 */
public final class Replica {

  private final String instance;
  private final Instant started;
  private final Clock clock;
  private volatile boolean waiting;
  private volatile Optional<Instant> filled = Optional.empty();

  /**
   * Begins as a new one.
   *
   * @param waiting whether it is not ready before it was given all routes at once
   */
  public Replica(boolean waiting, Clock clock) {
    var bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    this.instance = HexFormat.of().formatHex(bytes);
    this.clock = clock;
    this.started = clock.instant();
    this.waiting = waiting;
  }

  /** Another one after each start: a hub that sees it change knows that the table is gone. */
  public String instance() {
    return instance;
  }

  /** When this process began. */
  public Instant started() {
    return started;
  }

  /** When it was last given all routes at once; nothing if it never was. */
  public Optional<Instant> filled() {
    return filled;
  }

  /** Whether its table is one to go by. */
  public boolean isReady() {
    return !waiting;
  }

  /** The table is complete. */
  public void fill() {
    filled = Optional.of(clock.instant());
    waiting = false;
  }
}
