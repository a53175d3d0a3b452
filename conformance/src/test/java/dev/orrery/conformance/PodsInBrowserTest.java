package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who waits for a pod reads why, gives it up, and chooses again after one that failed. */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class PodsInBrowserTest extends InBrowser {

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @Override
  List<Complaints.Noise> expectedNoise() {
    return List.of(
        new Complaints.Noise(
            "status of 500", "the page of a start that failed, as upstream has it"));
  }

  @Test
  void whoWaitsIsToldWhyAndWhatFailedIsTriedAgain() {
    KubernetesCluster cluster = CLUSTER.get();
    try (var hub =
        PodHub.start(
            cluster,
            """
            c.KubeSpawner.cmd = ["start-notebook.sh", "--expose-app-in-browser"]
            c.KubeSpawner.profile_list = [
                {"display_name": "Small", "default": True},
                {"display_name": "Huge", "kubespawner_override": {"mem_guarantee": "900G"}},
                {"display_name": "Elsewhere", "kubespawner_override": {
                    "image": "localhost/orrery/none:1", "image_pull_policy": "Never"}},
            ]
            """)) {
      continueAt(hub.origin());
      page().navigate(hub.origin() + "/hub/login");
      page().locator("#username_input").fill("ada");
      page().locator("#password_input").fill("any");
      page().locator("#login_submit").click();
      page().waitForURL(Pattern.compile(".*/hub/(?!login).*"));

      choose(hub, "Huge");
      assertThat(page().locator("#progress-log"))
          .containsText("Waiting for a machine with enough free memory");
      HubPages.shown(page(), "pod-waits");
      page().locator("#stop").click();
      assertThat(page().locator("#default-state")).hasText("Your server is stopped.");

      choose(hub, "Elsewhere");
      assertThat(page().locator("main"))
          .containsText("The image is not on the machine and may not be pulled");
      HubPages.shown(page(), "pod-failed");
      page().locator("#start").click();
      page().getByLabel("Small").check();
      page().locator("#start").click();
      page().waitForURL(Pattern.compile(".*/user/ada/lab.*"));
      assertThat(page().locator(".jp-LauncherCard").first()).isVisible();
      page().navigate("about:blank");
    } finally {
      cluster.kubectl("delete", "pods,pvc", "--all", "--timeout=150s");
    }
  }

  private void choose(OurHub hub, String profile) {
    page().navigate(hub.origin() + "/hub/spawn");
    page().getByLabel(profile).check();
    page().locator("#start").click();
  }
}
