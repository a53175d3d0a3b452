package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.orrery.conformance.cluster.Image;
import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hub, its proxy and everybody's server as pods, by the YAML that the documentation shows. */
@Tag("cluster")
class HubOnKubernetesInBrowserTest extends InBrowser {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern INVITATION = Pattern.compile("http://[^/\\s]+(/\\S+invitation\\S+)");
  private static final String SECRET =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: jupyter}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: hub, namespace: jupyter}
      # As openssl prints it, with the end of the line.
      stringData: {proxy-token: "0123456789abcdef\\n"}
      """;

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @Test
  @Timeout(600)
  void twoPeopleGetAPodEachFromAHubThatRunsInOne() {
    KubernetesCluster cluster = CLUSTER.get();
    try {
      cluster.load(Image.of("hub"));
      cluster.load(Image.of("base-notebook"));
      cluster.apply(SECRET);
      cluster.applyIn("jupyter", example());
      awaitRollout(cluster, "proxy");
      awaitRollout(cluster, "hub");

      String address =
          inJupyter(cluster, "get", "service", "proxy-public", "-o", "jsonpath={.spec.clusterIP}");
      String origin = "http://" + address;
      Eventually.holds(
          "the hub is reached by its Service, which is a moment after it is ready",
          LIMIT,
          () -> statusOf(origin + "/hub/health") == 200,
          () -> inJupyter(cluster, "get", "pods,endpointslices"));
      continueAt(origin);
      page().navigate(origin + invitation(cluster));
      HubPages.makeAccount(page(), "ada");
      page().locator("#start").click();
      itsNotebookRunsInItsPod("ada");
      aCellRuns(1, "open('kept.txt', 'w').write('of ada')", "6");

      page().navigate(origin + "/hub/admin");
      page().locator("#invite").click();
      String link = page().locator("#invitation").inputValue();
      Page ada = nextPerson("en-US");
      page().navigate(origin + Pattern.compile("^https?://[^/]+").matcher(link).replaceFirst(""));
      HubPages.makeAccount(page(), "bob");
      page().navigate(origin + "/hub/spawn");
      itsNotebookRunsInItsPod("bob");
      assertThat(servers(cluster)).containsExactly("jupyter-ada", "jupyter-bob");

      ada.navigate(origin + "/hub/home");
      ada.locator("#stop").click();
      assertThat(ada.locator("#default-state")).hasText("Your server is stopped.");
      awaitServers(cluster, "jupyter-bob");
      assertThat(inJupyter(cluster, "get", "pvc", "-o", "name").lines())
          .as("a stop keeps what people have saved")
          .contains("persistentvolumeclaim/claim-ada", "persistentvolumeclaim/claim-bob");

      // What bob runs goes through the proxy alone.
      String before = inJupyter(cluster, "get", "pods", "--selector=app=hub", "-o", "name").strip();
      inJupyter(cluster, "delete", before, "--grace-period=0", "--force");
      aCellRuns(1, "6 * 7", "42");
      awaitAnotherHub(cluster, before, origin);
      ada.reload();
      assertThat(ada.locator("#default-state")).hasText("Your server is stopped.");
      page().navigate(origin + "/hub/home");
      assertThat(page().locator("#default-state")).hasText("Your server runs.");

      ada.locator("#start").click();
      ada.waitForURL(Pattern.compile(".*/user/ada/lab.*"));
      assertThat(ada.locator(".jp-NotebookPanel")).isVisible();
      String kept = inJupyter(cluster, "exec", "jupyter-ada", "--", "cat", "kept.txt");
      assertThat(kept).isEqualTo("of ada");

      // Open pages would miss what ends now.
      ada.navigate("about:blank");
      page().navigate("about:blank");
    } finally {
      cluster.kubectl("delete", "namespace", "jupyter", "--timeout=150s");
    }
  }

  /** As people have it, but for pages that let a test see when they are ready. */
  private static String example() {
    String yaml = Texts.read(Path.of("..", "docs", "examples", "hub-on-kubernetes.yaml"));
    String image = "    c.KubeSpawner.image = ";
    assertThat(yaml).contains(image);
    return yaml.replace(
        image,
        "    c.KubeSpawner.cmd = ['start-notebook.sh', '--expose-app-in-browser']\n" + image);
  }

  private void itsNotebookRunsInItsPod(String name) {
    page().waitForURL(Pattern.compile(".*/user/" + name + "/lab.*"));
    page().locator(".jp-LauncherCard[data-category=Notebook]").first().click();
    aCellRuns(0, "import os; print(os.uname().nodename)", "jupyter-" + name);
  }

  /** Types into the last cell, which a run makes anew. */
  private void aCellRuns(int index, String cell, String shown) {
    awaitKernel();
    page().locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".cm-content").click();
    page().keyboard().type(cell);
    runCell(index);
    assertThat(output(index)).hasText(shown);
  }

  /** The hub answers a moment before it says where. */
  private static String invitation(KubernetesCluster cluster) {
    Eventually.holds(
        "the hub has told its link",
        LIMIT,
        () -> INVITATION.matcher(inJupyter(cluster, "logs", "deployment/hub")).find(),
        () -> inJupyter(cluster, "logs", "deployment/hub"));
    Matcher link = INVITATION.matcher(inJupyter(cluster, "logs", "deployment/hub"));
    assertThat(link.find()).isTrue();
    return link.group(1);
  }

  private static void awaitRollout(KubernetesCluster cluster, String deployment) {
    try {
      inJupyter(cluster, "rollout", "status", "deployment/" + deployment, "--timeout=150s");
    } catch (AssertionError e) {
      String log = inJupyter(cluster, "logs", "deployment/" + deployment, "--tail=50");
      throw new AssertionError(log + inJupyter(cluster, "get", "pods,events"), e);
    }
  }

  /**
   * Not by its rollout, which counts the pod that is gone until somebody looks again; nor by an
   * answer alone, which the one that was deleted may still give.
   */
  private static void awaitAnotherHub(KubernetesCluster cluster, String before, String origin) {
    String ready = "{.metadata.name}={.status.containerStatuses[0].ready} ";
    Eventually.holds(
        "another hub answers",
        LIMIT,
        () -> {
          String hubs =
              inJupyter(
                  cluster,
                  "get",
                  "pods",
                  "--selector=app=hub",
                  "-o",
                  "jsonpath={range .items[*]}" + ready + "{end}");
          return !hubs.contains(before.replaceFirst("^pod/", ""))
              && hubs.contains("=true")
              && statusOf(origin + "/hub/health") == 200;
        },
        () -> inJupyter(cluster, "get", "pods,events"));
  }

  private static int statusOf(String url) {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  private static void awaitServers(KubernetesCluster cluster, String... pods) {
    Eventually.holds(
        "there are the servers " + String.join(", ", pods),
        LIMIT,
        () -> servers(cluster).equals(List.of(pods)),
        () -> inJupyter(cluster, "get", "pods,events"));
  }

  private static List<String> servers(KubernetesCluster cluster) {
    return inJupyter(cluster, "get", "pods", "--selector=component=singleuser-server", "-o", "name")
        .lines()
        .map(name -> name.replaceFirst("^pod/", ""))
        .sorted()
        .toList();
  }

  private static String inJupyter(KubernetesCluster cluster, String... arguments) {
    return cluster.kubectlIn("jupyter", arguments);
  }
}
