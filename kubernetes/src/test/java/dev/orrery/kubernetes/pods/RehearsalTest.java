package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What can't become a pod is said before anybody waits for one. */
class RehearsalTest {

  private static void rehearse(Map<String, Object> pods, List<?> profiles) {
    rehearse(pods, Map.of(), profiles);
  }

  private static void rehearse(
      Map<String, Object> pods, Map<String, Object> environment, List<?> profiles) {
    Rehearsal.of(TestSettings.of(pods, environment, profiles));
  }

  private static List<?> profile(Map<String, Object> overrides) {
    return List.of(Map.of("display_name", "P", "kubespawner_override", overrides));
  }

  @Test
  void goodSettingsPass() {
    assertThatCode(() ->
            rehearse(
                Map.of("storage_pvc_ensure", true, "storage_capacity", "1Gi"),
                Map.of("NAME", "{username}"),
                profile(Map.of("mem_limit", "1G", "node_selector", Map.of("a", "b")))))
        .doesNotThrowAnyException();
  }

  @Test
  void unknownFieldsOfTemplatesAreTold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rehearse(Map.of("pod_name_template", "p-{usr}"), List.of()))
        .withMessageContaining("{usr}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rehearse(Map.of(), Map.of("A", "{usr}"), List.of()))
        .withMessageContaining("{usr}");
  }

  @Test
  void whatAProfileCantChangeIsTold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rehearse(Map.of(), profile(Map.of("imaeg", "x:1"))))
        .withMessageContaining("'imaeg'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rehearse(Map.of(), profile(Map.of("mem_limit", "a lot"))))
        .withMessageContaining("mem_limit is 'a lot'");
    Map<String, Object> bad =
        Map.of("display_name", "B", "kubespawner_override", Map.of("uid", "root"));
    assertThatIllegalArgumentException()
        .as("in a choice of a profile")
        .isThrownBy(() ->
            rehearse(
                Map.of(),
                List.of(
                    Map.of(
                        "display_name",
                        "P",
                        "profile_options",
                        Map.of(
                            "who",
                            Map.of(
                                "display_name",
                                "Who",
                                "choices",
                                Map.of(
                                    "a",
                                    Map.of("display_name", "A", "default", true),
                                    "b",
                                    bad)))))))
        .withMessageContaining("uid is 'root'");
  }

  @Test
  void volumeWithoutASizeIsTold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rehearse(Map.of("storage_pvc_ensure", true), List.of()))
        .withMessageContaining("storage_capacity");
  }
}
