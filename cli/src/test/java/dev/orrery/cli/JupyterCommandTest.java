package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JupyterCommandTest {

  @TempDir Path root;
  private Typed typed;

  @BeforeEach
  void prepare() {
    typed = new Typed(root);
  }

  private Typed.Outcome jupyter(String... arguments) {
    return typed.run(JupyterCommand::new, arguments);
  }

  @Test
  void foldersAreToldOnALineOrAsJson() {
    Path data = typed.home().resolve(".local/share/jupyter");
    assertThat(jupyter("--data-dir").out()).isEqualTo(data + "\n");
    assertThat(jupyter("--runtime-dir").out()).isEqualTo(data.resolve("runtime") + "\n");
    assertThat(jupyter("--config-dir").out()).isEqualTo(typed.home().resolve(".jupyter") + "\n");
    assertThat(jupyter("--paths").out())
        .startsWith("config:\n    " + typed.home().resolve(".jupyter") + "\n")
        .contains("data:\n    " + data + "\n    " + typed.prefix().resolve("share/jupyter") + "\n")
        .endsWith("runtime:\n    " + data.resolve("runtime") + "\n");
    var json = Json.parse(jupyter("--paths", "--json").out());
    assertThat(json.path("data").get(0).asString()).isEqualTo(data.toString());
    assertThat(json.propertyNames()).containsExactly("runtime", "config", "data");
  }

  @Test
  void versionsAreOfWhatIsBuiltInAndOfInstalledPackages() throws IOException {
    Files.createDirectories(
        typed.prefix().resolve("lib/python3.13/site-packages/ipykernel-7.4.0.dist-info"));
    assertThat(jupyter("--version").out())
        .startsWith("Selected Jupyter core packages...\n")
        .contains("\njupyterlab       : 4.6.6\n", "\njupyter_server   : 2.21.1\n")
        .contains("\nipykernel        : 7.4.0\n", "\nqtconsole        : not installed\n");
  }

  @Test
  void whatCanNotBeAnsweredIsRefused() {
    assertThat(jupyter("--json").err()).contains("--json is only used with --paths");
    assertThat(jupyter("--json").status()).isEqualTo(1);
    assertThat(jupyter("--paths", "--version").status()).isEqualTo(CommandFailure.MISUSED);
    assertThat(jupyter("--path").err()).contains("did you mean --paths?");
    assertThat(jupyter().status()).isEqualTo(1);
    assertThat(jupyter("--help").status()).isZero();
  }

  @Test
  void labTellsItsFoldersAndHasNothingToBuild() {
    Typed.Outcome path = typed.run(here -> new LabCommand(here)::path);
    assertThat(path.out())
        .contains("Application directory:   " + typed.distribution().resolve("share/jupyter/lab"))
        .contains("User Settings directory: " + typed.home().resolve(".jupyter/lab/user-settings"))
        .contains("Workspaces directory: " + typed.home().resolve(".jupyter/lab/workspaces"));
    typed.with("JUPYTERLAB_WORKSPACES_DIR", "/elsewhere");
    assertThat(typed.run(here -> new LabCommand(here)::path).out())
        .contains("Workspaces directory: /elsewhere\n");

    Typed.Outcome build =
        typed.run(
            here -> new LabCommand(here)::build,
            "-y",
            "--dev-build=False",
            "--LabBuildApp.minimize=False",
            "--minimize=False");
    assertThat(build.status()).as(build.err()).isZero();
    assertThat(build.out()).contains("Nothing to build");
    assertThat(typed.run(here -> new LabCommand(here)::clean, "--all").status()).isZero();
    assertThat(typed.run(here -> new LabCommand(here)::build, "--fast").status())
        .isEqualTo(CommandFailure.MISUSED);
  }

  @Test
  void serverExtensionsAreKeptAndSaidNotToRun() throws IOException {
    Typed.Outcome enabled =
        typed.run(ServerExtensionCommand::new, "enable", "--py", "jupyter_lsp", "--sys-prefix");
    assertThat(enabled.status()).as(enabled.err()).isZero();
    assertThat(enabled.err()).contains("not run by this server");
    Path file = typed.prefix().resolve("etc/jupyter/jupyter_server_config.d/jupyter_lsp.json");
    assertThat(Json.parse(Files.readAllBytes(file)))
        .isEqualTo(
            Json.parse("{\"ServerApp\": {\"jpserver_extensions\": {\"jupyter_lsp\": true}}}"));
    assertThat(typed.run(ServerExtensionCommand::new, "disable", "jupyter_lsp").status()).isZero();
    assertThat(typed.run(ServerExtensionCommand::new, "list").out())
        .contains(
            "Config dir: "
                + typed.prefix().resolve("etc/jupyter")
                + "\n    jupyter_lsp disabled\n");
    Typed.Outcome wrong = typed.run(ServerExtensionCommand::new, "enable", "--user", "../x");
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(typed.home().resolve(".jupyter")).doesNotExist();
  }

  @Test
  void troubleshootTellsWhatAReportNeeds() {
    assertThat(typed.run(TroubleshootCommand::new).out())
        .contains("$PATH:", "which -a jupyter:", "paths:", "kernelspec list:", "labextension list:")
        .contains("jupyterlab       : 4.6.6");
  }
}
