package dev.orrery.hub.servers;

import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is to be recorded of starts under way, but not before they go on: the newest of each start
 * waits for its next write, or a moment, after which those of all starts are written together.
 */
final class StartNotes {

  private static final System.Logger LOG = System.getLogger(StartNotes.class.getName());

  /** As often as who waits is told. */
  private static final Duration MOMENT = Duration.ofMillis(250);

  private final Database database;
  private final Steps steps;
  private final Map<Long, Note> waiting = new ConcurrentHashMap<>();
  private final AtomicBoolean writes = new AtomicBoolean();

  /**
   * The newest of one start.
   *
   * @param progress the last event for who waits, JSON
   * @param state what the spawner finds the server by, JSON
   */
  private record Note(String spawnId, Optional<String> progress, Optional<String> state) {}

  StartNotes(Database database, Steps steps) {
    this.database = database;
    this.steps = steps;
  }

  /** Has who waits told this. */
  void progress(long server, String spawnId, String json) {
    note(server, new Note(spawnId, Optional.of(json), Optional.empty()));
  }

  /** Has the spawner's state recorded. */
  void state(long server, String spawnId, String json) {
    note(server, new Note(spawnId, Optional.empty(), Optional.of(json)));
  }

  private void note(long server, Note note) {
    waiting.merge(
        server,
        note,
        (before, now) ->
            before.spawnId().equals(now.spawnId())
                ? new Note(
                    now.spawnId(),
                    now.progress().or(before::progress),
                    now.state().or(before::state))
                : now);
    if (writes.compareAndSet(false, true)) {
      Thread.ofVirtual().name("notes of starts").start(this::writeSoon);
    }
  }

  /** Records the state of a server with something else of its start. */
  void writeState(Transaction tx, long server) {
    Optional.ofNullable(waiting.get(server))
        .flatMap(Note::state)
        .ifPresent(json -> tx.servers().setState(server, Optional.of(json)));
  }

  /** A newer state is about to be recorded. */
  void forgetState(long server) {
    waiting.computeIfPresent(
        server, (_, note) -> new Note(note.spawnId(), note.progress(), Optional.empty()));
  }

  /** What waits is written, or is worth nothing any more. */
  void forget(long server) {
    waiting.remove(server);
  }

  private void writeSoon() {
    try {
      Thread.sleep(MOMENT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writes.set(false);
    if (waiting.isEmpty()) {
      return;
    }
    var written = new HashMap<Long, Note>();
    try {
      database.change(tx -> {
        written.clear();
        // As they are once it is our turn: what was recorded meanwhile is newer.
        written.putAll(waiting);
        written.forEach((server, note) -> write(tx, server, note));
      });
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "How starts come along could not be recorded", e);
    }
    // Only now, so that whoever has something else to write of a start takes it along meanwhile.
    written.forEach(waiting::remove);
  }

  /** Nothing where that start is over, or is another hub's by now. */
  private void write(Transaction tx, long server, Note note) {
    if (steps.isAt(tx, server, note.spawnId())) {
      note.progress().ifPresent(json -> tx.servers().progress(server, json));
      note.state().ifPresent(json -> tx.servers().setState(server, Optional.of(json)));
    }
  }
}
