package dev.orrery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has no cluster reads where one was looked for. */
class ClusterSearchTest {

  @TempDir private Path home = Path.of("");

  @Test
  void whatWasLookedForIsTold() {
    assertThat(ClusterSearch.failure(Map.of(), home).orElseThrow())
        .contains("KUBECONFIG", home.resolve(".kube/config").toString(), "service account");
    assertThat(ClusterSearch.failure(Map.of("KUBECONFIG", "/nope:/none"), home).orElseThrow())
        .contains("/nope:/none");
  }

  @Test
  void oneFileIsEnough() throws Exception {
    Path file = Files.writeString(home.resolve("mine"), "");
    assertThat(ClusterSearch.failure(Map.of("KUBECONFIG", "/nope:" + file), home)).isEmpty();
    Files.createDirectory(home.resolve(".kube"));
    Files.writeString(home.resolve(".kube/config"), "");
    assertThat(ClusterSearch.failure(Map.of(), home)).isEmpty();
  }
}
