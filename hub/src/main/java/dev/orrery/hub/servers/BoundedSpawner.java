package dev.orrery.hub.servers;

import dev.orrery.spawner.spi.OptionsForm;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A spawner that is not waited for longer than is right. What hangs is interrupted, and left behind
 * if even that does not help, so that one server never holds up the others.
 */
final class BoundedSpawner implements Spawner {

  private final Spawner spawner;
  private final Limits limits;

  /**
   * How long things may take; a start has its own limit.
   *
   * @param words what a start gets beyond its own, to say itself what it waited for
   * @param poll a poll; one that takes longer tells nothing
   * @param end the end of a server, or looking for one
   * @param cleanUp what is left to do after an interruption
   */
  record Limits(Duration words, Duration poll, Duration end, Duration cleanUp) {

    static final Limits USUAL =
        new Limits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofSeconds(15));
  }

  BoundedSpawner(Spawner spawner, Limits limits) {
    this.spawner = spawner;
    this.limits = limits;
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    Duration limit = request.patience();
    try {
      return within(limit.plus(limits.words()), () -> spawner.start(request, listener));
    } catch (TimeoutException e) {
      throw SpawnFailure.failed(
          "timeout",
          "The server did not start within "
              + limit.toSeconds()
              + " s, which is Spawner.start_timeout");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SpawnFailure failure) {
        throw failure;
      }
      throw rethrown(e);
    }
  }

  @Override
  public Poll poll(Map<String, Object> state, ServerName who) throws InterruptedException {
    try {
      return within(limits.poll(), () -> spawner.poll(state, who));
    } catch (TimeoutException e) {
      return new Poll.Unknown(
          "The spawner did not answer within " + limits.poll().toSeconds() + " s");
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  @Override
  public void stop(Map<String, Object> state, ServerName who, boolean now)
      throws InterruptedException {
    ended(() -> {
      spawner.stop(state, who, now);
      return true;
    });
  }

  @Override
  public Recovered find(SpawnRequest.Id id, ServerName who) throws InterruptedException {
    return ended(() -> spawner.find(id, who));
  }

  @Override
  public List<Orphan> orphans(String hub, Supplier<List<ServerRecord>> records)
      throws InterruptedException {
    return ended(() -> spawner.orphans(hub, records));
  }

  @Override
  public void forget(Map<String, Object> state, ServerName who) throws InterruptedException {
    ended(() -> {
      spawner.forget(state, who);
      return true;
    });
  }

  @Override
  public Map<String, Object> kept(Map<String, Object> state) {
    return spawner.kept(state);
  }

  @Override
  public Optional<OptionsForm> form() {
    return spawner.form();
  }

  private <T> T ended(Callable<T> call) throws InterruptedException {
    try {
      return within(limits.end(), call);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "The spawner did not end within " + limits.end().toSeconds() + " s");
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  private <T> T within(Duration limit, Callable<T> call)
      throws InterruptedException, ExecutionException, TimeoutException {
    var task = new FutureTask<>(call);
    Thread thread = Thread.ofVirtual().name("spawner").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | InterruptedException e) {
      thread.interrupt();
      thread.join(limits.cleanUp());
      throw e;
    }
  }

  private static RuntimeException rethrown(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case InterruptedException cause -> throw cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(e.getCause());
    };
  }

  @Override
  public void close() {
    spawner.close();
  }
}
