package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of a volume that a pod can't have, who waits reads why, and nothing is done to it. */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class VolumesTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private KubernetesCluster cluster;

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
  }

  @AfterEach
  void clean() {
    // What a test that failed holds on to would stay for those that come.
    for (String claim : cluster.kubectl("get", "pvc", "-o", "name").lines().toList()) {
      letGo(claim);
    }
    cluster.kubectl("delete", "pods,pvc,pv", "--all", "--timeout=150s");
    cluster.removeSimulatedNodes();
  }

  private void letGo(String claim) {
    cluster.kubectl("patch", claim, "-p", "{\"metadata\":{\"finalizers\":null}}");
  }

  /** Long enough for the cluster to have said what is the matter, be it slow. */
  private OurHub hub(String more) {
    return PodHub.start(cluster, "c.KubeSpawner.start_timeout = 20\n" + more);
  }

  /** All that is told of a start that is under way, until it is over. */
  private static String progress(OurHub hub) {
    return hub.ask(PodHub.TOKEN, "GET", "/hub/api/users/ada/server/progress", "").body();
  }

  private static void assertFailed(String progress, String... words) {
    String last = progress.strip().lines().toList().getLast();
    assertThat(last).as(progress).contains("\"failed\":true").contains(words);
    assertThat(last).doesNotContain("Exception");
  }

  private String of(String kind, String name, String field) {
    return cluster.kubectl("get", kind, name, "-o", "jsonpath={" + field + "}");
  }

  @Test
  void volumeOfAnotherNodeIsWaitedForAndStays() {
    cluster.addSimulatedNodes(1);
    cluster.apply(
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: elsewhere}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          storageClassName: ""
          persistentVolumeReclaimPolicy: Delete
          local: {path: /srv/ada}
          nodeAffinity:
            required:
              nodeSelectorTerms:
              - matchExpressions:
                - {key: simulated, operator: In, values: ["yes"]}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: claim-ada}
        spec:
          accessModes: [ReadWriteOnce]
          storageClassName: ""
          volumeName: elsewhere
          resources: {requests: {storage: 1Gi}}
        """);
    String claim = of("pvc", "claim-ada", ".metadata.uid");
    String other =
        """
        c.KubeSpawner.extra_pod_config = {"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": "simulated", "operator": "DoesNotExist"}]}]}}}}
        """;
    try (var hub = hub(other)) {
      assertThat(PodHub.startServer(hub, "ada").statusCode()).isEqualTo(202);
      String progress = progress(hub);
      String words = "Waiting for a machine that can reach the volume with the files (0/2 nodes";
      assertThat(progress.lines().filter(line -> !line.contains("\"failed\":true")))
          .anyMatch(line -> line.contains(words));
      assertFailed(progress, words, "within 20 s", "Spawner.start_timeout");
    }
    assertThat(of("pvc", "claim-ada", ".metadata.uid")).isEqualTo(claim);
    assertThat(of("pvc", "claim-ada", ".metadata.deletionTimestamp")).isEmpty();
    assertThat(of("pv", "elsewhere", ".status.phase")).isEqualTo("Bound");
    assertThat(cluster.kubectl("get", "pods", "-o", "name")).isEmpty();
  }

  @Test
  void claimThatIsNeverBoundIsToldOfInTheClustersWords() {
    try (var hub = hub("c.KubeSpawner.storage_class = 'none-such'\n")) {
      assertThat(PodHub.startServer(hub, "ada").statusCode()).isEqualTo(202);
      String progress = progress(hub);
      assertThat(progress).contains("Waiting for the volume for the files (0/1 nodes");
      assertFailed(
          progress,
          "Waiting for the volume for the files",
          "claim-ada",
          "storageclass.storage.k8s.io \\\"none-such\\\" not found");
    }
    assertThat(of("pvc", "claim-ada", ".status.phase")).isEqualTo("Pending");
  }

  @Test
  void claimThatIsBeingDeletedIsNotWaitedForAndAnotherIsMadeOnceItHasGone() {
    cluster.apply(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: claim-ada, finalizers: [orrery.dev/test]}
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
        """);
    String claim = of("pvc", "claim-ada", ".metadata.uid");
    cluster.kubectl("delete", "pvc", "claim-ada", "--wait=false");
    try (var hub = PodHub.start(cluster, "")) {
      HttpResponse<String> answer = PodHub.startServer(hub, "ada");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
      assertThat(answer.body()).contains("claim-ada", "is being deleted", "Start again");
      assertThat(of("pvc", "claim-ada", ".metadata.uid")).isEqualTo(claim);

      letGo("pvc/claim-ada");
      Eventually.holds(
          "the claim is gone",
          LIMIT,
          () -> !cluster.kubectl("get", "pvc", "-o", "name").contains("claim-ada"),
          () -> cluster.kubectl("get", "pvc", "claim-ada", "-o", "yaml"));
      assertThat(PodHub.startServer(hub, "ada").statusCode()).isEqualTo(201);
    }
    assertThat(of("pvc", "claim-ada", ".metadata.uid")).isNotEqualTo(claim);
  }
}
