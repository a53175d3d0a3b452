package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LabExtensionCommandTest {

  @TempDir Path root;
  private Typed typed;

  @BeforeEach
  void prepare() throws IOException {
    typed = new Typed(root);
    extension(typed.home().resolve(".local/share/jupyter/labextensions/@org/ext"), "1.2.3");
    extension(typed.prefix().resolve("share/jupyter/labextensions/@org/ext"), "0.0.1");
    extension(typed.prefix().resolve("share/jupyter/labextensions/plain"), "0.1.0");
    Path lab = typed.distribution().resolve("share/jupyter/lab/static");
    Files.createDirectories(lab);
    Files.writeString(lab.resolve("index.html"), "");
    Files.writeString(
        lab.resolve("package.json"),
        "{\"jupyterlab\": {\"extensions\": {\"@jupyterlab/apputils-extension\": \"\"}}}");
  }

  private static void extension(Path folder, String version) throws IOException {
    Files.createDirectories(folder.resolve("static"));
    Files.writeString(folder.resolve("static/remote.js"), "");
    Files.writeString(
        folder.resolve("package.json"),
        "{\"version\": \"%s\", \"jupyterlab\": {\"_build\": {\"load\": \"static/remote.js\"}}}"
            .formatted(version));
  }

  private Typed.Outcome labextension(String... arguments) {
    return typed.run(LabExtensionCommand::new, arguments);
  }

  private Path file(Path config) {
    return config.resolve("labconfig/page_config.json");
  }

  private JsonNode userConfig() throws IOException {
    return Json.parse(Files.readAllBytes(file(typed.home().resolve(".jupyter"))));
  }

  @Test
  void listsWhatPagesGetAndWhatIsWrongWithIt() throws IOException {
    Path install = typed.prefix().resolve("share/jupyter/labextensions/plain/install.json");
    Files.writeString(install, "{\"packageManager\": \"python\", \"packageName\": \"jl_plain\"}");
    Files.delete(
        typed.home().resolve(".local/share/jupyter/labextensions/@org/ext/static/remote.js"));
    String out = labextension("list").out();
    assertThat(out)
        .startsWith("JupyterLab v4.6.6\n")
        .contains("        plain v0.1.0 enabled OK (python, jl_plain)\n")
        .contains("        @org/ext v1.2.3 enabled  X (there is no static/remote.js)\n")
        .doesNotContain("0.0.1");
  }

  @Test
  void theLevelSaysWhereItIsWritten() throws IOException {
    assertThat(labextension("disable", "plain").status()).isZero();
    Path shared = file(typed.prefix().resolve("etc/jupyter"));
    assertThat(Json.parse(Files.readAllBytes(shared)).at("/disabledExtensions/plain").asBoolean())
        .isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
        .isEqualTo("rw-r--r--");
    assertThat(labextension("list").out())
        .contains("plain v0.1.0 disabled OK", "Disabled extensions:\n    plain (all plugins)");

    assertThat(labextension("enable", "--level=user", "plain").status()).isZero();
    assertThat(userConfig().at("/disabledExtensions/plain").asBoolean(true)).isFalse();
    assertThat(labextension("list").out()).contains("plain v0.1.0 enabled");

    Typed.Outcome wrong = labextension("disable", "--level=usr", "plain");
    assertThat(wrong.status()).isEqualTo(CommandFailure.MISUSED);
    assertThat(wrong.err()).contains("'usr'", "user, sys_prefix, system");
  }

  @Test
  void singlePluginsOfBuiltInExtensionsAreDisabled() {
    labextension("disable", "--level=user", "@jupyterlab/apputils-extension:announcements");
    labextension("disable", "--level=user", "not-installed");
    assertThat(labextension("list").out())
        .contains("Disabled extensions:\n    @jupyterlab/apputils-extension:announcements\n")
        .doesNotContain("not-installed");
  }

  @Test
  void whatIsLockedFurtherAwayIsLeftAlone() throws IOException {
    assertThat(labextension("lock", "plain", "@org/ext:one").status()).isZero();
    assertThat(labextension("list").out())
        .contains("plain v0.1.0 enabled OK (all plugins locked)")
        .contains("@org/ext v1.2.3 enabled OK (plugins: @org/ext:one locked)");
    Typed.Outcome locked = labextension("disable", "--level=user", "plain");
    assertThat(locked.err()).contains("locked at a higher level");
    assertThat(file(typed.home().resolve(".jupyter"))).doesNotExist();
    assertThat(labextension("disable", "plain").err()).doesNotContain("locked at");
    assertThat(labextension("list").out()).contains("plain v0.1.0 disabled");
    labextension("unlock", "plain");
    assertThat(labextension("list").out()).contains("plain v0.1.0 disabled OK\n");
  }

  @Test
  void whatAPersonWroteStays() throws IOException {
    Path file = file(typed.home().resolve(".jupyter"));
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"disabledExtensions\": [\"a\"], \"terminalsAvailable\": false}");
    labextension("disable", "--level=user", "b");
    assertThat(userConfig())
        .isEqualTo(
            Json.parse(
                "{\"disabledExtensions\": {\"a\": true, \"b\": true}, \"terminalsAvailable\": false}"));
    Files.writeString(file, "{ not JSON");
    Typed.Outcome refused = labextension("disable", "--level=user", "c");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains(file + " is not JSON");
    assertThat(file).hasContent("{ not JSON");
  }

  @Test
  void checkEndsWellOnlyForWhatIsThereAndEnabled() {
    assertThat(labextension("check", "plain", "@jupyterlab/apputils-extension").status()).isZero();
    assertThat(labextension("check", "nope").out()).isEqualTo("nope: X (it is not installed)\n");
    labextension("disable", "plain");
    assertThat(labextension("check", "plain").status()).isEqualTo(1);
    assertThat(labextension("check", "--installed", "plain").status()).isZero();
  }

  @Test
  void whatNeedsABuildSaysWhatToDoInstead() {
    for (String command :
        List.of("install", "uninstall", "update", "link", "unlink", "build", "develop", "watch")) {
      Typed.Outcome outcome = labextension(command, ".", "--overwrite");
      assertThat(outcome.status()).as(command).isEqualTo(1);
      assertThat(outcome.err()).as(command).contains("'labextension " + command + "'", "; ");
    }
    assertThat(labextension("disable").status()).isEqualTo(1);
    assertThat(labextension("bogus").err()).contains("there is no 'orrery labextension bogus'");
  }
}
