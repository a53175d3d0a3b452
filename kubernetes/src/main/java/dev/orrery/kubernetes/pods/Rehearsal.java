package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.manifests.ClaimManifest;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.kubernetes.manifests.PodPlan;
import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the pods that the settings allow for somebody who does not exist, so that what can't become
 * a pod is said when the hub starts and not when people wait.
 */
final class Rehearsal {

  private static final ServerName SOMEBODY = new ServerName("somebody", "a-server");
  private static final String NAMESPACE = "a-namespace";

  private final KubeSettings settings;

  private Rehearsal(KubeSettings settings) {
    this.settings = settings;
  }

  /**
   * Tries each profile, and each choice in it.
   *
   * @throws IllegalArgumentException when one makes no pod, with the reason
   */
  static void of(KubeSettings settings) {
    var rehearsal = new Rehearsal(settings);
    for (Map<String, Object> chosen : choices(settings.profiles())) {
      rehearsal.perform(chosen);
    }
  }

  private static List<Map<String, Object>> choices(Profiles profiles) {
    var all = new ArrayList<Map<String, Object>>();
    if (profiles.all().isEmpty()) {
      all.add(Map.of());
    }
    for (Profiles.Profile profile : profiles.all()) {
      all.add(Map.of("profile", profile.slug()));
      profile
          .options()
          .forEach((name, option) ->
              option
                  .choices()
                  .keySet()
                  .forEach(choice -> all.add(Map.of("profile", profile.slug(), name, choice))));
    }
    return all;
  }

  private void perform(Map<String, Object> chosen) {
    Launch launch;
    try {
      launch = Launch.of(settings, request(chosen));
    } catch (SpawnFailure e) {
      // Something has to be entered that only people can.
      return;
    }
    Templates templates = launch.templates(NAMESPACE);
    PodNames names = launch.names(NAMESPACE);
    String claim = launch.claim(names, templates);
    PodPlan plan = launch.plan(names, templates, claim);
    PodManifest.of(plan);
    if (launch.settings().get(KubeTraits.STORAGE_PVC_ENSURE)) {
      ClaimManifest.of(SOMEBODY, claim, launch.settings(), plan.templates());
    }
  }

  private static SpawnRequest request(Map<String, Object> chosen) {
    return new SpawnRequest(
        new SpawnRequest.Id("rehearsal"),
        SOMEBODY,
        1,
        List.of(),
        Map.of(),
        new SpawnRequest.Listen("0.0.0.0", 0, "/"),
        SpawnRequest.Limits.NONE,
        "",
        "",
        chosen,
        Map.of(),
        Duration.ofSeconds(1));
  }
}
