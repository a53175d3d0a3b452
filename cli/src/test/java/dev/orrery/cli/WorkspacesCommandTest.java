package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesCommandTest {

  private static final String WORKSPACE =
      "{\"data\": {\"a\": 1.10}, \"metadata\": {\"id\": \"auto-x\"}}";

  @TempDir Path root;
  private Typed typed;

  @BeforeEach
  void prepare() {
    typed = new Typed(root);
  }

  private Typed.Outcome workspaces(String... arguments) {
    return typed.run(WorkspacesCommand::new, arguments);
  }

  @Test
  void whatIsImportedIsListedAndExported() throws IOException {
    Path file = Files.writeString(root.resolve("w.json"), WORKSPACE);
    Typed.Outcome saved = workspaces("import", file.toString());
    assertThat(saved.status()).as(saved.err()).isZero();
    assertThat(saved.err()).contains("Saved workspace: ", "auto-x-", ".jupyterlab-workspace");
    Typed.Outcome other =
        typed.answering(WORKSPACE, WorkspacesCommand::new, "import", "--name", "mine", "-");
    assertThat(other.status()).as(other.err()).isZero();
    assertThat(workspaces("list").out()).isEqualTo("auto-x\nmine\n");
    assertThat(workspaces("list", "--jsonlines").out().lines()).hasSize(2);
    assertThat(Json.parse(workspaces("list", "--json").out())).hasSize(2);
    assertThat(workspaces("export", "mine").out())
        .contains("\"a\":1.10", "\"id\":\"mine\"", "\"last_modified\":\"");
  }

  @Test
  void anEmptyOneIsExportedWhereThereIsNone() {
    assertThat(workspaces("export").out())
        .isEqualTo("{\"data\":{},\"metadata\":{\"id\":\"/default\"}}\n");
    assertThat(workspaces("list").out()).isEmpty();
  }

  @Test
  void whatIsNoWorkspaceIsRefused() throws IOException {
    assertThat(workspaces("import", root.resolve("no").toString()).err())
        .contains("does not exist");
    Path file = Files.writeString(root.resolve("w.json"), "{\"metadata\": {\"id\": \"x\"}}");
    assertThat(workspaces("import", file.toString()).err()).contains("`data`");
    Files.writeString(file, "{\"data\": {}}");
    assertThat(workspaces("import", file.toString()).err()).contains("metadata.id");
    Files.writeString(file, "nonsense");
    assertThat(workspaces("import", file.toString()).status()).isEqualTo(1);
    assertThat(workspaces("import").status()).isEqualTo(1);
    assertThat(workspaces().err()).contains("list, export, import");
    assertThat(typed.home().resolve(".jupyter")).doesNotExist();
  }
}
