package dev.orrery.hub.servers;

import dev.orrery.hub.routes.OutgoingHttp;
import dev.orrery.spawner.spi.SpawnFailure;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;

/** Waits until a server answers. Whatever it says will do, unless that is an error of its own. */
public final class Probe implements AutoCloseable {

  private static final Duration ONE = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE = 20;
  private static final long LONGEST_PAUSE = 1_000;

  private final OutgoingHttp client = new OutgoingHttp(ONE);

  /** Looks whether there is still something to wait for. */
  public interface StillThere {
    void check() throws SpawnFailure, InterruptedException;
  }

  /**
   * Waits.
   *
   * @throws SpawnFailure when it does not answer in time, or {@code stillThere} says so
   */
  public void awaitAnswer(URI url, Duration limit, StillThere stillThere)
      throws SpawnFailure, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE;
    String last = "nothing listens there";
    while (System.nanoTime() < end) {
      try {
        int status = client.status(url, ONE);
        if (status < 500) {
          return;
        }
        last = "it answers with status " + status;
      } catch (UnknownHostException e) {
        last =
            "the name "
                + url.getHost()
                + " is not known where the hub runs. The hub and its proxy have to be able to look"
                + " it up; else servers need to be reached by an address: with KubeSpawner,"
                + " services_enabled off, or pod_connect_ip";
      } catch (IOException e) {
        last = "nothing listens there";
      }
      stillThere.check();
      Thread.sleep(Duration.ofMillis(pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    throw SpawnFailure.failed(
        "timeout",
        "The server at "
            + url.getHost()
            + ":"
            + url.getPort()
            + " did not answer within "
            + limit.toSeconds()
            + " s: "
            + last);
  }

  @Override
  public void close() {
    client.close();
  }
}
