package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSpecFolderTest {

  @TempDir Path root;
  private Path source;
  private Path share;
  private KernelSpecFolder folder;

  @BeforeEach
  void writeSpec() throws IOException {
    source = Files.createDirectories(root.resolve("source"));
    spec(source, "first");
    share = root.resolve("share/jupyter");
    folder = new KernelSpecFolder(share.resolve("kernels"));
  }

  private static void spec(Path directory, String displayName) throws IOException {
    Files.writeString(
        directory.resolve("kernel.json"),
        "{\"argv\": [\"x\"], \"display_name\": \"" + displayName + "\"}");
  }

  private String displayName(String name) {
    return new KernelSpecs(List.of(folder.folder()), Set.of())
        .find(name)
        .orElseThrow()
        .displayName();
  }

  @Test
  void installsWithItsFilesUnderALowerCaseName() throws IOException {
    Files.createDirectories(source.resolve("bin"));
    Path start = Files.writeString(source.resolve("bin/start"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(start, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path installed = folder.install(source, "Mine");
    assertThat(installed).isEqualTo(folder.folder().resolve("mine"));
    assertThat(displayName("mine")).isEqualTo("first");
    assertThat(installed.resolve("bin/start")).isExecutable();
    try (var left = Files.list(share)) {
      assertThat(left).containsExactly(folder.folder());
    }
  }

  @Test
  void replacesOneOfTheSameNameWholly() throws IOException {
    Files.writeString(source.resolve("old.js"), "");
    folder.install(source, "mine");
    Files.delete(source.resolve("old.js"));
    spec(source, "second");
    folder.install(source, "mine");
    assertThat(displayName("mine")).isEqualTo("second");
    assertThat(folder.folder().resolve("mine/old.js")).doesNotExist();
  }

  @Test
  void theInstalledOneCanBeItsOwnSource() throws IOException {
    Path installed = folder.install(source, "mine");
    folder.install(installed, "mine");
    assertThat(displayName("mine")).isEqualTo("first");
  }

  @Test
  void linksAreFollowedInASourceAndNeverWhenSomethingIsRemoved() throws IOException {
    Path elsewhere = Files.writeString(root.resolve("logo"), "logo");
    Files.createSymbolicLink(source.resolve("logo-32x32.png"), elsewhere);
    Path installed = folder.install(source, "mine");
    assertThat(installed.resolve("logo-32x32.png")).isRegularFile();
    assertThat(Files.isSymbolicLink(installed.resolve("logo-32x32.png"))).isFalse();

    Path link = Files.createSymbolicLink(folder.folder().resolve("linked"), source);
    KernelSpecFolder.remove(link);
    assertThat(link).doesNotExist();
    assertThat(source.resolve("kernel.json")).exists();
    Path below = Files.createDirectories(installed.resolve("below"));
    Files.createSymbolicLink(below.resolve("source"), source);
    KernelSpecFolder.remove(installed);
    assertThat(installed).doesNotExist();
    assertThat(source.resolve("kernel.json")).exists();
  }

  @Test
  void whatIsNoKernelspecIsRefusedAndTheOldOneStays() throws IOException {
    folder.install(source, "mine");
    Path empty = Files.createDirectories(root.resolve("empty"));
    assertThatThrownBy(() -> folder.install(empty, "mine"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no kernel.json");
    assertThatThrownBy(() -> folder.install(root.resolve("nowhere"), "mine"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no directory");
    Files.writeString(empty.resolve("kernel.json"), "{");
    assertThatThrownBy(() -> folder.install(empty, "mine"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not valid JSON");
    for (String name : List.of("a b", "..", "a/b", "")) {
      assertThatThrownBy(() -> folder.install(source, name))
          .as(name)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Invalid kernel name");
    }
    assertThat(displayName("mine")).isEqualTo("first");
  }
}
