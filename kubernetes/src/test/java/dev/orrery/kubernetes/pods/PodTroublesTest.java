package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.api.PodView.Trouble;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PodTroublesTest {

  private static PodView pod(OptionalInt exit, String why, Trouble... troubles) {
    return new PodView(
        "ns",
        "jupyter-ada",
        "u",
        "ada",
        "",
        "http://hub:8081/hub/api",
        "a-1",
        "Pending",
        "",
        OptionalInt.empty(),
        false,
        false,
        exit,
        why,
        why.isEmpty() ? "" : "in the node's words",
        List.of(troubles));
  }

  @Test
  void programThatIsMissingIsToldInTheNodesWords() {
    assertThat(PodTroubles.hopeless(pod(OptionalInt.of(128), "StartError")))
        .contains("The container can't be started (in the node's words)");
  }

  @Test
  void whoWaitsReadsWhatIsMissing() {
    assertThat(
            PodTroubles.inWords("Unschedulable", "0/3 nodes are available: 3 Insufficient memory."))
        .startsWith("Waiting for a machine with enough free memory (0/3");
    assertThat(
            PodTroubles.inWords(
                "FailedScheduling",
                "0/2 nodes are available: 2 node(s) had volume node affinity conflict."))
        .startsWith("Waiting for a machine that can reach the volume");
    assertThat(
            PodTroubles.inWords(
                "FailedScheduling",
                "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node"
                    + " affinity."))
        .startsWith("Waiting for a machine that can reach the volume");
    assertThat(PodTroubles.inWords("FailedScheduling", "")).isEqualTo("Waiting for a machine");
    assertThat(PodTroubles.inWords("SomethingNew", "of a later version"))
        .isEqualTo("SomethingNew (of a later version)");
  }

  @Test
  void imageThatIsNotThereIsNotWaitedFor() {
    assertThat(
            PodTroubles.hopeless(
                pod(
                    OptionalInt.empty(),
                    "",
                    new Trouble("ErrImagePull", "manifest unknown: manifest unknown"))))
        .isPresent();
    assertThat(
            PodTroubles.hopeless(
                pod(
                    OptionalInt.empty(),
                    "",
                    new Trouble("ErrImagePull", "dial tcp 10.0.0.1:443: connect: refused"))))
        .as("a registry that does not answer now may answer later")
        .isEmpty();
    assertThat(
            PodTroubles.hopeless(
                pod(OptionalInt.empty(), "", new Trouble("Unschedulable", "no nodes"))))
        .as("a node may come")
        .isEmpty();
  }

  @Test
  void serverThatNeededTooMuchMemoryIsToldSo() {
    assertThat(PodTroubles.hopeless(pod(OptionalInt.of(137), "OOMKilled")))
        .hasValueSatisfying(
            sentence -> assertThat(sentence).contains("137").contains("more memory"));
  }

  @Test
  void claimThatIsBeingDeletedIsToldFromOneThatIsNotThere() {
    String ending = "persistentvolumeclaim \"claim-ada\" is being deleted. not found";
    String none = "persistentvolumeclaim \"claim-ada\" not found";
    assertThat(PodTroubles.inWords("Unschedulable", ending))
        .startsWith("The volume for the files is being deleted (");
    assertThat(PodTroubles.inWords("Unschedulable", none))
        .startsWith("The volume for the files does not exist (");
    assertThat(
            PodTroubles.isOfEndingClaim(
                pod(OptionalInt.empty(), "", new Trouble("Unschedulable", ending))))
        .isTrue();
    assertThat(
            PodTroubles.isOfEndingClaim(
                pod(OptionalInt.empty(), "", new Trouble("Unschedulable", none))))
        .as("one that was made a moment ago, of which the scheduler has not heard yet")
        .isFalse();
  }
}
