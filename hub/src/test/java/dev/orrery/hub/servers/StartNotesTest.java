package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of starts is recorded a moment later. */
class StartNotesTest {

  private static final String FIRST = "{\"n\":1}";
  private static final String SECOND = "{\"n\":2}";

  private final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  private final Steps steps = new Steps(database, Clock.systemUTC());
  private final StartNotes notes = new StartNotes(database, steps);
  private long one;
  private long two;

  @BeforeEach
  void begin() {
    one = begun("ann", "start of one");
    two = begun("bob", "start of two");
  }

  private long begun(String who, String spawnId) {
    return database.write(tx -> {
      User user = tx.users().create(who, false, "cookie " + who, Clock.systemUTC().instant());
      long server = tx.servers().create(user.id(), "", "").id();
      assertThat(begin(tx, server, spawnId)).isTrue();
      return server;
    });
  }

  private boolean begin(Transaction tx, long server, String spawnId) {
    return steps.begin(tx, server, UserServer.Step.SPAWN, spawnId);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private UserServer now(long server) {
    return database.read(tx -> tx.servers().byId(server)).orElseThrow();
  }

  private Optional<String> told(long server) {
    return now(server).work().flatMap(UserServer.Work::progress);
  }

  private void await(long server, Predicate<UserServer> condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.test(now(server))) {
      assertThat(System.nanoTime()).as("what is recorded: %s", now(server)).isLessThan(end);
      Thread.sleep(10);
    }
  }

  /** Whatever was noted before is written, or never will be. */
  private void passed() throws InterruptedException {
    notes.progress(two, "start of two", "\"passed\"");
    await(two, server -> told(server.id()).equals(Optional.of("\"passed\"")));
  }

  @Test
  void theNewestOfEachStartIsRecorded() throws InterruptedException {
    notes.state(one, "start of one", FIRST);
    notes.progress(one, "start of one", FIRST);
    notes.progress(two, "start of two", FIRST);
    notes.progress(one, "start of one", SECOND);
    await(one, server -> told(one).equals(Optional.of(SECOND)));
    assertThat(now(one).state()).contains(FIRST);
    await(two, server -> told(two).equals(Optional.of(FIRST)));
    // And once more, after there was nothing for a while.
    notes.state(one, "start of one", SECOND);
    await(one, server -> server.state().equals(Optional.of(SECOND)));
    assertThat(told(one)).contains(SECOND);
  }

  @Test
  void theNextWriteOfTheStartTakesTheStateAlong() {
    notes.state(one, "start of one", FIRST);
    database.change(tx -> notes.writeState(tx, one));
    assertThat(now(one).state()).contains(FIRST);
  }

  @Test
  void aStateThatIsRecordedAtOnceIsNotReplacedByAnOlderOne() throws InterruptedException {
    notes.progress(one, "start of one", FIRST);
    notes.state(one, "start of one", FIRST);
    notes.forgetState(one);
    database.change(tx -> tx.servers().setState(one, Optional.of(SECOND)));
    await(one, server -> told(one).equals(Optional.of(FIRST)));
    assertThat(now(one).state()).contains(SECOND);
  }

  @Test
  void aStartThatIsOverIsLeftAlone() throws InterruptedException {
    notes.state(one, "start of one", FIRST);
    database.change(tx -> {
      tx.servers().end(one);
      begin(tx, one, "the next start of one");
    });
    passed();
    assertThat(now(one).state()).contains("{}");
    notes.progress(one, "start of one", FIRST);
    database.change(tx -> tx.servers().fail(one, SECOND));
    passed();
    assertThat(told(one)).isEmpty();
  }

  @Test
  void aStartThatAnotherHubTookOverIsLeftAlone() throws InterruptedException {
    notes.state(one, "start of one", FIRST);
    database.change(tx -> {
      UserServer.Work work = tx.servers().byId(one).orElseThrow().work().orElseThrow();
      assertThat(
              tx.servers()
                  .takeOver(one, work, "another hub", Clock.systemUTC().instant().plusSeconds(60)))
          .isTrue();
    });
    passed();
    assertThat(now(one).state()).contains("{}");
  }

  @Test
  void whatIsForgottenIsNotWritten() throws InterruptedException {
    notes.state(one, "start of one", FIRST);
    notes.forget(one);
    passed();
    assertThat(now(one).state()).contains("{}");
  }
}
