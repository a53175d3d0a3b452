package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is at a step, and when somebody else takes over. */
class StepsTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T09:00:00Z"));
  private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
  private final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  private final Steps steps = new Steps(database, clock);
  private final Steps others = new Steps(database, clock);
  private UserServer server;

  @BeforeEach
  void begin() {
    server =
        database.write(tx -> {
          User user = tx.users().create("ann", false, "cookie", now.get());
          UserServer made = tx.servers().create(user.id(), "", "");
          assertThat(steps.begin(tx, made.id(), UserServer.Step.SPAWN, "spawn")).isTrue();
          assertThat(others.begin(tx, made.id(), UserServer.Step.STOP, "")).isFalse();
          return tx.servers().byId(made.id()).orElseThrow();
        });
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void jump(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void aStepWhoseLeaseRanOutIsTakenOverByOne() {
    assertThat(others.takeOver(server)).isFalse();
    jump(LONG);
    assertThat(others.takeOver(server)).isTrue();
    assertThat(others.takeOver(server)).isFalse();
    assertThat((boolean) database.write(tx -> steps.extend(tx, server.id()))).isFalse();
  }

  @Test
  void ourOwnStepGoesOnWhenTheClockJumps() {
    var gate = new CountDownLatch(1);
    steps.run(
        server.id(),
        () -> {
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    jump(LONG);
    assertThat(steps.takeOver(server)).isFalse();
    // Back, too: then the lease is longer than it was meant to be.
    jump(LONG.negated());
    steps.extendAll();
    assertThat(steps.takeOver(server)).isFalse();
    gate.countDown();
    assertThat(steps.await(server.id(), Duration.ofSeconds(20))).isTrue();
    jump(LONG);
    UserServer left = steps.current(server);
    assertThat(steps.takeOver(left)).isTrue();
  }

  /** Begins a step that ends when the gate opens; tells whether it was interrupted. */
  private CompletableFuture<Boolean> atWork(CountDownLatch gate) {
    var interrupted = new CompletableFuture<Boolean>();
    steps.run(
        server.id(),
        () -> {
          try {
            interrupted.complete(!gate.await(20, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            interrupted.complete(true);
          }
        });
    return interrupted;
  }

  @Test
  void aStepThatHasJustEndedIsNotTakenForALostOne() throws Exception {
    var gate = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = atWork(gate);
    database.change(tx -> tx.servers().end(server.id()));
    steps.extendAll();
    gate.countDown();
    assertThat(interrupted.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void aStepThatIsStillAtItAfterItsEndIsInterrupted() throws Exception {
    CompletableFuture<Boolean> interrupted = atWork(new CountDownLatch(1));
    database.change(tx -> tx.servers().end(server.id()));
    steps.extendAll();
    steps.extendAll();
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aStepThatAnotherHubHasTakenOverIsInterruptedAtOnce() throws Exception {
    CompletableFuture<Boolean> interrupted = atWork(new CountDownLatch(1));
    jump(LONG);
    assertThat(others.takeOver(server)).isTrue();
    steps.extendAll();
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }
}
