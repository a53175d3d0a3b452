package dev.orrery.hub.servers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.spawner.spi.SpawnFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Why a server could not be reached. */
class ProbeTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  @AutoClose private final Probe probe = new Probe();

  @Test
  void nameThatIsNotKnownIsNamedAndWhatToDo() {
    // No resolver has one of this domain, by RFC 6761.
    URI url = URI.create("http://jupyter-ada.invalid:8888/api");
    assertThatThrownBy(() -> probe.awaitAnswer(url, SHORT, () -> {}))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageContaining("the name jupyter-ada.invalid is not known")
        .hasMessageContaining("services_enabled");
  }

  @Test
  void portThatIsClosedIsNotTakenForAName() throws IOException {
    URI url;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      url = URI.create("http://localhost:" + socket.getLocalPort() + "/api");
    }
    assertThatThrownBy(() -> probe.awaitAnswer(url, SHORT, () -> {}))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageEndingWith("nothing listens there");
  }
}
