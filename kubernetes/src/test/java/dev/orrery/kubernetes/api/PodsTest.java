package dev.orrery.kubernetes.api;

import static dev.orrery.kubernetes.api.ApiDouble.change;
import static dev.orrery.kubernetes.api.ApiDouble.list;
import static dev.orrery.kubernetes.api.FakeApi.END;
import static dev.orrery.kubernetes.api.FakeApi.pod;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of pods stays true whatever becomes of the connection. */
class PodsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration SECONDS_2 = Duration.ofSeconds(2);

  private FakeApi api;
  private ApiServer server;
  private Pods pods;

  @BeforeEach
  void open() throws Exception {
    api = new FakeApi();
    server = api.server(PATIENCE);
    pods = Pods.follow(server, "ns", "component=x");
  }

  @AfterEach
  void close() {
    pods.close();
    server.close();
    api.close();
  }

  private static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  private List<String> names() {
    return pods.all().stream().map(PodView::name).sorted().toList();
  }

  private void begin() throws InterruptedException {
    api.lists.add(list("10", pod("a", "5"), pod("b", "6")));
    assertThat(pods.awaitCurrent(Duration.ofSeconds(20))).isTrue();
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void changesAreFollowedFromWhereTheListEnds() throws Exception {
    begin();
    api.changes.add(change("ADDED", pod("c", "11")));
    api.changes.add(change("DELETED", pod("a", "12")));
    eventually(() -> names().equals(List.of("b", "c")));
    assertThat(api.requests)
        .anyMatch(uri -> uri.contains("watch=1") && uri.contains("resourceVersion=10"));
    assertThat(api.requests).allMatch(uri -> uri.contains("labelSelector=component%3Dx"));
  }

  @Test
  void quietIsNoFailure() throws Exception {
    begin();
    Thread.sleep(PATIENCE.plusMillis(500));
    api.changes.add(change("ADDED", pod("c", "11")));
    eventually(() -> names().equals(List.of("a", "b", "c")));
    assertThat(api.requests.stream().filter(uri -> uri.contains("limit="))).hasSize(1);
  }

  @Test
  void watchThatEndsGoesOnFromTheLastChangeWithoutAList() throws Exception {
    begin();
    api.changes.add(change("BOOKMARK", pod("", "40")));
    api.changes.add(END);
    eventually(() -> api.requests.stream().anyMatch(uri -> uri.contains("resourceVersion=40")));
    assertThat(pods.isCurrent()).isTrue();
    assertThat(api.requests.stream().filter(uri -> uri.contains("limit="))).hasSize(1);
  }

  @Test
  void whatIsTooOldIsListedAnew() throws Exception {
    begin();
    api.changes.add(
        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}");
    eventually(() -> !pods.isCurrent());
    assertThat(names()).as("until then what was known").containsExactly("a", "b");
    api.changes.add(END);
    api.lists.add(list("50", pod("b", "6")));
    eventually(() -> pods.isCurrent() && names().equals(List.of("b")));
  }

  @Test
  void whatIsTooOldToBeginWithIsListedAnew() throws Exception {
    begin();
    api.changes.add(change("BOOKMARK", pod("", "40")));
    api.changes.add(END);
    eventually(() -> watches() == 2);
    api.changes.add("410");
    eventually(() -> !pods.isCurrent());
    api.lists.add(list("50", pod("b", "6")));
    eventually(() -> pods.isCurrent() && names().equals(List.of("b")));
    eventually(() -> api.requests.getLast().contains("resourceVersion=50"));
  }

  @Test
  void serverThatIsTooBusyIsLeftAloneForAsLongAsItSays() throws Exception {
    api.retryAfter = "2";
    api.lists.add("429");
    api.lists.add(list("1", pod("z", "1")));
    eventually(() -> pods.isCurrent());
    assertThat(Duration.ofNanos(api.times.get(1) - api.times.get(0))).isGreaterThan(SECONDS_2);
  }

  @Test
  void watchThatIsEndedAtOnceIsNotBegunWithoutAPause() throws Exception {
    begin();
    for (int i = 0; i < 6; i++) {
      api.changes.add(END);
      api.lists.add(list("10", pod("a", "5")));
    }
    eventually(() -> watches() == 5);
    // Pauses of at least 0.2, 0.4, 0.8 and 1.6 seconds.
    assertThat(Duration.ofNanos(api.times.getLast() - api.times.getFirst()))
        .isGreaterThan(SECONDS_2);
  }

  private long watches() {
    return api.requests.stream().filter(uri -> uri.contains("watch=1")).count();
  }

  @Test
  void serverThatFailsIsAskedAgainUntilItDoesNot() throws Exception {
    api.lists.add("500");
    api.lists.add("429");
    api.lists.add("no JSON at all");
    api.lists.add(list("1", pod("z", "1")));
    eventually(() -> pods.isCurrent());
    assertThat(names()).containsExactly("z");
  }

  @Test
  void halfAChangeIsNoChange() throws Exception {
    begin();
    api.changes.add("{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\",\"namesp");
    eventually(() -> !pods.isCurrent());
    assertThat(names()).containsExactly("a", "b");
    api.changes.add(END);
    api.lists.add(list("50", pod("a", "6")));
    eventually(() -> pods.isCurrent() && names().equals(List.of("a")));
  }

  @Test
  void longListsComeInParts() throws Exception {
    api.lists.add(
        "{\"metadata\":{\"resourceVersion\":\"9\",\"continue\":\"more\"},\"items\":["
            + pod("a", "1")
            + "]}");
    api.lists.add(list("9", pod("b", "2")));
    assertThat(pods.awaitCurrent(Duration.ofSeconds(20))).isTrue();
    assertThat(names()).containsExactly("a", "b");
    assertThat(api.requests).anyMatch(uri -> uri.contains("continue=more"));
  }

  @Test
  void whoWaitsIsTold() throws Exception {
    begin();
    Optional<PodView> before = pods.pod("ns", "c");
    api.changes.add(change("ADDED", pod("c", "11")));
    assertThat(pods.changed("ns", "c", before, Duration.ofSeconds(20))).isPresent();
    assertThat(pods.changed("ns", "c", pods.pod("ns", "c"), Duration.ofMillis(50))).isPresent();
  }
}
