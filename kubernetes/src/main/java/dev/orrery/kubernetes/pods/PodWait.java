package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.kubernetes.api.PodEvents;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.api.Pods;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.spawner.spi.SpawnFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;

/**
 * The wait until a pod that was made is up, or will not be.
 *
 * @param names of the pod, with its uid
 * @param limit how long the whole start may take, for who is told
 * @param deadline when that is over, by {@link System#nanoTime()}
 */
record PodWait(
    ApiServer server,
    Pods pods,
    PodNames names,
    Claims claims,
    StartReport report,
    Duration limit,
    long deadline) {

  private static final System.Logger LOG = System.getLogger(PodWait.class.getName());

  /** How often who waits hears of events, and the pod is looked at. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Of what a server said that ended at once. */
  private static final int LAST_LINES = 20;

  private static final int LAST_BYTES = 4_000;

  /**
   * The pod once it is up.
   *
   * @param heard events of it that have come and were not told yet
   */
  PodView up(Queue<PodEvents.PodEvent> heard)
      throws SpawnFailure, InterruptedException, ApiFailure {
    Optional<PodView> seen = Optional.empty();
    boolean wasThere = false;
    while (true) {
      for (var event = heard.poll(); event != null; event = heard.poll()) {
        report.event(event);
      }
      Optional<PodView> now = current();
      if (now.isPresent()) {
        wasThere = true;
        report.seen(now.get());
        if (now.get().isUp()) {
          return now.get();
        }
        refuseHopeless(now.get());
      } else if (wasThere && pods.isCurrent()) {
        throw deleted();
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw late();
      }
      report.tick();
      Duration pause = left < LOOK.toNanos() ? Duration.ofNanos(left) : LOOK;
      seen = pods.changed(names.namespace(), names.pod(), seen, pause);
    }
  }

  private void refuseHopeless(PodView pod) throws SpawnFailure, InterruptedException {
    if (pod.ending()) {
      throw deleted();
    }
    Optional<String> hopeless = PodTroubles.hopeless(pod);
    if (hopeless.isPresent()) {
      throw SpawnFailure.failed("pod", hopeless.get() + lastWords(pod));
    }
    if (PodTroubles.isOfEndingClaim(pod)) {
      // The scheduler may speak of an earlier claim of the name.
      Optional<String> ending = claims.ending();
      if (ending.isPresent()) {
        throw SpawnFailure.failed("volume", ending.get());
      }
    }
  }

  private static SpawnFailure deleted() {
    return SpawnFailure.failed("deleted", "Somebody deleted the pod while it was starting");
  }

  private SpawnFailure late() throws InterruptedException {
    return SpawnFailure.failed(
        "timeout",
        "The pod did not come up within "
            + limit.toSeconds()
            + " s, which is Spawner.start_timeout"
            + report.last().map(said -> ". Last heard of it: " + said).orElse("")
            + claims.unbound().map(said -> ". " + said).orElse(""));
  }

  /** What the server said before it ended; the hub may be allowed to read that or not. */
  private String lastWords(PodView pod) throws InterruptedException {
    if (pod.exitCode().isEmpty()) {
      return "";
    }
    try {
      String said =
          server.lastLines(
              pod.namespace(), pod.name(), PodManifest.CONTAINER, LAST_LINES, LAST_BYTES);
      return said.isBlank() ? "" : ". It said:\n" + said.strip();
    } catch (ApiFailure e) {
      LOG.log(System.Logger.Level.DEBUG, "The log of " + pod.key() + " can't be read", e);
      return "";
    }
  }

  /** Our pod as the watch has it; one of the name with another uid is not ours. */
  private Optional<PodView> current() throws ApiFailure, InterruptedException {
    if (pods.isCurrent()) {
      return pods.pod(names.namespace(), names.pod()).filter(names::mean);
    }
    try {
      return server
          .get(Kind.POD, names.namespace(), names.pod())
          .map(PodView::of)
          .filter(names::mean);
    } catch (ApiFailure e) {
      if (e.isPassing()) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
