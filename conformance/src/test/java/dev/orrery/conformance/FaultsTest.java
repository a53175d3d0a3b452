package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A full disk, and a user who may not do everything: nothing is lost or half written. */
class FaultsTest {

  /** A user without a name, as in a container. */
  private static final int UID = 54_321;

  private static final List<String> AS_ANOTHER =
      List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups");

  private final Path root = OrreryServer.makeRoot();
  private final Path notebooks = root.resolve("notebooks");

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void aFullDiskLeavesWhatWasThereAndNothingElse() throws IOException {
    assumeTrue(isRoot(), "platform: only root can mount a small disk");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "orrery-test", notebooks.toString()) == 0,
        "platform: this machine does not let root mount a disk");
    try (var server = OrreryServer.in(root)) {
      save(server, 201, "a.ipynb", notebook(300_000));
      String before = Texts.read(notebooks.resolve("a.ipynb"));

      save(server, 500, "a.ipynb", notebook(600_000));
      assertThat(notebooks.resolve("a.ipynb")).hasContent(before);
      assertThat(names(notebooks)).containsExactly(".ipynb_checkpoints", "a.ipynb");
      assertThat(names(notebooks.resolve(".ipynb_checkpoints")))
          .containsExactly("a-checkpoint.ipynb");

      save(server, 500, "b.ipynb", notebook(600_000));
      save(server, 500, "b.txt", text(600_000, ""));
      save(server, 201, "b.bin", text(300_000, ", \"chunk\": 1"));
      save(server, 500, "b.bin", text(300_000, ", \"chunk\": 2"));
      assertThat(names(notebooks)).containsExactly(".ipynb_checkpoints", "a.ipynb");

      String copy = "{\"copy_from\": \"a.ipynb\"}";
      assertThat(server.answer("POST", "/api/contents", copy).statusCode()).isEqualTo(201);
      full(server, "POST", "/api/contents", copy);
      full(server, "POST", "/api/contents/a-Copy1.ipynb/checkpoints", "");
      assertThat(names(notebooks))
          .containsExactly(".ipynb_checkpoints", "a-Copy1.ipynb", "a.ipynb");
      assertThat(names(notebooks.resolve(".ipynb_checkpoints")))
          .containsExactly("a-checkpoint.ipynb");
      // The checkpoint there is is replaced whole or not at all.
      full(server, "POST", "/api/contents/a.ipynb/checkpoints", "");
      assertThat(notebooks.resolve(".ipynb_checkpoints/a-checkpoint.ipynb")).hasContent(before);

      // A trash on the same disk would free nothing.
      Files.delete(notebooks.resolve("a-Copy1.ipynb"));
      save(server, 200, "a.ipynb", notebook(310_000));
      assertThat(notebooks.resolve("a.ipynb").toFile().length()).isGreaterThan(310_000);
    } finally {
      assertThat(run("umount", notebooks.toString())).isZero();
    }
  }

  private static void save(OrreryServer server, int status, String name, String model) {
    var answer = server.answer("PUT", "/api/contents/" + name, model);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status == 500) {
      assertThat(answer.body()).contains("\"Saving " + name + " failed: No space left on device\"");
    }
  }

  private static void full(OrreryServer server, String method, String path, String body) {
    var answer = server.answer(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
    assertThat(answer.body()).contains("No space left on device");
  }

  private static String notebook(int size) {
    return "{\"type\": \"notebook\", \"content\": {\"nbformat\": 4, \"nbformat_minor\": 5,"
        + " \"metadata\": {}, \"cells\": [{\"id\": \"a\", \"cell_type\": \"raw\", \"metadata\": {},"
        + " \"source\": \""
        + "x".repeat(size)
        + "\"}]}}";
  }

  private static String text(int size, String more) {
    return "{\"type\": \"file\", \"format\": \"text\", \"content\": \""
        + "x".repeat(size)
        + "\""
        + more
        + "}";
  }

  @Test
  void whatAUserMayNotDoIsRefusedAndChangesNothing() {
    assumeAnotherUser();
    Texts.write(notebooks.resolve("secret.txt"), "old");
    Texts.write(notebooks.resolve("fixed.txt"), "old");
    Notebooks.write(notebooks.resolve("fixed.ipynb"), "'old'");
    Texts.write(folder("locked").resolve("in.txt"), "old");
    Texts.write(folder("names").resolve("in.txt"), "old");
    Path shelf = folder("shelf");
    Texts.write(shelf.resolve("open.txt"), "old");
    Notebooks.write(shelf.resolve("open.ipynb"), "'old'");
    give(root);
    mode("---------", "secret.txt", "locked");
    mode("rw-------", "names");
    mode("r--r--r--", "fixed.txt", "fixed.ipynb");
    mode("r-xr-xr-x", "shelf");
    String fixed = Texts.read(notebooks.resolve("fixed.ipynb"));
    String small = text(5, "");
    try (var server = OrreryServer.by(AS_ANOTHER, root)) {
      denied(server, "GET", "secret.txt", "");
      denied(server, "GET", "locked", "");
      denied(server, "GET", "names", "");
      denied(server, "PUT", "secret.txt", small);
      denied(server, "PUT", "fixed.txt", small);
      denied(server, "PUT", "fixed.txt", text(5, ", \"chunk\": 1"));
      denied(server, "PUT", "fixed.ipynb", notebook(5));
      denied(server, "PUT", "locked/new.txt", small);
      denied(server, "PUT", "shelf/new.txt", small);
      denied(server, "PUT", "shelf/new.bin", text(5, ", \"chunk\": 1"));
      denied(server, "POST", "shelf", "{\"type\": \"notebook\"}");
      denied(server, "POST", "shelf", "{\"type\": \"directory\"}");
      denied(server, "POST", "shelf", "{\"copy_from\": \"fixed.txt\"}");
      denied(server, "POST", "", "{\"copy_from\": \"secret.txt\"}");
      denied(server, "POST", "", "{\"copy_from\": \"locked\"}");
      denied(server, "PATCH", "shelf/open.txt", "{\"path\": \"moved.txt\"}");
      denied(server, "PATCH", "fixed.txt", "{\"path\": \"shelf/fixed.txt\"}");
      denied(server, "DELETE", "shelf/open.txt", "");
      denied(server, "DELETE", "locked", "");
      denied(server, "POST", "secret.txt/checkpoints", "");
      assertThat(server.answer("GET", "/files/secret.txt", "").statusCode()).isEqualTo(403);

      // A file that may be written can be, with its checkpoint, wherever it is.
      server.ask("PUT", "/api/contents/shelf/open.txt", small);
      server.ask("PUT", "/api/contents/shelf/open.ipynb", notebook(5));
      server.ask("POST", "/api/contents/shelf/open.ipynb/checkpoints", "");
      assertThat(server.ask("GET", "/api/contents/shelf/open.ipynb/checkpoints", "")).hasSize(1);
      server.ask("POST", "/api/contents/shelf/open.ipynb/checkpoints/checkpoint", "");
      // A terminal for a folder that can't be entered starts in the root.
      server.ask("POST", "/api/terminals", "{\"cwd\": \"locked\"}");
    }
    assertThat(notebooks.resolve("secret.txt")).hasContent("old");
    assertThat(notebooks.resolve("fixed.txt")).hasContent("old");
    assertThat(notebooks.resolve("fixed.ipynb")).hasContent(fixed);
    assertThat(notebooks.resolve("locked/in.txt")).hasContent("old");
    assertThat(shelf.resolve("open.txt")).hasContent("xxxxx");
    assertThat(names(notebooks))
        .containsExactly("fixed.ipynb", "fixed.txt", "locked", "names", "secret.txt", "shelf");
    assertThat(names(shelf)).containsExactly("open.ipynb", "open.txt");
  }

  private static void denied(OrreryServer server, String method, String path, String body) {
    var answer = server.answer(method, "/api/contents/" + path, body);
    assertThat(answer.statusCode())
        .as(method + " " + path + " " + body + ": " + answer.body())
        .isEqualTo(403);
    assertThat(answer.body()).contains("\"Permission denied: ");
  }

  @Test
  void settingsThatCanNotBeKeptAreRefusedWithASentence() throws IOException {
    assumeAnotherUser();
    Path config = Files.createDirectories(root.resolve("home/.jupyter"));
    give(root);
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("r-xr-xr-x"));
    try (var server = OrreryServer.by(AS_ANOTHER, root)) {
      for (var request :
          List.of(
              List.of("/api/config/notebook", "{\"a\": 1}"),
              List.of("/lab/api/workspaces/w", "{\"data\": {}, \"metadata\": {\"id\": \"w\"}}"),
              List.of(
                  "/lab/api/settings/@jupyterlab/apputils-extension:themes",
                  "{\"raw\": \"{}\"}"))) {
        var answer = server.answer("PUT", request.get(0), request.get(1));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains(" can't be kept: permission denied\"");
      }
      assertThat(server.ask("GET", "/lab/api/settings", "").path("settings").size())
          .isGreaterThan(50);
    }
    assertThat(names(config)).isEmpty();
  }

  @Test
  void aRuntimeFolderThatCanNotBeWrittenStopsTheStartWithASentence() throws IOException {
    assumeAnotherUser();
    Path runtime = Files.createDirectories(root.resolve("home/.local/share/jupyter/runtime"));
    give(root);
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("r-xr-xr-x"));
    assertThatThrownBy(() -> OrreryServer.by(AS_ANOTHER, root).close())
        .hasMessageContaining("ended with 1")
        .hasMessageContaining("orrery: the runtime folder " + runtime + " can't be written to")
        .hasMessageContaining("JUPYTER_RUNTIME_DIR")
        .hasMessageNotContaining("Exception");
  }

  private void assumeAnotherUser() {
    assumeTrue(isRoot(), "platform: only root can become another user");
    String program = Requirements.distribution().resolve("bin/orrery").toString();
    assumeTrue(
        run(
                Stream.concat(AS_ANOTHER.stream(), Stream.of("test", "-r", program))
                    .toArray(String[]::new))
            == 0,
        "platform: other users can't read " + program + ", or there is no setpriv");
  }

  private Path folder(String name) {
    try {
      return Files.createDirectory(notebooks.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mode(String mode, String... names) {
    for (String name : names) {
      try {
        Files.setPosixFilePermissions(
            notebooks.resolve(name), PosixFilePermissions.fromString(mode));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Makes all below {@code folder} the other user's. */
  private static void give(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", UID);
        Files.setAttribute(file, "unix:gid", UID);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }

  private static int run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }
}
