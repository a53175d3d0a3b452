package dev.orrery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  void aFileThatIsNoneIsToldInASentence() throws Exception {
    Path file = Files.writeString(home.resolve("mine"), "{apiVersion: v1, kind: [");
    // The client's name for what the variable says, which a test can't set.
    System.setProperty("kubeconfig", file.toString());
    try {
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              ClusterSearch.open(
                  ApiAddress.OF_SURROUNDINGS,
                  Map.of("KUBECONFIG", file.toString()),
                  home,
                  Duration.ofSeconds(1)))
          .withMessageStartingWith("The kubeconfig file can't be read: ")
          .withMessageNotContainingAny("Exception", "\tat ");
    } finally {
      System.clearProperty("kubeconfig");
    }
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
