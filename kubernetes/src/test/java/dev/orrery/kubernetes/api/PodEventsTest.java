package dev.orrery.kubernetes.api;

import static dev.orrery.kubernetes.api.ApiDouble.change;
import static dev.orrery.kubernetes.api.ApiDouble.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Events of a namespace are many, and few of them are of a pod that somebody waits for. */
class PodEventsTest {

  private static final int MANY = 50_000;

  /** Far less than fifty thousand events take, even if no more than their messages were kept. */
  private static final long LITTLE = 16 << 20;

  @Test
  void whatIsThereAlreadyIsNotReadAndWhatComesIsNotKept() throws Exception {
    BlockingQueue<PodEvent> heard = new LinkedBlockingQueue<>();
    try (var api = new FakeApi();
        var server =
            ApiServer.open(
                new ApiAddress(api.url(), "", Optional.empty()), Duration.ofSeconds(20));
        var events = new PodEvents(server, "ns");
        var _ = events.listen("ns", "mine", heard::add);
        var _ = events.listen("ns", "other", _ -> {})) {
      api.lists.add(list("10", event("old", 0)));
      api.changes.add(change("ADDED", event("mine", 0)));
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(new PodEvent("Reason0", text(0)));
      assertThat(api.requests)
          .as("one question how far the cluster is, and one watch for all who wait")
          .hasSize(2)
          .anyMatch(uri -> uri.contains("limit=1&") || uri.endsWith("limit=1"))
          .anyMatch(uri -> uri.contains("watch=1") && uri.contains("resourceVersion=10"));

      // The first ones find out what the connection and the reader take once and for all.
      tell(api, heard, MANY / 5);
      long before = used();
      tell(api, heard, MANY);
      assertThat(used() - before).isLessThan(LITTLE);
      assertThat(api.requests).hasSize(2);
    }
  }

  /** Tells of events of pods that nobody waits for, and then of one that somebody does. */
  private static void tell(FakeApi api, BlockingQueue<PodEvent> heard, int count)
      throws InterruptedException {
    for (int i = 0; i < count; i++) {
      api.changes.add(change("ADDED", event("pod-" + i, i)));
    }
    api.changes.add(change("MODIFIED", event("mine", count)));
    assertThat(heard.poll(60, TimeUnit.SECONDS))
        .isEqualTo(new PodEvent("Reason" + count, text(count)));
    assertThat(heard).isEmpty();
  }

  /** The least of a few readings: regions of the heap that a thread has just begun count whole. */
  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static String event(String pod, int number) {
    return """
    {"metadata":{"name":"%s.%d","namespace":"ns","resourceVersion":"%d"},\
    "involvedObject":{"kind":"Pod","namespace":"ns","name":"%s"},\
    "reason":"Reason%d","message":"%s"}\
    """
        .formatted(pod, number, 100 + number, pod, number, text(number));
  }

  private static String text(int number) {
    return "words ".repeat(100) + number;
  }
}
