package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  @Test
  void valueComesAfterAnEqualsSignOrAsTheNextArgument() {
    assertThat(lab.settings("--ServerApp.port=1").get(Lab.PORT)).isEqualTo(1);
    assertThat(lab.settings("--ServerApp.port", "2").get(Lab.PORT)).isEqualTo(2);
    assertThat(lab.settings("-ServerApp.port=3").get(Lab.PORT)).isEqualTo(3);
    assertThat(lab.settings("--port=4").get(Lab.PORT)).isEqualTo(4);
    assertThat(lab.settings("--ip=").get(Lab.IP)).isEmpty();
    assertThat(lab.settings("--ip=a=b").get(Lab.IP)).isEqualTo("a=b");
    assertThat(lab.settings("--ip", "-").get(Lab.IP)).isEqualTo("-");
    assertThat(lab.settings("--KernelManager.shutdown_wait_time", "-1.5").get(Lab.SHUTDOWN))
        .isEqualTo(-1.5);
  }

  @Test
  void flagsSetTheirTraitsAndWinOverOptions() {
    assertThat(lab.settings("--no-browser").get(Lab.OPEN_BROWSER)).isFalse();
    assertThat(lab.settings("--no-browser", "--ServerApp.open_browser=True").get(Lab.OPEN_BROWSER))
        .isFalse();
    assertThat(lab.settings("-y", "--debug").get(Lab.DEV_MODE)).isTrue();
  }

  @Test
  void whatIsNoOptionIsKeptInOrder() {
    var settings = lab.settings("dir", "--port", "1", "-", "--", "--port", "x");
    assertThat(settings.arguments()).containsExactly("dir", "-", "--port", "x");
  }

  @Test
  void containersCollectTheirItems() {
    assertThat(
            lab.settings(
                    "--ServerApp.extra_static_paths=~/a", "--ServerApp.extra_static_paths", "b")
                .get(Lab.STATIC_PATHS))
        .containsExactly("/home/jo/a", "b");
    assertThat(lab.settings("--ServerApp.extra_static_paths=['x', 'y']").get(Lab.STATIC_PATHS))
        .containsExactly("x", "y");
    assertThat(
            lab.settings(
                    "--ServerApp.tornado_settings", "k=v=w", "--ServerApp.tornado_settings.z=2")
                .get(Lab.TORNADO))
        .isEqualTo(Map.of("k", "v=w", "z", "2"));
    assertThat(lab.settings("--ServerApp.tornado_settings={'a': {'b': 1}}").get(Lab.TORNADO))
        .isEqualTo(Map.of("a", Map.of("b", 1L)));
  }

  @Test
  void noneIsAValueOnlyWhereItIsAllowed() {
    assertThat(lab.settings("--ServerApp.external_connection_dir=None").get(Lab.CONNECTION_DIR))
        .isEmpty();
    assertThat(lab.settings("--ServerApp.external_connection_dir=/x").get(Lab.CONNECTION_DIR))
        .isEqualTo(Optional.of("/x"));
    assertThat(lab.settings("--ip=None").get(Lab.IP)).isEqualTo("None");
  }

  @Test
  void unknownOptionIsAProblemWithTheNearestName() {
    assertThat(lab.problems("--prot=1", "--no-broser", "--nothingalike", "--port"))
        .containsExactly(
            "command line: --prot: is no known option; did you mean --port?",
            "command line: --no-broser: is no known option; did you mean --no-browser?",
            "command line: --nothingalike: is no known option; --help-all lists all of them",
            "command line: --port: needs a value; give --port=VALUE");
  }

  @Test
  void valueOfAMistypedOptionIsNotRepeated() {
    assertThat(lab.problems("--tokn=s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void flagTakesNoValueAndOptionTakesOne() {
    assertThat(lab.problems("--no-browser=1", "--port=1", "--port=2"))
        .satisfiesExactly(
            one -> assertThat(one).contains("--no-browser: is a flag and takes no value"),
            two ->
                assertThat(two).contains("ServerApp.port: has the value ['1', '2'] and takes one"));
  }

  @Test
  void unknownTraitWarnsAndStopsOnlyWhenStrict() {
    assertThat(lab.warnings("--ServerApp.prot=1", "--Elsewhere.x=1"))
        .containsExactly(
            "command line: ServerApp.prot has no effect: it is not known; did you mean port?",
            "command line: Elsewhere.x has no effect: it is in a class that is not known;"
                + " --help-all lists all");
    assertThat(lab.problems("--strict-config", "--ServerApp.prot=1")).hasSize(1);
    assertThat(lab.strict().problems("--ServerApp.prot=1")).hasSize(1);
  }

  @Test
  void shortAliasTakesAnAttachedValue() throws IOException {
    lab.file("x.json", "{\"ServerApp\": {\"port\": 5}}");
    assertThat(lab.settings("-f" + lab.high.resolve("x.json")).get(Lab.PORT)).isEqualTo(5);
    assertThat(lab.problems("-zx")).hasSize(1);
  }

  @Test
  void everyProblemOfAStartIsToldTogether() throws IOException {
    lab.environment("JUPYTER_PORT", "many")
        .file("jupyter_config.json", "{\"ServerApp\": {\"open_browser\": \"yes\"}}")
        .file("jupyter_server_config.json", "{");
    assertThat(lab.problems("--nope", "--KernelManager.shutdown_wait_time=soon"))
        .hasSize(5)
        .anyMatch(text -> text.contains("environment variable JUPYTER_PORT: ServerApp.port"));
  }
}
