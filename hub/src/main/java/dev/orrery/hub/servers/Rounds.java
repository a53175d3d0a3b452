package dev.orrery.hub.servers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is done again and again, each in a thread of its own, until it is closed. */
public final class Rounds implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());

  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** Something that is done again and again. */
  public interface Round {
    void run() throws InterruptedException;
  }

  /**
   * Does it after each pause, for the first time after one. What it throws is logged and no reason
   * to stop.
   */
  public void every(Duration pause, String name, Round round) {
    start(
        name,
        () -> {
          while (true) {
            Thread.sleep(pause);
            runSafely(name, round);
          }
        });
  }

  /** Soon, and not again. */
  public void once(String name, Round round) {
    start(name, () -> runSafely(name, round));
  }

  private void start(String name, Round work) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  private static void runSafely(String name, Round round) throws InterruptedException {
    try {
      round.run();
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        // Whatever it was in the middle of tells of its end in its own way.
        throw new InterruptedException();
      }
      LOG.log(System.Logger.Level.WARNING, "This did not work and is tried again: " + name, e);
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
