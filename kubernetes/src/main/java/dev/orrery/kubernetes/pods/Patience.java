package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiFailure;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Asks again while the API server is too busy or being restarted, for as long as is right. */
record Patience(Duration limit) {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Something asked of the API server that may be asked again. */
  interface Request<T> {
    T send() throws ApiFailure, InterruptedException;
  }

  /** The answer, or the last failure. */
  <T> T of(Request<T> request) throws ApiFailure, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      Duration wanted;
      try {
        return request.send();
      } catch (ApiFailure e) {
        wanted = e.pause().compareTo(pause) > 0 ? e.pause() : pause;
        if (!e.isPassing() || System.nanoTime() + wanted.toNanos() > deadline) {
          throw e;
        }
      }
      Thread.sleep(wanted.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis())));
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }
}
