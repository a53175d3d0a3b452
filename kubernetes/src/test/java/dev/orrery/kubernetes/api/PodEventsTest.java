package dev.orrery.kubernetes.api;

import static dev.orrery.kubernetes.api.ApiDouble.change;
import static dev.orrery.kubernetes.api.ApiDouble.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events of a namespace are many, and few of them are of a pod that somebody waits for. */
class PodEventsTest {

  private static final int MANY = 50_000;

  /** Far less than fifty thousand events take, even if no more than their messages were kept. */
  private static final long LITTLE = 16 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** More than anything here takes. */
  private static final Duration LONG = Duration.ofMinutes(5);

  private FakeApi api;

  @BeforeEach
  void open() throws Exception {
    api = new FakeApi();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void whoListensWaitsUntilEventsAreFollowed() throws Exception {
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", LONG, LONG);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<PodEvents.Listening> listening =
          threads.submit(() -> events.listen("ns", "mine", _ -> {}));
      awaitRequest();
      // A pod that was made now would be scheduled before anybody listens.
      assertThat(listening.isDone()).isFalse();
      api.lists.add(list("10"));
      listening.get(60, TimeUnit.SECONDS).close();
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void whereEventsAreRefusedNobodyWaits() throws Exception {
    api.lists.add("403");
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", LONG, LONG);
        var _ = events.listen("ns", "mine", _ -> {})) {
      assertThat(api.requests).isNotEmpty();
    }
  }

  @Test
  void whereTheServerDoesNotAnswerAStartGoesOn() throws Exception {
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", Duration.ofMillis(50), LONG);
        var _ = events.listen("ns", "mine", _ -> {})) {
      assertThat(api.changes).isEmpty();
    }
  }

  @Test
  void startsThatFollowEachOtherShareAWatch() throws Exception {
    api.lists.add(list("10"));
    BlockingQueue<PodEvent> heard = new LinkedBlockingQueue<>();
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", LONG, LONG)) {
      events.listen("ns", "first", _ -> {}).close();
      try (var _ = events.listen("ns", "second", heard::add)) {
        api.changes.add(change("ADDED", event("second", 0)));
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(new PodEvent("Reason0", text(0)));
      }
      assertThat(api.requests).hasSize(2);
    }
  }

  @Test
  void whereNobodyListensForLongNothingIsFollowed() throws Exception {
    BlockingQueue<PodEvent> heard = new LinkedBlockingQueue<>();
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", LONG, Duration.ofMillis(20))) {
      api.lists.add(list("10"));
      events.listen("ns", "first", _ -> {}).close();
      // A start now and then ends up with a watch of its own.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (api.requests.size() < 4 && System.nanoTime() < end) {
        Thread.sleep(100);
        api.lists.add(list("20"));
        try (var _ = events.listen("ns", "second", heard::add)) {
          assertThat(api.requests).isNotEmpty();
        }
      }
      assertThat(api.requests).anyMatch(uri -> uri.contains("resourceVersion=20"));
    }
  }

  private void awaitRequest() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (api.requests.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertThat(api.requests).hasSize(1);
  }

  @Test
  void whatIsThereAlreadyIsNotReadAndWhatComesIsNotKept() throws Exception {
    BlockingQueue<PodEvent> heard = new LinkedBlockingQueue<>();
    api.lists.add(list("10", event("old", 0)));
    try (var server = api.server(PATIENCE);
        var events = new PodEvents(server, "ns", LONG, LONG);
        var _ = events.listen("ns", "mine", heard::add);
        var _ = events.listen("ns", "other", _ -> {})) {
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

  /** As the cluster's clock has it, which is behind ours or before it. */
  private static String event(String pod, int number) {
    Instant time = Instant.now().plus(number % 2 == 0 ? Duration.ofHours(-1) : Duration.ofHours(1));
    return """
    {"metadata":{"name":"%s.%d","namespace":"ns","resourceVersion":"%d",\
    "creationTimestamp":"%s"},"firstTimestamp":"%s","lastTimestamp":"%s","eventTime":null,\
    "involvedObject":{"kind":"Pod","namespace":"ns","name":"%s"},\
    "reason":"Reason%d","message":"%s"}\
    """
        .formatted(pod, number, 100 + number, time, time, time, pod, number, text(number));
  }

  private static String text(int number) {
    return "words ".repeat(100) + number;
  }
}
