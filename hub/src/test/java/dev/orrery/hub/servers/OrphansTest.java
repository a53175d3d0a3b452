package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.PlainJson;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.testing.NullSpawner;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of servers that run and that no record has. */
class OrphansTest {

  private static final String HUB = "http://hub:8081/hub/api";
  private static final ServerName ANN = new ServerName("ann", "");
  private static final Instant NOW = Instant.parse("2026-01-31T09:00:00Z");

  private final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  private final NullSpawner outside = new NullSpawner(URI.create("http://127.0.0.1:9"));
  private final BoundedSpawner spawner = new BoundedSpawner(outside, BoundedSpawner.Limits.USUAL);
  private final Orphans telling = new Orphans(database, spawner, () -> HUB, false);
  private final Orphans stopping = new Orphans(database, spawner, () -> HUB, true);
  private final Lines log = new Lines();
  private long server;

  /** What is logged of orphans. */
  private static final class Lines extends Handler {

    private final Logger logger = Logger.getLogger(Orphans.class.getName());
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      assertThat(line.getLevel()).isEqualTo(Level.WARNING);
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  @BeforeEach
  void open() {
    log.logger.addHandler(log);
    server =
        database.write(tx -> {
          User user = tx.users().create("ann", false, "cookie", NOW);
          return tx.servers().create(user.id(), "", "").id();
        });
  }

  @AfterEach
  void close() {
    log.close();
    database.close();
  }

  /** Starts a server that nobody has recorded; returns what would be. */
  private Map<String, Object> start(SpawnRequest.Id id) throws Exception {
    var states = new CopyOnWriteArrayList<Map<String, Object>>();
    outside.start(
        new SpawnRequest(
            id,
            ANN,
            1,
            List.of(),
            Map.of(),
            new SpawnRequest.Listen("", 0, "/"),
            SpawnRequest.Limits.NONE,
            "",
            "",
            Map.of(),
            Map.of(),
            Duration.ofSeconds(1)),
        new SpawnListener() {
          @Override
          public void state(Map<String, Object> state) {
            states.add(state);
          }

          @Override
          public void progress(int percent, String message, Optional<String> htmlMessage) {}
        });
    return states.getLast();
  }

  private static SpawnRequest.Id newId() {
    return new SpawnRequest.Id(UUID.randomUUID().toString());
  }

  private void record(Map<String, Object> state) {
    database.change(tx -> {
      tx.servers().setState(server, Optional.of(PlainJson.text(state)));
      tx.servers()
          .setAddress(server, new UserServer.Address("http", "127.0.0.1", 9, "/user/ann/"), NOW);
    });
  }

  private boolean isRunning(Map<String, Object> state) {
    return outside.poll(state, ANN) instanceof Poll.Running;
  }

  @Test
  void anOrphanIsToldOfOnceAndAgainWhenThereIsAnother() throws Exception {
    Map<String, Object> state = start(newId());
    telling.look();
    assertThat(log.lines).as("after one look").isEmpty();
    telling.look();
    telling.look();
    assertThat(log.lines)
        .singleElement()
        .asString()
        .contains("null server", "ann/", "JupyterHub.cleanup_orphans");
    assertThat(isRunning(state)).isTrue();

    outside.stop(state, ANN, true);
    telling.look();
    start(newId());
    telling.look();
    telling.look();
    assertThat(log.lines).hasSize(2);
  }

  @Test
  void anOrphanThatWentAwayAndCameBackIsToldOfAgain() throws Exception {
    SpawnRequest.Id id = newId();
    Map<String, Object> state = start(id);
    telling.look();
    telling.look();
    outside.stop(state, ANN, true);
    telling.look();
    start(id);
    telling.look();
    telling.look();
    assertThat(log.lines).hasSize(2);
  }

  @Test
  void anOrphanIsStoppedWhereThatIsSet() throws Exception {
    Map<String, Object> recorded = start(newId());
    record(recorded);
    Map<String, Object> orphan = start(newId());
    stopping.look();
    assertThat(isRunning(orphan)).as("after one look").isTrue();
    stopping.look();
    assertThat(isRunning(orphan)).isFalse();
    assertThat(isRunning(recorded)).isTrue();
    stopping.look();
    assertThat(log.lines).singleElement().asString().contains("is stopped", "ann/");
  }

  @Test
  void aServerWhoseRecordComesBetweenTheLooksIsLeft() throws Exception {
    Map<String, Object> state = start(newId());
    stopping.look();
    record(state);
    stopping.look();
    stopping.look();
    assertThat(isRunning(state)).isTrue();
    assertThat(log.lines).isEmpty();
  }

  @Test
  void aServerOfAStartThatIsUnderWayIsLeftUntilThatHasFailed() throws Exception {
    SpawnRequest.Id id = newId();
    var steps = new Steps(database, Clock.systemUTC());
    database.change(tx -> steps.begin(tx, server, UserServer.Step.SPAWN, id.value()));
    Map<String, Object> state = start(id);
    stopping.look();
    stopping.look();
    assertThat(isRunning(state)).isTrue();

    database.change(tx -> tx.servers().fail(server, "{}"));
    stopping.look();
    stopping.look();
    assertThat(isRunning(state)).isFalse();
  }

  @Test
  void whereItCannotBeToldWhatRunsAllIsLeftAndLooksBeginAnew() throws Exception {
    Map<String, Object> state = start(newId());
    stopping.look();
    outside.blind(true);
    stopping.look();
    assertThat(log.lines).singleElement().asString().contains("can't be told");
    outside.blind(false);
    stopping.look();
    assertThat(isRunning(state)).as("one look after").isTrue();
    stopping.look();
    assertThat(isRunning(state)).isFalse();
  }

  @Test
  void hubsThatStopTheSameOneDoNoHarm() throws Exception {
    Map<String, Object> state = start(newId());
    var other = new Orphans(database, spawner, () -> HUB, true);
    stopping.look();
    other.look();
    stopping.look();
    other.look();
    assertThat(isRunning(state)).isFalse();
    assertThat(log.lines).hasSize(1);
  }
}
