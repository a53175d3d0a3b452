package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.tokens.TokenHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What those see who look after a hub: numbers, who did what, and that nothing is left lying. */
class WatchingTest {

  @TempDir private Path folder;
  private RunningHub hub;
  private String admin;

  @BeforeEach
  void start() throws IOException {
    hub = new RunningHub(folder);
    admin = hub.token("root", true, "inherit");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theNumbersHaveJupyterHubsNamesAndCountWhatHappens() {
    String ann = hub.token("ann", false, "inherit");
    assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status()).isEqualTo(201);
    assertThat(hub.ask(ann, "DELETE", "/hub/api/users/ann/server", "").status()).isEqualTo(204);
    assertThat(hub.ask(ann, "GET", "/hub/metrics", "").status())
        .as("not for everybody")
        .isEqualTo(403);
    String text = hub.ask(admin, "GET", "/hub/metrics", "").body();
    for (String name :
        List.of(
            "request_duration_seconds_count{method=\"POST\"",
            "server_spawn_duration_seconds_count{status=\"success\",reason=\"\"} 1",
            "server_stop_seconds_count{status=\"success\"} 1",
            "proxy_add_duration_seconds_count{status=\"success\"}",
            "proxy_delete_duration_seconds_count{status=\"success\"}",
            "hub_startup_duration_seconds_count 1",
            "running_servers 0",
            "active_users{period=\"24h\"}",
            "total_users 3")) {
      assertThat(text).contains("\njupyterhub_" + name);
    }
  }

  @Test
  void everyActIsToldWithWhoDidItAndHowItCameOut() {
    List<JsonNode> told;
    try (var audit = new AuditLines()) {
      String ann = hub.token("ann", false, "inherit");
      hub.ask(admin, "POST", "/hub/api/users/new", "{\"admin\":true}");
      hub.ask(ann, "DELETE", "/hub/api/users/new", "");
      hub.ask(ann, "POST", "/hub/api/users/ann/tokens", "{\"note\":\"secret words\"}");
      hub.ask(ann, "GET", "/hub/api/user", "");
      hub.ask(ann, "POST", "/hub/api/users/ann/activity", "{}");
      told = audit.told();
    }
    assertThat(told).hasSize(3);
    assertThat(told.get(0).path("user").asString()).isEqualTo("root");
    assertThat(told.get(0).path("token").asString()).startsWith("a");
    assertThat(told.get(0).path("path").asString()).isEqualTo("/hub/api/users/new");
    assertThat(told.get(0).path("status").asInt()).isEqualTo(201);
    assertThat(told.get(1).path("user").asString()).isEqualTo("ann");
    assertThat(told.get(1).path("status").asInt()).isEqualTo(403);
    assertThat(told.toString()).doesNotContain("secret words");
  }

  @Test
  void whatHasExpiredGoesAndTheRestStays() {
    Instant past = Instant.parse("2020-01-01T00:00:00Z");
    hub.token("ann", false, "inherit");
    hub.database.change(tx -> {
      long ann = tx.users().find("ann").orElseThrow().id();
      String token = TokenHash.newToken();
      tx.tokens()
          .create(
              new NewToken(
                  Holder.USER,
                  ann,
                  TokenHash.ofOurs(token),
                  TokenHash.prefix(token),
                  "jupyterhub",
                  "",
                  Optional.of(past.plusSeconds(1)),
                  "old",
                  List.of()),
              past);
    });
    long before = tokens();
    new Housekeeping(hub.database, Clock.systemUTC()).sweep();
    assertThat(tokens()).isEqualTo(before - 1);
  }

  /** All of them, those that are no longer valid included. */
  private long tokens() {
    return hub.database.read(tx ->
        tx.tokens()
            .of(Holder.USER, tx.users().find("ann").orElseThrow().id(), Instant.EPOCH)
            .size());
  }
}
