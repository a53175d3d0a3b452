package dev.orrery.spawner.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Starts, finds and stops the servers of users.
 *
 * <p>A spawner keeps nothing in memory that it could not find again from a server's recorded state:
 * several replicas of a hub use the same servers, and a hub that was killed goes on from its
 * database. Servers therefore outlive the spawner that started them, and {@link #close} ends none.
 *
 * <p>State is a map of plain values (text, {@code Long}, {@code Double}, {@code Boolean}, lists and
 * maps of these) that survives being written as JSON. It is made by {@link #start}, kept by the hub
 * with the server's record, and given back for each later question. A spawner must cope with state
 * that another version of it, or JupyterHub's spawner of the same name, has written; keys it does
 * not know are none of its business.
 *
 * <p>All methods block, are called on virtual threads, and may run at the same time for different
 * servers. For one server the hub calls them one after the other, but {@link #start} may be
 * interrupted at any moment, and a hub may die in the middle of any of them.
 */
public interface Spawner extends AutoCloseable {

  /**
   * Starts a server and returns when there is an address where it can be tried. Whether it answers
   * there, and how long to wait for it, is the hub's business.
   *
   * <p>As soon as there is something that would have to be found again, and before anything else is
   * done, {@link SpawnListener#state} is called with what finds it; it may be called again with a
   * fuller state, which takes the place of the earlier one. What was made between two such calls is
   * found by {@link #find}.
   *
   * <p>When it does not return, whether by failure, by interruption or because the listener threw,
   * nothing of the server is left behind, as far as that can be had within a few seconds.
   *
   * @throws SpawnFailure when the server can't be started or ended at once, with a sentence for the
   *     user
   * @throws InterruptedException when it was given up, e.g. because its time is over
   */
  Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException;

  /**
   * Whether a server runs. It changes nothing, and takes a second at most where nothing is broken.
   *
   * <ul>
   *   <li>State of a server that is being started, runs, or is being stopped: {@link Poll.Running}.
   *   <li>State of one that ended or was stopped, empty state, and state of another spawner: {@link
   *       Poll.Stopped}. What got the place of an ended server, such as a process with its id, is
   *       not that server.
   *   <li>Whenever it can't be told: {@link Poll.Unknown}. The hub then leaves the server as it is
   *       and asks again.
   * </ul>
   *
   * @param who for looking at what earlier versions recorded, and for messages
   */
  Poll poll(Map<String, Object> state, ServerName who) throws InterruptedException;

  /**
   * Ends a server and waits until it is gone or the spawner's limits are over; {@link #poll} tells
   * which. It may be called for a server that is gone, or was never there, and again; what a server
   * that ended by itself has left is then cleared away.
   *
   * @param now without asking it first to end by itself
   * @throws IllegalStateException when its end can't be had now, with a sentence for the log; the
   *     hub keeps what is recorded of it and asks again
   */
  void stop(Map<String, Object> state, ServerName who, boolean now) throws InterruptedException;

  /**
   * Looks for what a start has made whose state nobody recorded, so that it can be stopped or gone
   * on with.
   */
  Recovered find(SpawnRequest.Id id, ServerName who) throws InterruptedException;

  /**
   * The servers of a hub that none of its records has: its database was put back from a backup, or
   * a start was cut off where nobody could clean up. It changes nothing.
   *
   * <p>A server is the hub's only if it was told of that very hub; it is recorded where a state
   * means it, or the start it was made in is under way. The records are asked for after it is known
   * what runs, so that none of what runs by then has its record still to come. What is being ended,
   * and what the settings leave behind on purpose, is none.
   *
   * <p>What is found may be out of date when it is returned: whoever acts on it looks twice.
   *
   * @param hub the API of the hub, as its servers have it in {@link SpawnRequest#HUB_VARIABLE}
   * @param records gives those of all servers as they are when it is called; called once at most
   * @return nothing where a spawner can't tell servers of one hub from those of another
   * @throws IllegalStateException when it can't be told now what runs, with a sentence for the log
   */
  default List<Orphan> orphans(String hub, Supplier<List<ServerRecord>> records)
      throws InterruptedException {
    return List.of();
  }

  /**
   * What has to be remembered of a server that has been stopped, for its next start and for {@link
   * #forget}: where its files are, for instance. It is a state that {@link #poll} calls stopped.
   */
  default Map<String, Object> kept(Map<String, Object> state) {
    return Map.of();
  }

  /** What people choose before a start, where the settings of the hub have no form for it. */
  default Optional<OptionsForm> form() {
    return Optional.empty();
  }

  /** The record of a server is deleted for good: what was kept for its next start can go. */
  default void forget(Map<String, Object> state, ServerName who) throws InterruptedException {}

  /** Lets go of what the spawner itself holds. Servers go on. */
  @Override
  default void close() {}
}
