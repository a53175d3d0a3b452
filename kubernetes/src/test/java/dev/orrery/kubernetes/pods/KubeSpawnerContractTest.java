package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.SpawnerContract;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers in pods, whose processes run here. */
class KubeSpawnerContractTest extends SpawnerContract {

  /** How the signals that end pods are told: SIGTERM by the program, SIGKILL as shells do. */
  private static final int ASKED = 115;

  private static final int KILLED = 137;

  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final ServerName BOB = new ServerName("bob", "");

  @AutoClose private FakeCluster cluster;

  @BeforeEach
  void up() throws IOException {
    // Whatever its clock says, everything is as with a right one.
    cluster = new FakeCluster(directory().resolve("logs"), Duration.ofMinutes(10));
  }

  @Override
  protected Spawner newSpawner() {
    return new KubeSpawner(
        TestSettings.at(
            cluster,
            Map.of(
                "extra_pod_config",
                Map.of("restartPolicy", "Never"),
                "extra_container_config",
                Map.of("readinessProbe", Map.of("tcpSocket", Map.of("port", 8888))))));
  }

  /** All addresses of the pod; which these are nobody knows before. */
  @Override
  protected String listenIp() {
    return "0.0.0.0";
  }

  /** The image has them, of which nobody but the node knows. */
  @Override
  protected boolean looksForPrograms() {
    return false;
  }

  /** The pod stays until somebody stops it, and says so. */
  @Override
  protected boolean othersKnowExitCodes() {
    return true;
  }

  @Override
  protected int codeWhenAsked() {
    return ASKED;
  }

  @Override
  protected int codeWhenTold() {
    return KILLED;
  }

  /** With the pod all that is known of its end goes. */
  @Override
  protected OptionalInt endOfStopped(Spawner spawner, Map<String, Object> state) {
    return cluster.exitCode(PodNames.of(state).orElseThrow().uid().orElseThrow());
  }

  /** The client of the API server has one as well. */
  @Override
  protected List<String> pools() {
    return List.of("process reaper", "ForkJoinPool", "JdkHttpClientFactory");
  }

  @Override
  protected List<String> ownVariables() {
    return List.of("PATH", "JUPYTER_IMAGE", "JUPYTER_IMAGE_SPEC");
  }

  @Test
  void podThatIsMadeAfterItsStartWasCutOffIsTakenAway() throws Exception {
    Spawner spawner = spawner();
    SpawnRequest request = request(BOB, "serve");
    CountDownLatch gate = cluster.hold();
    var outcome = new CompletableFuture<Exception>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                spawner.start(request, recorder(BOB));
              } catch (SpawnFailure | InterruptedException e) {
                outcome.complete(e);
              }
            });
    eventually(() -> cluster.requests.contains("POST " + PODS));
    thread.interrupt();
    // It looks whether there is one, and sees none.
    eventually(() -> cluster.requests.contains("GET " + PODS + "/jupyter-bob"));
    gate.countDown();
    assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(cluster.requests).contains("DELETE " + PODS + "/jupyter-bob");
    assertThat(spawner.find(request.id(), BOB)).isInstanceOf(Recovered.Nothing.class);
  }
}
