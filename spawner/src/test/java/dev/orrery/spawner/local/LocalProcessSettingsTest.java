package dev.orrery.spawner.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.config.Declarations;
import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Local processes by the names JupyterHub has for their settings. */
class LocalProcessSettingsTest {

  private static final Declarations DECLARATIONS =
      LocalProcessTraits.declare(Declarations.builder("JupyterHub")).build();
  private static final Path LOGS = Path.of("logs");

  private static Outcome read(String... arguments) {
    return new SettingsReader(DECLARATIONS)
        .read(
            new Sources(
                List.of(arguments), Map.of(), List.of(), Optional.empty(), Path.of("."), false));
  }

  private static LocalProcessSettings settings(Settings settings) {
    return LocalProcessSettings.from(
        settings, Map.of("PATH", "/bin", "CONFIGPROXY_AUTH_TOKEN", "secret", "MY_OWN", "x"), LOGS);
  }

  @Test
  void defaultsAreThoseOfJupyterHub() {
    assertThat(settings(Settings.defaults(DECLARATIONS)))
        .isEqualTo(
            new LocalProcessSettings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                List.of(),
                Map.of("PATH", "/bin"),
                LOGS));
    assertThat(SimpleLocalProcessSpawner.homeTemplate(Settings.defaults(DECLARATIONS)))
        .isEqualTo("/tmp/{username}");
  }

  @Test
  void sectionsOfParentsAndChildrenReachThem() {
    Outcome outcome =
        read(
            "--Spawner.env_keep=['MY_OWN']",
            "--LocalProcessSpawner.term_timeout=3",
            "--SimpleLocalProcessSpawner.shell_cmd=['bash', '-c']");
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    LocalProcessSettings settings = settings(((Outcome.Ready) outcome).settings());
    assertThat(settings.hubEnvironment()).containsExactly(Map.entry("MY_OWN", "x"));
    assertThat(settings.afterTerminate()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.shellCommand()).containsExactly("bash", "-c");
  }

  @Test
  void timesAndNamesAreChecked() {
    assertThat(read("--LocalProcessSpawner.kill_timeout=-1")).isInstanceOf(Outcome.Refused.class);
    assertThat(read("--LocalProcessSpawner.env_keep=['A=b']")).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void argumentsForPythonAreNamed() {
    Outcome outcome = read("--LocalProcessSpawner.popen_kwargs={'shell': True}");
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    assertThat(outcome.warnings()).singleElement().asString().contains("popen_kwargs");
  }
}
