package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.spawner.spi.SpawnFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfilesTest {

  private static final Map<String, Object> OWN_IMAGE =
      Map.of(
          "display_name",
          "Image",
          "choices",
          Map.of(
              "usual",
              Map.of("display_name", "Usual", "kubespawner_override", Map.of("image", "u:1"))),
          "unlisted_choice",
          Map.of(
              "enabled",
              true,
              "display_name",
              "Your own",
              "validation_regex",
              "^[a-z/]+:[0-9]+$",
              "validation_message",
              "name and version",
              "kubespawner_override",
              Map.of("image", "{value}")));

  private static final Profiles PROFILES =
      Profiles.of(
          List.of(
              Map.of("display_name", "Größe S"),
              Map.of(
                  "display_name",
                  "Big <b>one</b>",
                  "slug",
                  "big",
                  "default",
                  true,
                  "profile_options",
                  Map.of("image", OWN_IMAGE))));

  @Test
  void whoChoosesNothingGetsTheUsual() throws SpawnFailure {
    assertThat(PROFILES.usual().orElseThrow().slug()).isEqualTo("big");
    assertThat(PROFILES.overrides(Map.of())).containsExactly(Map.of(), Map.of("image", "u:1"));
    assertThat(PROFILES.all().getFirst().slug()).isEqualTo("gro-e-s");
  }

  @Test
  void choiceThatIsNoneIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> PROFILES.overrides(Map.of("profile", "huge")))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageContaining("huge")
        .hasMessageContaining("big");
    assertThatThrownBy(
            () -> PROFILES.overrides(Map.of("profile", "big", "image--unlisted-choice", "; rm")))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageContaining("name and version")
        .extracting(e -> ((SpawnFailure) e).status())
        .isEqualTo(400);
  }

  @Test
  void formThatIsSentWithoutScriptsIsRead() {
    var form = new ProfileForm(PROFILES);
    String field = "profile-option-big--image";
    assertThat(
            form.chosen(
                Map.of(
                    "profile",
                    List.of("big"),
                    field,
                    List.of("unlisted-choice"),
                    field + "--unlisted-choice",
                    List.of("my/own:1"),
                    "profile-option-other--image",
                    List.of("x"))))
        .isEqualTo(Map.of("profile", "big", "image--unlisted-choice", "my/own:1"));
    assertThat(
            form.chosen(
                Map.of(
                    "profile",
                    List.of("big"),
                    field,
                    List.of("usual"),
                    field + "--unlisted-choice",
                    List.of("left/over:1"))))
        .isEqualTo(Map.of("profile", "big", "image", "usual"));
  }

  @Test
  void formShowsWhatWasChosenLastAndNothingOfItIsMarkup() {
    String html =
        new ProfileForm(PROFILES)
            .html(Map.of("profile", "big", "image--unlisted-choice", "\"><script>"));
    assertThat(html)
        .contains("value=\"big\" checked")
        .contains("value=\"&quot;&gt;&lt;script&gt;\"")
        .doesNotContain("<script>");
  }

  @Test
  void badListIsRefusedWithItsPlace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Profiles.of(List.of(Map.of("slug", "a"))))
        .withMessageContaining("display_name");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Profiles.of(
                List.of(
                    Map.of(
                        "display_name",
                        "P",
                        "profile_options",
                        Map.of("x", Map.of("display_name", "X"))))))
        .withMessageContaining("'x' of 'P'")
        .withMessageContaining("no choices");
  }
}
