package dev.orrery.spawner.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.spawner.spi.Orphan;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.ServerRecord;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.testing.NullSpawner.Behaviour;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A spawner that does as it is told. */
class NullSpawnerTest {

  private static final ServerName ADA = new ServerName("ada", "");
  private static final URI URL = URI.create("http://127.0.0.1:9");

  private final NullSpawner spawner = new NullSpawner(URL);
  private final AtomicReference<Map<String, Object>> state = new AtomicReference<>(Map.of());
  private final CountDownLatch told = new CountDownLatch(1);

  private final SpawnListener listener =
      new SpawnListener() {
        @Override
        public void state(Map<String, Object> now) {
          state.set(now);
          told.countDown();
        }

        @Override
        public void progress(int percent, String message, Optional<String> htmlMessage) {}
      };

  private static final SpawnRequest REQUEST =
      new SpawnRequest(
          new SpawnRequest.Id("a-1"),
          ADA,
          7,
          List.of(),
          Map.of(),
          new SpawnRequest.Listen("", 0, "/"),
          SpawnRequest.Limits.NONE,
          "",
          "",
          Map.of(),
          Map.of(),
          Duration.ofSeconds(1));

  @Test
  void serverIsThereAtOnceUntilItIsStopped() throws Exception {
    assertThat(spawner.start(REQUEST, listener).url()).isEqualTo(URL);
    assertThat(spawner.poll(state.get(), ADA)).isEqualTo(new Poll.Running());
    assertThat(spawner.find(REQUEST.id(), ADA)).isEqualTo(new Recovered.Found(state.get()));
    spawner.stop(state.get(), ADA, false);
    assertThat(spawner.poll(state.get(), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(spawner.running()).isZero();
  }

  @Test
  void serverCanDie() throws Exception {
    spawner.start(REQUEST, listener);
    spawner.die(ADA, 9);
    assertThat(spawner.poll(state.get(), ADA))
        .isEqualTo(new Poll.Stopped(OptionalInt.of(9), List.of()));
  }

  @Test
  void serverThatNoRecordHasIsAnOrphan() throws Exception {
    spawner.start(REQUEST, listener);
    assertThat(spawner.orphans("", () -> List.of(new ServerRecord(state.get(), Optional.empty()))))
        .isEmpty();
    assertThat(
            spawner.orphans(
                "", () -> List.of(new ServerRecord(Map.of(), Optional.of(REQUEST.id())))))
        .isEmpty();
    Orphan orphan = spawner.orphans("", List::of).getFirst();
    assertThat(orphan.who()).isEqualTo(ADA);
    spawner.stop(orphan.state(), ADA, false);
    assertThat(spawner.orphans("", List::of)).isEmpty();
  }

  @Test
  void spawnerCanBeBlind() throws Exception {
    spawner.start(REQUEST, listener);
    spawner.blind(true);
    assertThat(spawner.poll(state.get(), ADA)).isInstanceOf(Poll.Unknown.class);
    assertThat(spawner.find(REQUEST.id(), ADA)).isInstanceOf(Recovered.Unknown.class);
    assertThatThrownBy(() -> spawner.orphans("", List::of))
        .isInstanceOf(IllegalStateException.class);
    spawner.blind(false);
    assertThat(spawner.poll(state.get(), ADA)).isInstanceOf(Poll.Running.class);
  }

  @Test
  void startCanFailLieAndBreak() throws Exception {
    spawner.let(ADA, new Behaviour.Fails(SpawnFailure.refused("full", "There is no room.")));
    assertThatThrownBy(() -> spawner.start(REQUEST, listener)).hasMessage("There is no room.");
    spawner.let(ADA, new Behaviour.Breaks());
    assertThatThrownBy(() -> spawner.start(REQUEST, listener))
        .isInstanceOf(IllegalStateException.class);
    spawner.let(ADA, new Behaviour.Lies());
    assertThat(spawner.start(REQUEST, listener).url()).isEqualTo(URL);
    assertThat(spawner.poll(state.get(), ADA)).isInstanceOf(Poll.Stopped.class);
  }

  @Test
  void startThatHangsEndsWhenInterrupted() throws Exception {
    spawner.let(ADA, new Behaviour.HangsAfterState());
    var outcome = new AtomicReference<@Nullable Throwable>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                spawner.start(REQUEST, listener);
              } catch (SpawnFailure | InterruptedException e) {
                outcome.set(e);
              }
            });
    told.await();
    assertThat(spawner.running()).isEqualTo(1);
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    assertThat(spawner.running()).isZero();
  }
}
