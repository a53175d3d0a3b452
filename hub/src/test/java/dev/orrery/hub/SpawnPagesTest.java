package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.settings.PageSettings;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers started, stopped, added and missed by the pages. */
class SpawnPagesTest {

  private static final ServerName ANN = new ServerName("ann", "");

  @TempDir private Path folder;

  private static Map<String, Object> options(RunningHub hub, ServerName who) {
    var request = hub.spawner.requests.get(who);
    assertThat(request).as("a start of " + who).isNotNull();
    return request.userOptions();
  }

  @Test
  void aStartByAddressTakesOptionsThatBeginWithOpt() throws IOException {
    try (var hub = new RunningHub(folder);
        var ann = Browser.of(hub, "ann")) {
      var answer =
          ann.get("/hub/spawn?opt-size=big&opt-size=blue&other=x&next=%2Fuser%2Fann%2Flab");
      assertThat(Browser.location(answer)).isEqualTo("/user/ann/lab");
      assertThat(options(hub, ANN)).isEqualTo(Map.of("size", List.of("big", "blue")));
      assertThat(Browser.location(ann.get("/hub/spawn?next=%2F%2Fevil.example")))
          .as("no other site")
          .isEqualTo("/hub/home");
    }
    try (var hub = new RunningHub(folder);
        var ann = Browser.of(hub, "ann")) {
      assertThat(ann.get("/hub/spawn?opt-=x").status()).isEqualTo(422);
      ann.get("/hub/spawn?size=small&next=%2Fuser%2Fann%2F");
      assertThat(options(hub, ANN)).isEqualTo(Map.of("size", List.of("small")));
    }
  }

  @Test
  void aFormAsksBeforeTheStart() throws IOException {
    String html = "<label for=\"size\">Size</label><input name=\"size\" id=\"size\">";
    try (var hub = new RunningHub(folder, s -> s, RunningHub.form(html));
        var ann = Browser.of(hub, "ann")) {
      assertThat(ann.get("/hub/spawn").body()).contains(html);
      assertThat(hub.spawner.requests).as("asking starts nothing").isEmpty();
      assertThat(ann.post("/hub/spawn", "size=big").status()).as("no form of ours").isEqualTo(403);
      assertThat(hub.spawner.requests).isEmpty();
      var answer = ann.submit("/hub/spawn", "/hub/spawn", "size=big&size=red");
      assertThat(answer.status()).isEqualTo(302);
      assertThat(options(hub, ANN)).isEqualTo(Map.of("size", List.of("big", "red")));
      String token = Browser.xsrf(ann.get("/hub/home")).orElseThrow();
      assertThat(ann.post("/hub/spawn", Browser.field("_xsrf", token)).status())
          .as("it runs already")
          .isEqualTo(400);
    }
  }

  @Test
  void filesOfAFormAreKeptAsText() throws IOException {
    try (var hub = new RunningHub(folder, s -> s, RunningHub.form("<input name=\"a\">"));
        var ann = Browser.of(hub, "ann")) {
      String head = "--edge\nContent-Disposition: form-data; name=\"env\"; filename=\"a.txt\"\n";
      var large =
          ann.submitParts(
              "/hub/spawn", "/hub/spawn", head + "\n" + "x".repeat(300_000) + "\n--edge--");
      assertThat(large.status()).isEqualTo(413);
      assertThat(ann.submitParts("/hub/spawn", "/hub/spawn", head + "\nhalf").status())
          .isEqualTo(400);
      assertThat(hub.spawner.requests).isEmpty();
      var answer =
          ann.submitParts(
              "/hub/spawn", "/hub/spawn", head + "Content-Type: text/plain\n\nhello\n--edge--");
      assertThat(answer.status()).as(answer.body()).isEqualTo(302);
      assertThat(options(hub, ANN))
          .isEqualTo(
              Map.of(
                  "env_file",
                  List.of(
                      Map.of(
                          "filename", "a.txt", "content_type", "text/plain", "body", "aGVsbG8="))));
      String user = hub.token("boss", true, "inherit");
      assertThat(hub.ask(user, "GET", "/hub/api/users/ann", "").status()).isEqualTo(200);
    }
  }

  @Test
  void nobodyStartsOrStopsServersOfOthers() throws IOException {
    try (var hub = new RunningHub(folder);
        var ann = Browser.of(hub, "ann");
        var bob = Browser.of(hub, "bob")) {
      ann.get("/hub/spawn");
      assertThat(bob.get("/hub/spawn/ann").status()).isEqualTo(404);
      assertThat(bob.get("/hub/spawn-pending/ann").status()).isEqualTo(404);
      assertThat(bob.get("/hub/user/ann/lab").status()).isEqualTo(404);
      ann.get("/hub/home");
      bob.get("/hub/spawn");
      assertThat(bob.submit("/hub/home", "/hub/home/stop", "user=ann").status()).isEqualTo(404);
      assertThat(ready(hub, "ann", "")).isTrue();
    }
  }

  private static boolean ready(RunningHub hub, String user, String server) {
    return hub.database.read(tx ->
        tx.servers()
            .find(tx.users().find(user).orElseThrow().id(), server)
            .map(UserServer::isReady)
            .orElse(false));
  }

  @Test
  void aStartUnderWayCanBeGivenUp() throws Exception {
    try (var hub = new RunningHub(folder);
        var ann = Browser.of(hub, "ann");
        var other = Browser.of(hub, "ann");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      hub.spawner.gate = new CountDownLatch(1);
      var start = threads.submit(() -> ann.get("/hub/spawn"));
      while (!hub.spawner.requests.containsKey(ANN)) {
        Thread.onSpinWait();
      }
      var home = other.get("/hub/home").body();
      assertThat(home).contains("Your server is starting", "data-pending");
      var pending = other.get("/hub/spawn-pending/ann");
      assertThat(pending.body()).contains("progress-bar", "Give up");
      assertThat(Browser.location(other.get("/hub/user/ann/lab?x=1")))
          .isEqualTo("/hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab%3Fx%3D1");
      var stopped = other.submit("/hub/spawn-pending/ann", "/hub/home/stop", "user=ann&server=");
      assertThat(Browser.location(stopped)).isEqualTo("/hub/home");
      start.get();
      assertThat(other.get("/hub/home").body()).contains("Your server is stopped");
      assertThat(other.get("/hub/spawn-pending/ann").body()).contains("could not be started");
    }
  }

  @Test
  void aStartThatFailedSaysWhy() throws IOException {
    try (var hub = new RunningHub(folder);
        var ann = Browser.of(hub, "ann")) {
      hub.spawner.failure = SpawnFailure.failed("exited", "No room for <you>");
      var pending = Browser.location(ann.get("/hub/spawn"));
      assertThat(pending).isEqualTo("/hub/spawn-pending/ann");
      var page = ann.get(pending);
      assertThat(page.status()).isEqualTo(500);
      assertThat(page.body()).contains("No room for &lt;you&gt;", "Try again");
      hub.spawner.failure = null;
      assertThat(Browser.location(ann.get("/hub/spawn"))).isEqualTo("/user/ann/");
    }
  }

  @Test
  void namedServersAreAddedStartedAndDeleted() throws IOException {
    try (var hub = new RunningHub(folder, RunningHub.named(2), pages -> pages);
        var ann = Browser.of(hub, "ann")) {
      String name = Browser.field("display_name", "My <i>GPU</i> server");
      assertThat(ann.submit("/hub/home", "/hub/home/add", name).status()).isEqualTo(302);
      String home = ann.get("/hub/home").body();
      assertThat(home).contains("My &lt;i&gt;GPU&lt;/i&gt; server", "1 of 2 named servers");
      String slug = "my-i-gpu-i-server";
      assertThat(Browser.location(ann.get("/hub/spawn/ann/" + slug)))
          .isEqualTo("/user/ann/" + slug + "/");
      assertThat(ready(hub, "ann", slug)).isTrue();
      assertThat(ready(hub, "ann", "")).as("not the default one").isFalse();

      assertThat(ann.submit("/hub/home", "/hub/home/add", name).status())
          .as("the same name again gets another address")
          .isEqualTo(302);
      var third = ann.submit("/hub/home", "/hub/home/add", Browser.field("display_name", "c"));
      assertThat(third.status()).isEqualTo(400);
      assertThat(third.body()).contains("2 of 2");
      assertThat(ann.submit("/hub/home", "/hub/home/add", "display_name=%09").status())
          .isEqualTo(400);
      assertThat(ann.post("/hub/home/delete", "server=" + slug).status()).isEqualTo(403);
      assertThat(ann.submit("/hub/home", "/hub/home/delete", "server=").status()).isEqualTo(400);
      ann.submit("/hub/home", "/hub/home/stop", "server=" + slug);
      assertThat(ready(hub, "ann", slug)).isFalse();
      ann.submit("/hub/home", "/hub/home/delete", "server=" + slug);
      assertThat(ann.get("/hub/home").body()).contains("1 of 2");
    }
    try (var hub = new RunningHub(folder, servers -> servers, pages -> pages);
        var ann = Browser.of(hub, "ann")) {
      ann.get("/hub/spawn");
      assertThat(ann.get("/hub/home").body()).doesNotContain("display_name");
      assertThat(ann.submit("/hub/home", "/hub/home/add", "display_name=a").status())
          .isEqualTo(400);
      assertThat(ann.get("/hub/spawn/ann/a").status()).isEqualTo(400);
    }
  }

  @Test
  void wherePeopleFindNoServerTheyAreToldHowToStartIt() throws IOException {
    try (var hub = new RunningHub(folder, RunningHub.named(0), pages -> pages);
        var ann = Browser.of(hub, "ann")) {
      var page = ann.get("/hub/user/ann/lab?a=b");
      assertThat(page.status()).isEqualTo(424);
      assertThat(page.body()).contains("/hub/spawn/ann?next=%2Fuser%2Fann%2Flab%3Fa%3Db");
      assertThat(page.body()).doesNotContain("http-equiv");
      for (var json :
          List.of(
              ann.get("/hub/user/ann/api/status"),
              ann.get("/hub/user/ann/lab", "Accept", "application/json"),
              ann.get("/hub/user/ann/api/x", "Sec-Fetch-Mode", "cors"),
              ann.post("/hub/user/ann/api/kernels", "x=y"))) {
        assertThat(json.status()).isEqualTo(424);
        assertThat(json.json().path("message").asString()).contains("/hub/spawn/ann");
      }
      ann.submit("/hub/home", "/hub/home/add", "display_name=gpu");
      assertThat(ann.get("/hub/user/ann/gpu/lab").body()).contains("/hub/spawn/ann/gpu?next=");
      // It runs, and the proxy does not know it yet.
      ann.get("/hub/spawn");
      assertThat(Browser.location(ann.get("/hub/user/ann/lab?a=b")))
          .isEqualTo("/user/ann/lab?a=b&redirects=1");
      assertThat(Browser.location(ann.get("/hub/user/ann/lab?redirects=1&a=b")))
          .isEqualTo("/user/ann/lab?a=b&redirects=2");
      assertThat(ann.get("/hub/user/ann/lab?redirects=4").status()).isEqualTo(503);
      assertThat(Browser.location(ann.get("/hub/user-redirect/lab/tree/a%20b?x=%2F%2Fe")))
          .isEqualTo("/hub/spawn/ann?next=%2Fuser%2Fann%2Flab%2Ftree%2Fa%2520b%3Fx%3D%252F%252Fe");
      assertThat(Browser.location(ann.get("/hub/user-redirect//evil.example")))
          .isEqualTo("/hub/spawn/ann?next=%2Fuser%2Fann%2Fevil.example");
    }
  }

  @Test
  void theOperatorHasAWordOnPages() throws IOException {
    var settings =
        new PageSettings(
            Map.of("announcement", "<b>All</b>", "announcement_login", "<i>Here</i>"),
            Optional.empty(),
            503,
            true,
            Duration.ofMillis(2500),
            "",
            "",
            "ko");
    try (var hub = new RunningHub(folder, s -> s, _ -> settings);
        var ann = Browser.of(hub, "ann")) {
      assertThat(ann.get("/hub/home").body()).contains("<b>All</b>", "<html lang=\"ko\">");
      var page = ann.get("/hub/user/ann/lab", "Accept-Language", "en");
      assertThat(page.status()).isEqualTo(503);
      assertThat(page.body()).contains("http-equiv=\"refresh\" content=\"3; url=/hub/spawn/ann");
      ann.get("/hub/spawn");
      ann.get("/hub/logout");
      long limit = System.nanoTime() + 20_000_000_000L;
      while (ready(hub, "ann", "") && System.nanoTime() < limit) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(ready(hub, "ann", "")).as("the server ends with the login").isFalse();
      assertThat(ann.get("/hub/login").body()).contains("<i>Here</i>").doesNotContain("<b>All");
    }
  }
}
