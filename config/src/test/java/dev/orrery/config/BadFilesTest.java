package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadFilesTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  private String json(String content) throws IOException {
    return lab.file("jupyter_config.json", content).problems().toString();
  }

  private String yaml(String content) throws IOException {
    return lab.file("jupyter_config.yaml", content).problems().toString();
  }

  @Test
  void brokenJsonIsReportedWithItsPlace() throws IOException {
    assertThat(json("{\"ServerApp\":\n  {\"port\": 1,}}"))
        .startsWith("[high/jupyter_config.json:2:")
        .contains("is not valid JSON");
    assertThat(json("{\"ServerApp\": {} // no\n}")).contains("jupyter_config.json:1:18");
    assertThat(json("")).contains("must hold one JSON object");
    assertThat(json("{")).contains("is not valid JSON");
    assertThat(json("[1]")).contains("must hold one JSON object");
    assertThat(json("{} {}")).contains("goes on after its one JSON object");
    assertThat(json("{\"ServerApp\": 1}")).contains("ServerApp: must be an object of settings");
    assertThat(json("{\"version\": 2}")).contains("version: must be 1");
    assertThat(json("{\"ServerApp\": {\"tornado_settings\": " + "[".repeat(200))).contains("JSON");
  }

  @Test
  void wordOfTheFileIsNotRepeated() throws IOException {
    assertThat(json("{\"IdentityProvider\": {\"token\": abc123secret}}"))
        .contains("is not valid JSON")
        .doesNotContain("abc123secret");
  }

  @Test
  void sameKeyTwiceIsAProblem() throws IOException {
    assertThat(json("{\"ServerApp\": {\"port\": 1,\n \"port\": 2}}"))
        .contains("jupyter_config.json:2:2: ServerApp.port: stands twice");
    Files.delete(lab.high.resolve("jupyter_config.json"));
    assertThat(yaml("ServerApp:\n  port: 1\n  port: 2\n"))
        .contains("jupyter_config.yaml:3:3: ServerApp.port: stands twice");
  }

  @Test
  void wrongTypeNamesValueRuleAndDefault() throws IOException {
    assertThat(json("{\"ServerApp\": {\"port\": \"x\"}}"))
        .contains(
            "jupyter_config.json:1:24: ServerApp.port: has the value 'x' and must be a whole number;"
                + " correct it there or leave it out to get the default 8888");
    assertThat(json("{\"ServerApp\": {\"root_dir\": 1}}"))
        .contains("default (the working directory)");
    assertThat(json("{\"ServerApp\": {\"port\": 70000}}"))
        .contains("has the value 70000: a port is from 0 to 65535; choose another one");
    assertThat(json("{\"ServerApp\": {\"ip\": null}}"))
        .contains("has the value None and must be text");
  }

  @Test
  void valueOfASecretIsNeverShown() throws IOException {
    assertThat(json("{\"IdentityProvider\": {\"token\": [\"s3cret\"]}}"))
        .contains("has the value <secret> and must be text")
        .doesNotContain("s3cret");
  }

  @Test
  void encodingAndSizeAreChecked() throws IOException {
    Files.write(lab.high.resolve("jupyter_config.json"), new byte[] {'{', (byte) 0xff, '}'});
    assertThat(lab.problems().toString()).contains("is not UTF-8");
    Files.write(lab.high.resolve("jupyter_config.json"), new byte[8 * 1024 * 1024 + 1]);
    assertThat(lab.problems().toString()).contains("is larger than the 8 MiB");
  }

  @Test
  void pythonsNumbersWithoutJsonFormAreRead() throws IOException {
    lab.file("jupyter_config.json", "{\"KernelManager\": {\"shutdown_wait_time\": Infinity}}");
    assertThat(lab.settings().get(Lab.SHUTDOWN)).isInfinite();
  }

  @Test
  void brokenYamlIsReportedWithItsPlace() throws IOException {
    assertThat(yaml("ServerApp: {port: [}")).contains("jupyter_config.yaml:1:");
    assertThat(yaml("- 1")).contains("must hold one mapping");
    assertThat(yaml("ServerApp: 1")).contains("must be a mapping of settings");
    assertThat(yaml("ServerApp:\n  ip: !!java.net.URL ['http://x']")).contains("is not valid YAML");
    assertThat(yaml("ServerApp:\n  ip: !x y")).contains("jupyter_config.yaml:2:");
    assertThat(yaml("ServerApp:\n  ip: 2001-01-01")).contains("is a date");
    assertThat(yaml("a: 1\n---\nb: 1")).contains("is not valid YAML");
    assertThat(yaml("? [a]\n: 1")).contains("has a key that is no text");
  }

  @Test
  void yamlFollowsTheRulesOfPython() throws IOException {
    lab.file(
        "jupyter_config.yaml",
        """
        base: &base {port: 012}
        ServerApp:
          <<: *base
          open_browser: no
          extra_static_paths: [a, b]
          tornado_settings: {1: {x: ~}}
        """);
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(10);
    assertThat(lab.settings().get(Lab.OPEN_BROWSER)).isFalse();
    assertThat(lab.settings().get(Lab.TORNADO)).containsOnlyKeys("1");
    assertThat(lab.file("jupyter_config.yaml", "# nothing\n").settings().isSet(Lab.PORT)).isFalse();
  }

  @Test
  void yamlThatGrowsWithoutEndIsRefused() throws IOException {
    var bomb = new StringBuilder("x0: &x0 [a]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("x%d: &x%d [*x%d, *x%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(yaml(bomb + "ServerApp: {tornado_settings: {a: *x39}}")).isNotEmpty();
    assertThat(yaml("ServerApp: {tornado_settings: &a {b: *a}}")).isNotEmpty();
    var small = new StringBuilder("x0: &x0 [a]\n");
    for (int i = 1; i < 20; i++) {
      small.append("x%d: &x%d [*x%d, *x%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(yaml(small + "ServerApp: {tornado_settings: {a: *x19}}")).contains("100000 parts");
  }
}
