package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.CountedAccount;
import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster does not let a hub do is told at once, in the cluster's words, and can pass. */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class ClusterRefusalsTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private KubernetesCluster cluster;

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
  }

  @AfterEach
  void clean() {
    cluster.kubectl("delete", "quota,pods,pvc", "--all", "--timeout=150s");
  }

  private static void assertRefused(HttpResponse<String> answer, String... words) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
    assertThat(answer.body()).contains(words).doesNotContain("Exception");
  }

  @Test
  void aQuotaThatIsUsedUpIsNamedAndMayGrow() {
    cluster.kubectl("create", "quota", "tight", "--hard=pods=0");
    try (var hub = PodHub.start(cluster, "")) {
      assertRefused(
          PodHub.startServer(hub, "ada"),
          "There is no room left in the namespace",
          "exceeded quota: tight");

      cluster.kubectl("delete", "quota", "tight");
      assertThat(PodHub.startServer(hub, "ada").statusCode()).isEqualTo(201);
    }
  }

  @Test
  void aMissingRightIsNamed(@TempDir Path folder) {
    // Who may make pods, and no claims.
    Path kubeconfig = folder.resolve("kubeconfig");
    CountedAccount.make(cluster, "few").kubeconfig(kubeconfig);
    try (var hub = PodHub.start(cluster, kubeconfig, "c.KubeSpawner.namespace = 'few'\n")) {
      assertRefused(
          PodHub.startServer(hub, "ada"),
          "The cluster does not let the hub do it",
          "system:serviceaccount:few:hub",
          "cannot create resource \\\"persistentvolumeclaims\\\"",
          "in the namespace \\\"few\\\"");
    } finally {
      cluster.kubectl("delete", "namespace", "few", "--wait=false");
    }
  }

  @Test
  void aNamespaceThatIsBeingDeletedIsWaitedForByWhoTriesAgain() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: user-ada}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: held, namespace: user-ada, finalizers: [orrery.dev/test]}
        """);
    cluster.kubectl("delete", "namespace", "user-ada", "--wait=false");
    try (var hub = PodHub.start(cluster, "c.KubeSpawner.enable_user_namespaces = True\n")) {
      assertRefused(PodHub.startServer(hub, "ada"), "user-ada", "being terminated");

      cluster.kubectlIn(
          "user-ada", "patch", "configmap", "held", "-p", "{\"metadata\":{\"finalizers\":null}}");
      Eventually.holds(
          "the namespace is gone",
          LIMIT,
          () -> !cluster.kubectl("get", "namespaces", "-o", "name").contains("/user-ada\n"),
          () -> cluster.kubectl("get", "namespace", "user-ada", "-o", "yaml"));
      assertThat(PodHub.startServer(hub, "ada").statusCode()).isEqualTo(201);
    } finally {
      cluster.kubectl("delete", "namespace", "user-ada", "--ignore-not-found", "--timeout=150s");
    }
  }
}
