package dev.orrery.hub.servers;

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
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of those who wait for a spawner that does not come back, not even when told to. */
class BoundedSpawnerTest {

  private static final ServerName WHO = new ServerName("ann", "");
  private static final Duration SHORT = Duration.ofMillis(100);

  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final BoundedSpawner spawner =
      new BoundedSpawner(new Stubborn(), new BoundedSpawner.Limits(SHORT, SHORT, SHORT, SHORT));

  /** Hangs in everything, and takes no notice of interrupts. */
  private final class Stubborn implements Spawner {

    private void hang() {
      boolean free = false;
      while (!free) {
        try {
          gate.await();
          free = true;
        } catch (InterruptedException e) {
          interrupted.countDown();
        }
      }
    }

    @Override
    public Started start(SpawnRequest request, SpawnListener listener) throws SpawnFailure {
      hang();
      throw SpawnFailure.failed("late", "It waited for a volume");
    }

    @Override
    public Poll poll(Map<String, Object> state, ServerName who) {
      hang();
      return new Poll.Running();
    }

    @Override
    public void stop(Map<String, Object> state, ServerName who, boolean now) {
      hang();
    }

    @Override
    public Recovered find(SpawnRequest.Id id, ServerName who) {
      hang();
      return new Recovered.Nothing();
    }

    @Override
    public List<Orphan> orphans(String hub, Supplier<List<ServerRecord>> records) {
      hang();
      return List.of(new Orphan(WHO, hub, Map.of()));
    }
  }

  @AfterEach
  void free() {
    gate.countDown();
  }

  @Test
  void aPollThatHangsTellsNothing() throws InterruptedException {
    assertThat(spawner.poll(Map.of(), WHO)).isInstanceOf(Poll.Unknown.class);
  }

  @Test
  void aStopThatHangsFails() {
    assertThatThrownBy(() -> spawner.stop(Map.of(), WHO, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not end within");
    assertThatThrownBy(() -> spawner.find(new SpawnRequest.Id("a"), WHO))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> spawner.orphans("hub", List::of))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatHangsIsInterrupted() throws InterruptedException {
    assertThat(spawner.poll(Map.of(), WHO)).isInstanceOf(Poll.Unknown.class);
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsInTimeIsAsItIs() throws InterruptedException {
    gate.countDown();
    var patient =
        new BoundedSpawner(
            new Stubborn(),
            new BoundedSpawner.Limits(
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20)));
    assertThat(patient.poll(Map.of(), WHO)).isInstanceOf(Poll.Running.class);
    patient.stop(Map.of(), WHO, false);
    assertThat(patient.orphans("hub", List::of)).containsExactly(new Orphan(WHO, "hub", Map.of()));
  }

  @Test
  void whoIsInterruptedIsLetGo() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> spawner.stop(Map.of(), WHO, false))
        .isInstanceOf(InterruptedException.class);
  }

  private static SpawnRequest request(Duration patience) {
    return new SpawnRequest(
        new SpawnRequest.Id("a-1"),
        WHO,
        1,
        List.of(),
        Map.of(),
        new SpawnRequest.Listen("", 0, "/user/ann/"),
        SpawnRequest.Limits.NONE,
        "",
        "",
        Map.of(),
        Map.of(),
        patience);
  }

  @Test
  void aStartThatHangsIsGivenUp() {
    assertThatThrownBy(() -> spawner.start(request(SHORT), new Silent()))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageContaining("which is Spawner.start_timeout");
  }

  @Test
  void aStartWhoseTimeIsOverSaysItselfWhatItWaitedFor() {
    var patient =
        new BoundedSpawner(
            new Stubborn(), new BoundedSpawner.Limits(Duration.ofSeconds(60), SHORT, SHORT, SHORT));
    Thread.ofVirtual()
        .start(() -> {
          LockSupport.parkNanos(SHORT.toNanos());
          gate.countDown();
        });
    assertThatThrownBy(() -> patient.start(request(Duration.ZERO), new Silent()))
        .isInstanceOf(SpawnFailure.class)
        .hasMessage("It waited for a volume");
  }

  /** Nobody waits. */
  private static final class Silent implements SpawnListener {
    @Override
    public void state(Map<String, Object> state) {}

    @Override
    public void progress(int percent, String message, Optional<String> htmlMessage) {}
  }
}
