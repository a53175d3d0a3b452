package dev.orrery.conformance.cluster;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One cluster for all tests that want it: up before the first of them, down after the last of all.
 * Whoever leaves something there that is in the way of others removes it.
 *
 * <p>Registered as a static field. Where this machine can run no cluster, each test is told of as
 * skipped.
 */
public final class SharedCluster implements BeforeEachCallback {

  private static final int ID = 241;

  private Optional<KubernetesCluster> cluster = Optional.empty();

  /** Of the test that runs. */
  public KubernetesCluster get() {
    return cluster.orElseThrow();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    // What is in the store is closed with it, when all tests have run.
    cluster =
        Optional.of(
            context
                .getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedCluster.class))
                .computeIfAbsent(
                    KubernetesCluster.class,
                    type -> KubernetesCluster.start(ID),
                    KubernetesCluster.class));
  }
}
