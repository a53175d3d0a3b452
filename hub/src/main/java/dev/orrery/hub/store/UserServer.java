package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A server of a person, whether it runs or not.
 *
 * @param id its row in {@code spawners}
 * @param name empty for the default server
 * @param displayName what its owner calls it; nothing in rows of JupyterHub 5
 * @param address where it listens; nothing while it is stopped
 * @param state what its spawner remembers, a JSON object
 * @param userOptions what was chosen for its last start, a JSON object
 * @param clientId its OAuth client
 * @param work what is under way with it, or how that ended
 */
public record UserServer(
    long id,
    long user,
    String userName,
    String name,
    Optional<String> displayName,
    Optional<Address> address,
    Optional<String> state,
    Optional<Instant> started,
    Optional<Instant> lastActivity,
    Optional<String> userOptions,
    Optional<String> clientId,
    Optional<Work> work) {

  /**
   * Where a server listens.
   *
   * @param proto {@code http} or {@code https}
   * @param basePath what all its paths begin with; starts and ends with a slash
   */
  public record Address(String proto, String ip, int port, String basePath) {

    /** Without a path: what routes lead to. */
    public String origin() {
      String host = ip.contains(":") && !ip.startsWith("[") ? "[" + ip + "]" : ip;
      return proto + "://" + (host.isEmpty() ? "127.0.0.1" : host) + ":" + port;
    }
  }

  /** What is done with a server. */
  public enum Step {
    SPAWN,
    STOP,
    /** A stop after which the record goes, too. */
    REMOVE,
    CHECK,
    RENAME,
    /** Nothing any more: the last start failed. */
    FAILED;

    /** What JupyterHub calls it. */
    public String shown() {
      return this == REMOVE ? "stop" : name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is under way.
   *
   * @param spawnId names one start, so that what it made can be found
   * @param worker the hub that does it
   * @param leaseUntil when another hub may go on with it
   * @param progress the last event that the one who waits was told, JSON
   * @param failure why the last start failed, JSON
   */
  public record Work(
      Step step,
      String spawnId,
      String worker,
      Optional<Instant> leaseUntil,
      Optional<Instant> since,
      Optional<String> progress,
      Optional<String> failure) {}

  /** What is done with it at this moment; nothing once that has ended. */
  public Optional<Step> pending() {
    return work.map(Work::step).filter(step -> step != Step.FAILED);
  }

  /** Whether it runs, or is about to. */
  public boolean isActive() {
    return address.isPresent() || pending().isPresent();
  }

  /** Whether it can be used. */
  public boolean isReady() {
    return address.isPresent() && pending().isEmpty();
  }
}
