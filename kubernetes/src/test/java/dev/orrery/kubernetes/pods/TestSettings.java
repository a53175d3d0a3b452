package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.manifests.PodSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings of pods without a cluster. */
final class TestSettings {

  private TestSettings() {}

  static KubeSettings of(Map<String, ?> pods, Map<String, Object> environment, List<?> profiles) {
    return new KubeSettings(
        PodSettings.of(pods),
        environment,
        Profiles.of(profiles),
        ApiAddress.OF_SURROUNDINGS,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        true,
        false,
        true,
        Duration.ofSeconds(1),
        "",
        new KubeSettings.Slow("", Duration.ZERO, Duration.ofSeconds(1)));
  }
}
