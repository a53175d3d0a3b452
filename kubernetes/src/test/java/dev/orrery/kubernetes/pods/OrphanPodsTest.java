package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.ClusterSearch;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.spawner.spi.Orphan;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.ServerRecord;
import dev.orrery.spawner.spi.SpawnRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pods are nobody's. */
class OrphanPodsTest {

  private static final String HUB = "http://hub:8081/hub/api";
  private static final ServerName ADA = new ServerName("ada", "lab");
  private static final String NS = "default";
  private static final List<String> GOES_ON = List.of("sleep", "600");

  @TempDir Path folder;

  private FakeCluster cluster;
  private ApiServer api;
  private KubeSpawner spawner;

  @BeforeEach
  void up() throws Exception {
    // Its clock is behind the hub's: a new pod is not taken for one that was there long ago.
    cluster = new FakeCluster(folder, Duration.ofMinutes(-10));
    api =
        ClusterSearch.open(
            new ApiAddress(cluster.url(), "", Optional.empty()),
            Map.of(),
            folder,
            Duration.ofSeconds(20));
    spawner = new KubeSpawner(TestSettings.at(cluster, Map.of()));
  }

  @AfterEach
  void down() {
    spawner.close();
    api.close();
    cluster.close();
  }

  /** Makes a pod that was started for a hub, and returns its uid. */
  private String pod(String name, String hub, String spawnId, List<String> command)
      throws Exception {
    return api.create(
        Kind.POD,
        NS,
        Map.of(
            "metadata",
            Map.of(
                "name",
                name,
                "labels",
                Map.of("component", "singleuser-server"),
                "annotations",
                Map.of(
                    "hub.jupyter.org/username",
                    ADA.user(),
                    "hub.jupyter.org/servername",
                    ADA.server())),
            "spec",
            Map.of(
                "restartPolicy",
                "Never",
                "containers",
                List.of(
                    Map.of(
                        "name",
                        "notebook",
                        "args",
                        command,
                        "env",
                        List.of(
                            Map.of("name", SpawnRequest.HUB_VARIABLE, "value", hub),
                            Map.of("name", SpawnRequest.ID_VARIABLE, "value", spawnId))))),
            "apiVersion",
            "v1",
            "kind",
            "Pod"));
  }

  private static ServerRecord recorded(Map<String, Object> state) {
    return new ServerRecord(state, Optional.empty());
  }

  private static ServerRecord recorded(String pod, String uid) {
    return recorded(Map.of("pod_name", pod, "namespace", NS, "pod_uid", uid));
  }

  private List<String> orphans(ServerRecord... records) throws InterruptedException {
    return spawner.orphans(HUB, () -> List.of(records)).stream().map(Orphan::what).toList();
  }

  /** Waits until the spawner has heard of so many pods that no record has. */
  private void awaitOrphans(int count) throws Exception {
    eventually(() -> orphans().size() == count);
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  @Test
  void podWithoutARecordIsOneAndCanBeStopped() throws Exception {
    String uid = pod("jupyter-ada", HUB, "a-1", GOES_ON);
    awaitOrphans(1);
    Orphan orphan = spawner.orphans(HUB, List::of).getFirst();
    assertThat(orphan.who()).isEqualTo(ADA);
    assertThat(orphan.what()).isEqualTo("pod default/jupyter-ada");
    assertThat(orphan.state()).containsEntry("pod_uid", uid);
    assertThat(spawner.orphans(HUB, List::of)).containsExactly(orphan);

    spawner.stop(orphan.state(), orphan.who(), false);
    assertThat(spawner.poll(orphan.state(), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(orphans()).isEmpty();
  }

  @Test
  void podWithARecordIsNone() throws Exception {
    String uid = pod("jupyter-ada", HUB, "a-1", GOES_ON);
    awaitOrphans(1);
    assertThat(orphans(recorded("jupyter-ada", uid))).isEmpty();
    assertThat(orphans(recorded(Map.of("pod_name", "jupyter-ada", "namespace", NS))))
        .as("recorded by KubeSpawner")
        .isEmpty();
    assertThat(orphans(recorded(Map.of("pod_name", "jupyter-ada"))))
        .as("recorded by an old one")
        .isEmpty();
    assertThat(orphans(recorded("jupyter-ada", "")))
        .as("a start that has not made its pod yet, and sees to what has the name")
        .isEmpty();
    var start = Optional.of(new SpawnRequest.Id("a-1"));
    assertThat(orphans(new ServerRecord(Map.of(), start))).isEmpty();
  }

  @Test
  void podOfTheSameNameThatIsAnotherOneIsOne() throws Exception {
    pod("jupyter-ada", HUB, "a-1", GOES_ON);
    awaitOrphans(1);
    assertThat(orphans(recorded("jupyter-ada", "another")))
        .containsExactly("pod default/jupyter-ada");
    assertThat(
            orphans(
                recorded(Map.of("pod_name", "jupyter-ada", "namespace", "elsewhere")),
                recorded("jupyter-bob", ""),
                new ServerRecord(Map.of(), Optional.of(new SpawnRequest.Id("a-2")))))
        .containsExactly("pod default/jupyter-ada");
  }

  @Test
  void podOfAnotherHubIsNone() throws Exception {
    pod("jupyter-of-others", "http://other:8081/hub/api", "b-1", GOES_ON);
    pod("jupyter-of-nobody", "", "b-2", GOES_ON);
    pod("jupyter-ada", HUB, "a-1", GOES_ON);
    awaitOrphans(1);
    assertThat(orphans()).containsExactly("pod default/jupyter-ada");
  }

  @Test
  void hubIsKnownAsTheSettingsHaveItWhereTheyTellItToPods() throws Exception {
    pod("jupyter-ada", "http://door/hub/api", "a-1", GOES_ON);
    pod("jupyter-bob", HUB, "a-2", GOES_ON);
    awaitOrphans(1);
    try (var told =
        new KubeSpawner(
            TestSettings.at(
                cluster,
                Map.of(),
                Map.of(SpawnRequest.HUB_VARIABLE, "http://door/hub/api"),
                true))) {
      assertThat(told.orphans(HUB, List::of))
          .singleElement()
          .extracting(Orphan::what)
          .isEqualTo("pod default/jupyter-ada");
    }
  }

  @Test
  void podThatHasEndedIsOneUnlessSuchAreKept() throws Exception {
    String uid = pod("jupyter-ada", HUB, "a-1", List.of("true"));
    pod("jupyter-bob", HUB, "a-2", GOES_ON);
    awaitOrphans(2);
    var state = recorded("jupyter-ada", uid).state();
    eventually(() -> spawner.poll(state, ADA) instanceof Poll.Stopped);
    try (var keeping = new KubeSpawner(TestSettings.at(cluster, Map.of(), Map.of(), false))) {
      assertThat(keeping.orphans(HUB, List::of))
          .singleElement()
          .extracting(Orphan::what)
          .isEqualTo("pod default/jupyter-bob");
    }
    assertThat(orphans()).hasSize(2);
  }

  @Test
  void podThatIsBeingEndedIsNone() throws Exception {
    // It takes no notice of being asked to end, and has long for it.
    List<String> stubborn = List.of("sh", "-c", "trap '' TERM; echo ready; sleep 600");
    String uid = pod("jupyter-ada", HUB, "a-1", stubborn);
    awaitOrphans(1);
    eventually(() -> api.lastLines(NS, "jupyter-ada", "notebook", 1, 100).contains("ready"));
    api.delete(Kind.POD, NS, "jupyter-ada", uid, Optional.of(Duration.ofMinutes(10)));
    awaitOrphans(0);
    assertThat(api.get(Kind.POD, NS, "jupyter-ada")).isPresent();
  }

  @Test
  void recordsAreAskedForAfterThePods() throws Exception {
    pod("jupyter-ada", HUB, "a-1", GOES_ON);
    awaitOrphans(1);
    // A server that is started while somebody looks: its pod is not taken for one without record.
    var made = new ArrayList<String>();
    assertThat(
            spawner.orphans(
                HUB,
                () -> {
                  try {
                    made.add(pod("jupyter-bob", HUB, "a-2", GOES_ON));
                    awaitOrphans(2);
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                  return List.of();
                }))
        .singleElement()
        .extracting(Orphan::what)
        .isEqualTo("pod default/jupyter-ada");
    assertThat(made).hasSize(1);
  }

  @Test
  void whereTheApiServerDoesNotTellThereIsNoAnswer() throws Exception {
    var asked = new AtomicBoolean();
    cluster.close();
    try (var blind = new KubeSpawner(TestSettings.impatient(cluster))) {
      assertThatThrownBy(() ->
              blind.orphans(
                  HUB,
                  () -> {
                    asked.set(true);
                    return List.of();
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("does not tell");
    }
    assertThat(asked).isFalse();
  }
}
