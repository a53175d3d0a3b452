package dev.orrery.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command says of itself, beside what is said of all servers. */
class AppTraitsTest {

  private static final String FILE = "jupyter_server_config.json";

  @TempDir Path folder;

  @Test
  void labInAFileDecidesAboutTheBrowser() throws IOException {
    assertThat(opensBrowser(App.LAB, "{'LabApp':{'open_browser':false}}")).isFalse();
    assertThat(opensBrowser(App.LAB, "{'ExtensionApp':{'open_browser':false}}")).isFalse();
    assertThat(
            opensBrowser(
                App.LAB, "{'LabApp':{'open_browser':true},'ServerApp':{'open_browser':false}}"))
        .isTrue();
    assertThat(opensBrowser(App.LAB, "{'ServerApp':{'open_browser':false}}")).isFalse();
  }

  @Test
  void otherCommandsAreNotMeant() throws IOException {
    assertThat(opensBrowser(App.NOTEBOOK, "{'LabApp':{'open_browser':false}}")).isTrue();
    assertThat(opensBrowser(App.LAB, "{'JupyterNotebookApp':{'open_browser':false}}")).isTrue();
    assertThat(opensBrowser(App.NOTEBOOK, "{'JupyterNotebookApp':{'open_browser':false}}"))
        .isFalse();
    assertThat(opensBrowser(App.NOTEBOOK, "{'ExtensionApp':{'open_browser':false}}")).isFalse();
    assertThat(opensBrowser(App.SERVER, "{'ExtensionApp':{'open_browser':true}}")).isFalse();
  }

  @Test
  void commandLineWinsOverWhatAFileSaysOfLab() throws IOException {
    String file = "{'LabApp':{'open_browser':true}}";
    assertThat(opensBrowser(App.LAB, file, "--no-browser")).isFalse();
    assertThat(opensBrowser(App.LAB, file, "--no-browser", "--LabApp.open_browser=True")).isTrue();
  }

  @Test
  void labInAFileSaysWhereItLands() throws IOException {
    assertThat(landing(App.LAB, "{'LabApp':{'default_url':'/lab/tree/a'}}"))
        .isEqualTo("/lab/tree/a");
    assertThat(landing(App.NOTEBOOK, "{'LabApp':{'default_url':'/lab/tree/a'}}"))
        .isEqualTo("/tree");
    assertThat(
            landing(
                App.LAB,
                "{'LabApp':{'default_url':'/lab/tree/a'}}",
                "--ServerApp.default_url=/lab/tree/c"))
        .isEqualTo("/lab/tree/c");
  }

  @Test
  void behindAHubWhatIsSaidOfLabIsTheWeakest() throws IOException {
    String file = "{'LabApp':{'default_url':'/lab/tree/a'}}";
    assertThat(landing(App.SINGLEUSER, file)).isEqualTo("/lab/tree/a");
    assertThat(landing(App.SINGLEUSER, Map.of("JUPYTERHUB_DEFAULT_URL", "/lab/tree/h"), file))
        .isEqualTo("/lab/tree/h");
  }

  private boolean opensBrowser(App app, String file, String... arguments) throws IOException {
    return StartSettings.read(given(app, Map.of(), file, arguments), app).openBrowser();
  }

  private String landing(App app, String file, String... arguments) throws IOException {
    return landing(app, Map.of(), file, arguments);
  }

  private String landing(App app, Map<String, String> env, String file, String... arguments)
      throws IOException {
    Given given = given(app, env, file, arguments);
    return FrontSettings.read(given, app, UserFiles.read(given)).landing();
  }

  private Given given(App app, Map<String, String> env, String file, String... arguments)
      throws IOException {
    Files.writeString(folder.resolve(FILE), file.replace('\'', '"'));
    var sources =
        new Sources(List.of(arguments), env, List.of(folder), Optional.empty(), folder, true);
    Settings settings =
        switch (new SettingsReader(ServerDeclarations.of(app)).read(sources)) {
          case Outcome.Ready ready -> ready.settings();
          case Outcome.Refused refused -> throw new AssertionError(refused.problems());
        };
    return new Given(ServerSettings.effective(app, settings, env), env, folder);
  }
}
