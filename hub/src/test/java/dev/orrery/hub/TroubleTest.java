package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What people hear when there is too much, or something that the hub needs hangs or is gone. */
class TroubleTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void whoIsTooManyIsToldWhenToComeBack() throws IOException {
    try (var hub =
        new RunningHub(
            folder,
            "--JupyterHub.active_server_limit=1",
            "--JupyterHub.spawn_throttle_retry_range=[5, 6]")) {
      String boss = hub.token("boss", true, "servers", "admin:users");
      hub.token("ann", false);
      assertThat(hub.ask(boss, "POST", "/hub/api/users/boss/server", "").status()).isEqualTo(201);
      String ann = hub.token("ann", false, "servers");
      var refused = hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After"))
          .hasValueSatisfying(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(5, 6));
    }
  }

  @Test
  void aStartThatHangsIsGivenUp() throws IOException {
    try (var hub = new RunningHub(folder, "--Spawner.start_timeout=1")) {
      hub.spawner.gate = new CountDownLatch(1);
      String ann = hub.token("ann", false, "servers", "read:users");
      var answer = hub.ask(ann, "POST", "/hub/api/users/ann/server", "");
      // Whether the failure or the end of patience comes first, nobody says that it runs.
      assertThat(answer.status()).isIn(202, 500);
      assertThat(eventually(() -> hub.ask(ann, "GET", "/hub/api/users/ann", "").json()))
          .isEqualTo("");
      hub.spawner.gate = new CountDownLatch(0);
      assertThat(hub.ask(ann, "POST", "/hub/api/users/ann/server", "").status()).isEqualTo(201);
    }
  }

  /** What is pending of the default server, once it is nothing. */
  private static String eventually(Supplier<JsonNode> user) {
    long end = System.nanoTime() + LIMIT.toNanos();
    String pending = user.get().path("pending").asString("");
    while (!pending.isEmpty() && System.nanoTime() < end) {
      pending = user.get().path("pending").asString("");
    }
    return pending;
  }

  @Test
  void aDatabaseThatIsLockedKeepsWritersWaitingAndNobodyElse() throws Exception {
    Path file = folder.resolve("hub.sqlite");
    try (var hub = new RunningHub(folder, new DatabaseUrl.SqliteFile(file), Clock.systemUTC());
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      String boss = hub.token("boss", true, "admin:users", "list:users");
      assertThat(hub.ask(boss, "GET", "/hub/api/users", "").json()).hasSize(1);
      Future<RunningHub.Answer> writing;
      try (var other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        try (var statement = other.createStatement()) {
          statement.execute("BEGIN IMMEDIATE");
        }
        writing = callers.submit(() -> hub.ask(boss, "POST", "/hub/api/users/ann", ""));
        for (int i = 0; i < 20; i++) {
          assertThat(hub.ask(boss, "GET", "/hub/api/users", "").json()).hasSize(1);
        }
        assertThat(writing.isDone()).isFalse();
      }
      assertThat(writing.get().status()).isEqualTo(201);
      assertThat(hub.ask(boss, "GET", "/hub/api/users", "").json()).hasSize(2);
    }
  }

  @Test
  void aDatabaseThatIsGoneIsSaidToBeAndFoundAgain() throws Exception {
    try (var postgres = EmbeddedPostgres.start();
        var wire = new Wire(postgres.getPort());
        var hub =
            new RunningHub(
                folder,
                DatabaseUrl.parse(
                    "postgresql://postgres@127.0.0.1:" + wire.port() + "/postgres", folder),
                Clock.systemUTC())) {
      String boss = hub.token("boss", true, "admin:users", "list:users");
      assertThat(hub.ask(boss, "GET", "/hub/api/users", "").status()).isEqualTo(200);
      wire.cut();
      var gone = hub.ask(boss, "GET", "/hub/api/users", "");
      assertThat(gone.status()).isEqualTo(503);
      assertThat(gone.json().path("message").asString())
          .contains("The database does not answer")
          .doesNotContain("Exception");
      assertThat(hub.ask(boss, "GET", "/hub/health", "").status()).isEqualTo(503);
      wire.mend();
      assertThat(hub.ask(boss, "POST", "/hub/api/users/ann", "").status()).isEqualTo(201);
      // What was cut in the middle is asked once more.
      wire.cut();
      wire.mend();
      assertThat(hub.ask(boss, "GET", "/hub/api/users", "").json()).hasSize(2);
    }
  }
}
