package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  private static String port(int port) {
    return "{\"ServerApp\": {\"port\": " + port + "}}";
  }

  private static String python(int port) {
    return "c.ServerApp.port = " + port + "\n";
  }

  @Test
  void eachSourceWinsOverAllThatAreLessImportant() throws IOException {
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(8888);
    lab.environment("JUPYTER_PORT", "1");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(1);
    lab.lowFile("jupyter_config.py", python(2));
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(2);
    lab.lowFile("jupyter_config.yml", "ServerApp: {port: 3}");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(3);
    lab.lowFile("jupyter_config.yaml", "ServerApp: {port: 4}");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(4);
    lab.lowFile("jupyter_config.json", port(5));
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(5);
    lab.file("jupyter_config.py", python(6));
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(6);
    lab.lowFile("jupyter_server_config.py", python(7));
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(7);
    lab.file("jupyter_server_config.json", port(8));
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(8);
    Files.writeString(directory.resolve("mine.json"), port(9));
    assertThat(lab.settings("--config=mine.json").get(Lab.PORT)).isEqualTo(9);
    assertThat(lab.settings("-f", "mine.json", "--port", "10").get(Lab.PORT)).isEqualTo(10);
  }

  @Test
  void fileOnTheCommandLineStandsInForOneNameOfTheSearchPath() throws IOException {
    lab.file("jupyter_config.json", port(1)).file("jupyter_server_config.json", port(2));
    Files.writeString(directory.resolve("mine.json"), "{}");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(2);
    assertThat(lab.settings("--config=mine.json").get(Lab.PORT)).isEqualTo(1);
    assertThat(lab.settings("--config=mine").get(Lab.PORT)).isEqualTo(1);
  }

  @Test
  void missingFileOnTheCommandLineIsAProblem() {
    assertThat(lab.problems("--config=missing.py"))
        .singleElement()
        .asString()
        .contains("command line: --config: names 'missing.py'");
  }

  @Test
  void originNamesFileAndLine() throws IOException {
    lab.environment("JUPYTER_TOKEN", "t")
        .file("jupyter_config.py", "\n\nc.ServerApp.ip = 'x'\n")
        .file("jupyter_server_config.json", "{\"ServerApp\":\n {\"root_dir\": \"/x\"}}");
    var settings = lab.settings("--port=1");
    assertThat(settings.origin(Lab.PORT)).isEqualTo("command line");
    assertThat(settings.origin(Lab.IP)).isEqualTo(lab.high.resolve("jupyter_config.py") + ":3");
    assertThat(settings.origin(Lab.ROOT_DIR))
        .startsWith(lab.high.resolve("jupyter_server_config.json") + ":2:");
    assertThat(settings.origin(Lab.TOKEN)).isEqualTo("environment variable JUPYTER_TOKEN");
    assertThat(settings.origin(Lab.CULL)).isEqualTo("default");
    assertThat(settings.isSet(Lab.TOKEN)).isTrue();
    assertThat(settings.isSet(Lab.CULL)).isFalse();
  }

  @Test
  void laterDictionaryReplacesAndDoesNotMix() throws IOException {
    lab.lowFile("jupyter_config.json", "{\"ServerApp\": {\"tornado_settings\": {\"a\": 1}}}")
        .file(
            "jupyter_config.json", "{\"ServerApp\": {\"tornado_settings\": {\"b\": [2.5, null]}}}");
    var value = lab.settings().get(Lab.TORNADO);
    assertThat(value).containsOnlyKeys("b");
    assertThat((List<?>) value.get("b")).hasSize(2).first().isEqualTo(2.5);
  }

  @Test
  void changesApplyToEarlierFilesAndToDefaults() throws IOException {
    lab.lowFile("jupyter_config.json", "{\"ServerApp\": {\"extra_static_paths\": [\"b\", \"c\"]}}")
        .file(
            "jupyter_config.py",
            """
            c.ServerApp.extra_static_paths.append("d")
            c.ServerApp.extra_static_paths.prepend(["p"])
            c.ServerApp.extra_static_paths.insert(1, "i")
            c.ServerApp.tornado_settings.update({"y": 2})
            """)
        .file(
            "jupyter_server_config.py",
            "c.ServerApp.extra_static_paths.extend(('e',))\nc.ServerApp.cookie_secret\n");
    assertThat(lab.settings().get(Lab.STATIC_PATHS)).containsExactly("p", "b", "i", "c", "d", "e");
    assertThat(lab.settings().get(Lab.TORNADO)).isEqualTo(Map.of("x", 1L, "y", 2L));
    assertThat(lab.settings().isSet(Lab.COOKIE_SECRET)).isFalse();
  }

  @Test
  void moreSpecificClassWinsAndGeneralSectionsReachDescendants() throws IOException {
    lab.file(
        "jupyter_config.json",
        """
        {"AsyncMappingKernelManager": {"default_kernel_name": "java"},
         "MultiKernelManager": {"default_kernel_name": "r", "cull_idle_timeout": 7},
         "FileContentsManager": {"allow_hidden": true},
         "Application": {"port": 1234},
         "JupyterApp": {"log_level": "DEBUG"}}
        """);
    var settings = lab.settings();
    assertThat(settings.get(Lab.KERNEL)).isEqualTo("java");
    assertThat(settings.get(Lab.CULL)).isEqualTo(7);
    assertThat(settings.get(Lab.HIDDEN)).isTrue();
    assertThat(settings.get(Lab.PORT)).isEqualTo(1234);
    assertThat(settings.get(Lab.LOG_LEVEL)).isEqualTo("DEBUG");
  }

  @Test
  void sectionWithinASectionIsTheMostSpecific() throws IOException {
    lab.file(
        "jupyter_config.json",
        """
        {"ServerApp": {"ContentsManager": {"allow_hidden": true}},
         "FileContentsManager": {"allow_hidden": false}}
        """);
    assertThat(lab.settings().get(Lab.HIDDEN)).isTrue();
    lab.file(
        "jupyter_config.json", "{\"OtherApp\": {\"ContentsManager\": {\"allow_hidden\": true}}}");
    assertThat(lab.settings().get(Lab.HIDDEN)).isFalse();
    assertThat(lab.settings("--ServerApp.ContentsManager.allow_hidden=1").get(Lab.HIDDEN)).isTrue();
  }

  @Test
  void filesOfOneNameThatContradictEachOtherAreNamed() throws IOException {
    lab.file("jupyter_config.py", python(1)).file("jupyter_config.json", port(2));
    assertThat(lab.warnings())
        .singleElement()
        .asString()
        .startsWith("ServerApp.port is set differently at ")
        .contains("jupyter_config.py:1 and ");
    lab.file("jupyter_config.json", port(1));
    assertThat(lab.warnings()).isEmpty();
  }
}
