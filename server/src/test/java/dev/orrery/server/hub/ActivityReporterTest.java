package dev.orrery.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.server.Eventually;
import dev.orrery.server.FakeHub;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ActivityReporterTest {

  @Test
  void whatTheHubKnowsIsNotToldAgain() throws Exception {
    try (var hub = new FakeHub()) {
      var last = new AtomicReference<>(Instant.parse("2030-01-02T03:04:05.678901234Z"));
      var rounds = new AtomicInteger();
      URI api = URI.create("http://127.0.0.1:" + hub.port() + "/hub/api");
      try (var reporter =
          new ActivityReporter(
              new HubClient(settings(api)),
              URI.create(api + "/users/anna/activity"),
              Duration.ofMillis(5),
              () -> {
                rounds.incrementAndGet();
                return last.get();
              })) {
        reporter.start();
        Eventually.holds("five rounds", () -> rounds.get() > 5);
        assertThat(hub.activity())
            .containsExactly(
                "{\"servers\":{\"second\":{\"last_activity\":\"2030-01-02T03:04:05.678901Z\"}},"
                    + "\"last_activity\":\"2030-01-02T03:04:05.678901Z\"}");
        last.set(last.get().plusMillis(1));
        int before = rounds.get();
        Eventually.holds("five more", () -> rounds.get() > before + 5);
        assertThat(hub.activity()).hasSize(2);
      }
    }
  }

  private static HubSettings settings(URI api) {
    return new HubSettings(
        "anna",
        "second",
        "/user/anna/second/",
        Optional.empty(),
        new HubSettings.Hub(api, "", "/hub/"),
        new HubSettings.Client(
            FakeHub.SERVER_TOKEN,
            "c",
            "/user/anna/second/oauth_callback",
            Set.of("access:servers")),
        new HubSettings.ActivityReports(Optional.empty(), Duration.ZERO),
        CookieOptions.usual(false),
        new HubSettings.Xsrf(Optional.empty(), "/user/anna/second/"),
        false,
        true,
        Duration.ofMinutes(5));
  }
}
