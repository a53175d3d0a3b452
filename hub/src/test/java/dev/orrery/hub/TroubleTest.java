package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers are given by settings, and what happens when there are too many of them. */
class TroubleTest {

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
}
