package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  private List<String> warnings(String json) throws IOException {
    return lab.file("jupyter_config.json", json).warnings().stream()
        .map(text -> text.replaceAll("^\\S*jupyter_config", "jupyter_config"))
        .toList();
  }

  @Test
  void unknownNamesAreToldWithTheNearestOne() throws IOException {
    assertThat(
            warnings(
                """
                {"ServerApp": {"open_brwoser": true},
                 "ServrApp": {"port": 1},
                 "MappingKernelManager": {"utterly_else": 1}}
                """))
        .containsExactly(
            "jupyter_config.json:1:32: ServerApp.open_brwoser has no effect: it is not known; did"
                + " you mean open_browser?",
            "jupyter_config.json:2:23: ServrApp.port has no effect: it is in a class that is not"
                + " known; did you mean ServerApp?",
            "jupyter_config.json:3:43: MappingKernelManager.utterly_else has no effect: it is not"
                + " known");
  }

  @Test
  void classesOfOtherProgramsArePassedOver() throws IOException {
    assertThat(
            warnings(
                "{\"JupyterHub\": {\"port\": 1}, \"NbConvertApp\": {\"x\": 1}, \"HubApp\": {\"x\": 1},"
                    + " \"IPKernelApp\": {\"x\": 1}, \"version\": 1}"))
        .isEmpty();
    assertThat(warnings("{\"serverapp\": {\"port\": 1}}"))
        .singleElement()
        .asString()
        .contains("'serverapp' stands outside of a class section");
  }

  @Test
  void unknownNameInAFileStopsAStrictStart() throws IOException {
    lab.file("jupyter_config.json", "{\"ServerApp\": {\"prot\": 1}}");
    assertThat(lab.problems("--strict-config"))
        .containsExactly(
            "high/jupyter_config.json:1:24: ServerApp.prot: is not known; did you mean port?");
  }

  @Test
  void movedSectionsStillWorkAndTheNameOfTodayWins() throws IOException {
    assertThat(warnings("{\"NotebookApp\": {\"port\": 5}, \"LabApp\": {\"ip\": \"x\"}}"))
        .containsExactly(
            "jupyter_config.json:1:26: NotebookApp.port has moved to ServerApp.port; rename it"
                + " there",
            "jupyter_config.json:1:47: LabApp.ip has moved to ServerApp.ip; rename it there");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(5);
    warnings("{\"NotebookApp\": {\"port\": 5}, \"ServerApp\": {\"port\": 6}}");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(6);
    assertThat(lab.settings("--NotebookApp.port=7").get(Lab.PORT)).isEqualTo(7);
    assertThat(warnings("{\"NotebookApp\": {\"prot\": 5}}"))
        .singleElement()
        .asString()
        .endsWith("did you mean port?");
  }

  @Test
  void deprecatedNameFlowsUnlessTheNewOneIsAsImportant() throws IOException {
    assertThat(warnings("{\"ServerApp\": {\"notebook_dir\": \"/old\"}}"))
        .singleElement()
        .asString()
        .endsWith("ServerApp.notebook_dir is deprecated; use ServerApp.root_dir instead");
    assertThat(lab.settings().get(Lab.ROOT_DIR)).isEqualTo("/old");
    assertThat(lab.settings("--ServerApp.root_dir=/new").get(Lab.ROOT_DIR)).isEqualTo("/new");
    warnings("{\"ServerApp\": {\"notebook_dir\": \"/old\", \"root_dir\": \"/new\"}}");
    assertThat(lab.settings().get(Lab.ROOT_DIR)).isEqualTo("/new");
    assertThat(lab.settings("--ServerApp.notebook_dir=/old").get(Lab.ROOT_DIR)).isEqualTo("/old");
    assertThat(
            lab.environment("JUPYTER_TOKEN", "env").settings("--ServerApp.token=x").get(Lab.TOKEN))
        .isEqualTo("x");
  }

  @Test
  void wrongValueOfADeprecatedNameIsToldOnce() throws IOException {
    assertThat(lab.file("jupyter_config.json", "{\"ServerApp\": {\"notebook_dir\": 1}}").problems())
        .singleElement()
        .asString()
        .contains("ServerApp.root_dir: has the value 1");
  }

  @Test
  void unsupportedTraitSaysWhatHappensInstead() throws IOException {
    assertThat(
            lab.file("jupyter_config.py", "c.FileContentsManager.pre_save_hook = print").warnings())
        .singleElement()
        .asString()
        .endsWith(
            "jupyter_config.py:1: ContentsManager.pre_save_hook is not supported yet; files are"
                + " saved unchanged");
  }

  @Test
  void settingThatDecidesWhoGetsInStopsTheStart() throws IOException {
    assertThat(lab.problems("--ServerApp.authorizer_class=my.Own"))
        .containsExactly(
            "command line: ServerApp.authorizer_class: cannot be honoured and must not be ignored:"
                + " Python authorizers cannot run here; remove it to start without it");
    assertThat(lab.settings("--ServerApp.authorizer_class=AllowAll").isSet(Lab.AUTHORIZER))
        .isTrue();
    assertThat(lab.file("jupyter_config.py", "c.ServerApp.authorizer_class = print").problems())
        .hasSize(1);
  }

  @Test
  void contradictionsInDeclarationsAreRefusedWhereTheyAreWritten() {
    var port = Trait.integer("A.port", 1, "");
    assertThatThrownBy(() -> Trait.integer("port", 1, "")).hasMessageContaining("Class.trait");
    assertThatThrownBy(() -> Declarations.builder("A").add(port, port))
        .hasMessage("A.port is declared twice; keep one declaration");
    assertThatThrownBy(() -> Declarations.builder("A").alias("p", port))
        .hasMessageContaining("is not declared");
    assertThatThrownBy(() -> Declarations.builder("A").add(port.deprecatedFor("A.x")).build())
        .hasMessageContaining("A.x, which is not declared");
    assertThatThrownBy(
            () -> Declarations.builder("A").inherits("A", "B").inherits("B", "A").build())
        .hasMessageContaining("descends from itself");
    assertThatThrownBy(() -> Settings.defaults(Lab.DECLARATIONS).get(port))
        .hasMessageContaining("A.port is not declared for LabApp");
  }

  @Test
  void settingsAnswerWithDefaultsAndReplacements() {
    var settings = Settings.defaults(Lab.DECLARATIONS).with(Lab.PORT, 1);
    assertThat(settings.get(Lab.PORT)).isEqualTo(1);
    assertThat(settings.get(Lab.IP)).isEqualTo("localhost");
    assertThat(settings.get(Lab.CONNECTION_DIR)).isEmpty();
    assertThat(settings.origin(Lab.PORT)).isEqualTo("program");
  }

  @Test
  void distanceCountsASwapOnce() {
    assertThat(NearestName.distance("prot", "port")).isEqualTo(1);
    assertThat(NearestName.distance("", "abc")).isEqualTo(3);
    assertThat(NearestName.among(List.of("ip"), "unrelated")).isEmpty();
  }
}
