package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  @Test
  void generatedFileSetsNothingUntilUncommentedAndThenTheDefaults() throws IOException {
    String text = Reference.generateConfig(Lab.DECLARATIONS);
    lab.file("jupyter_config.py", text);
    assertThat(Lab.DECLARATIONS.traits()).noneMatch(lab.settings()::isSet);
    lab.file("jupyter_config.py", text.replaceAll("(?m)^# c\\.", "c."));
    var settings = lab.settings();
    for (var trait : Lab.DECLARATIONS.traits()) {
      assertThat(settings.isSet(trait)).describedAs(trait.toString()).isTrue();
      assertThat(
              PlainValues.equal(
                  plain(settings, trait), plain(Settings.defaults(Lab.DECLARATIONS), trait)))
          .describedAs(trait.toString())
          .isTrue();
    }
  }

  private static <T> Object plain(Settings settings, Trait<T> trait) {
    Object plain = trait.kind().plain(settings.get(trait));
    return plain == null ? "None" : plain;
  }

  @Test
  void generatedFileTellsTypeDefaultAndSupport() {
    assertThat(Reference.generateConfig(Lab.DECLARATIONS))
        .contains("c = get_config()  # noqa\n")
        .contains(
            """
            ## The port to listen on.
            #  Type: Int
            #  Default: 8888
            #  Environment variable: JUPYTER_PORT
            # c.ServerApp.port = 8888
            """)
        .contains("#  Default: (the working directory)\n# c.ServerApp.root_dir = ''\n")
        .contains("#  Deprecated: use ServerApp.root_dir\n")
        .contains("#  Not supported yet: files are saved unchanged\n")
        .contains("#  Choices: 10, 20, DEBUG, INFO\n")
        .contains("#  Type: Unicode or None\n#  Default: None\n");
  }

  @Test
  void helpNamesFlagsAliasesAndOnRequestEveryTrait() {
    assertThat(Reference.help(Lab.DECLARATIONS))
        .startsWith("A small lab.\n")
        .contains(
            """
            --no-browser
                Do not open a browser.
                Equivalent to: --ServerApp.open_browser=False
            """)
        .contains(
            """
            --port=<Int>
                The port to listen on.
                Default: 8888
            """)
        .contains("--config, -f=<Unicode>\n")
        .doesNotContain("--ServerApp.tornado_settings=");
    for (var trait : Lab.DECLARATIONS.traits()) {
      assertThat(Reference.helpAll(Lab.DECLARATIONS)).contains("\n--" + trait + "=<");
    }
  }

  @Test
  void shownConfigurationHasOriginsAndNoSecret() throws IOException {
    lab.file(
        "jupyter_config.json", "{\"ServerApp\": {\"ip\": \"i'p\", \"cookie_secret\": \"s3cret\"}}");
    var settings = lab.settings("--port=1", "--IdentityProvider.token=s3cret");
    assertThat(Reference.showConfig(settings))
        .contains("IdentityProvider\n  .token = <secret>  (command line)\n")
        .contains("  .port = 1  (command line)\n")
        .contains("  .ip = \"i'p\"  (" + lab.high + "/jupyter_config.json:1:")
        .doesNotContain("s3cret");
    assertThat(Reference.showConfigJson(settings))
        .isEqualTo(
            "{\"IdentityProvider\":{\"token\":\"<secret>\"},\"ServerApp\":{"
                + "\"cookie_secret\":\"<secret>\",\"ip\":\"i'p\",\"port\":1}}\n");
    assertThat(Reference.showConfig(Settings.defaults(Lab.DECLARATIONS)))
        .startsWith("Nothing is set");
  }
}
