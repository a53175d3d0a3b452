package dev.orrery.server.hub;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the hub now and then when this server was last used, which is how the hub finds idle ones.
 * One thread; closing ends it at once.
 */
final class ActivityReporter implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ActivityReporter.class.getName());
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
  private static final Duration GIVE_UP = Duration.ofMinutes(1);

  private final HubClient client;
  private final URI url;
  private final Duration interval;
  private final Supplier<Instant> lastActivity;
  private final Thread thread;
  private @Nullable Instant told;

  ActivityReporter(HubClient client, URI url, Duration interval, Supplier<Instant> lastActivity) {
    this.client = client;
    this.url = url;
    this.interval = interval;
    this.lastActivity = lastActivity;
    thread = Thread.ofVirtual().name("activity").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        tellIfNewer();
        // So that servers that were started together do not stay in step.
        double jitter = ThreadLocalRandom.current().nextDouble(0.9, 1.1);
        Thread.sleep(Duration.ofMillis(Math.round(interval.toMillis() * jitter)));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void tellIfNewer() throws InterruptedException {
    Instant last = lastActivity.get();
    if (told != null && !last.isAfter(told)) {
      return;
    }
    long end = System.nanoTime() + GIVE_UP.toNanos();
    for (Duration wait = FIRST_WAIT; ; wait = longer(wait)) {
      switch (attempt(last)) {
        case TAKEN -> {
          told = last;
          return;
        }
        case REFUSED -> {
          return;
        }
        case FAILED -> {
          if (System.nanoTime() + wait.toNanos() > end) {
            return;
          }
          Thread.sleep(wait);
        }
      }
    }
  }

  private static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : twice;
  }

  private HubClient.Reported attempt(Instant last) throws InterruptedException {
    try {
      return client.report(url, last);
    } catch (HubTrouble e) {
      LOG.log(System.Logger.Level.WARNING, "Activity could not be reported: " + e.getMessage());
      return HubClient.Reported.FAILED;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
