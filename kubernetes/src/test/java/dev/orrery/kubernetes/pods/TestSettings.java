package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.manifests.PodSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of pods, with a cluster or without. */
final class TestSettings {

  private TestSettings() {}

  /** Settings of pods that are asked for at a cluster, which is given time. */
  static KubeSettings at(FakeCluster cluster, Map<String, ?> pods) {
    return at(cluster, pods, Map.of(), true);
  }

  /** The same with these variables, for pods that are removed once they have ended or not. */
  static KubeSettings at(
      FakeCluster cluster,
      Map<String, ?> pods,
      Map<String, Object> environment,
      boolean removesEnded) {
    return of(
        pods,
        environment,
        List.of(),
        new ApiAddress(cluster.url(), "", Optional.empty()),
        Duration.ofSeconds(20),
        removesEnded);
  }

  /** Settings for a cluster that does not answer, for which is not waited long. */
  static KubeSettings impatient(FakeCluster cluster) {
    return of(
        Map.of(),
        Map.of(),
        List.of(),
        new ApiAddress(cluster.url(), "", Optional.empty()),
        Duration.ofSeconds(1),
        true);
  }

  static KubeSettings of(Map<String, ?> pods, Map<String, Object> environment, List<?> profiles) {
    return of(pods, environment, profiles, ApiAddress.OF_SURROUNDINGS, Duration.ofSeconds(1), true);
  }

  private static KubeSettings of(
      Map<String, ?> pods,
      Map<String, Object> environment,
      List<?> profiles,
      ApiAddress api,
      Duration patience,
      boolean removesEnded) {
    return new KubeSettings(
        PodSettings.of(pods),
        environment,
        Profiles.of(profiles),
        api,
        patience,
        patience,
        true,
        false,
        removesEnded,
        Duration.ofSeconds(1),
        "",
        new KubeSettings.Slow("", Duration.ZERO, Duration.ofSeconds(1)));
  }
}
