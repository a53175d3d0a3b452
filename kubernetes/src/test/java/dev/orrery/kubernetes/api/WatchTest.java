package dev.orrery.kubernetes.api;

import static dev.orrery.kubernetes.api.ApiDouble.change;
import static dev.orrery.kubernetes.api.ApiDouble.list;
import static dev.orrery.kubernetes.api.FakeApi.pod;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch goes on where the server, or the right to ask it, is gone without a word. */
class WatchTest {

  private static final Duration SHORT = Duration.ofSeconds(1);

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private FakeApi api;

  @BeforeEach
  void open() throws Exception {
    api = new FakeApi();
  }

  @AfterEach
  void close() {
    api.close();
  }

  private Watch follow(ApiServer server) {
    return Watch.start(
        server,
        Kind.POD,
        "ns",
        Map.of(),
        SHORT,
        false,
        object -> told.add(object.path("metadata").path("name").asString("")));
  }

  private void awaitTold(String name) throws InterruptedException {
    assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(name);
  }

  @Test
  void serverThatSaysNoMoreInTheMiddleIsAskedAgain() throws Exception {
    api.lists.add(list("10", pod("a", "5")));
    try (var server = api.server(SHORT);
        var _ = follow(server)) {
      awaitTold("a");
      api.changes.add(change("ADDED", pod("b", "11")));
      // And no end when its time is over.
      api.changes.add(FakeApi.SILENCE);
      api.changes.add(change("ADDED", pod("c", "12")));
      api.lists.add(list("11", pod("b", "11")));
      awaitTold("b");
      // Either it goes on from there, or all there is is told of again.
      String next = told.poll(30, TimeUnit.SECONDS);
      assertThat("b".equals(next) ? told.poll(30, TimeUnit.SECONDS) : next).isEqualTo("c");
    }
  }

  @Test
  void tokenThatIsReplacedIsReadAnew(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "first");
    var before = new Properties();
    before.putAll(System.getProperties());
    System.setProperty("kubernetes.auth.tryKubeConfig", "false");
    System.setProperty("kubernetes.auth.serviceAccount.token", token.toString());
    api.token = "first";
    api.lists.add(list("10", pod("a", "5")));
    try (var server = api.server(SHORT);
        var _ = follow(server)) {
      awaitTold("a");
      // As the kubelet replaces it: at some time the one before counts no longer.
      Files.writeString(token, "second");
      api.token = "second";
      api.changes.add(change("ADDED", pod("b", "11")));
      api.changes.add("410");
      api.lists.add(list("20", pod("c", "15")));
      awaitTold("b");
      api.changes.add(FakeApi.END);
      awaitTold("c");
    } finally {
      System.setProperties(before);
    }
  }
}
