package dev.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {

  @TempDir Path folder;

  @Test
  void contentIsReplacedForTheOwnerOnly() throws IOException {
    Path file = folder.resolve("a/b/token.json");
    SmallFile.replace(file, "one".getBytes(UTF_8));
    assertThat(file).hasContent("one");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    SmallFile.replace(file, "two".getBytes(UTF_8));
    assertThat(file).hasContent("two");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder.resolve("a/b"))) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aWriteThatFailsLeavesNothingBeside() throws IOException {
    Path taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("by a folder"));
    assertThatIOException().isThrownBy(() -> SmallFile.replace(taken, "x".getBytes(UTF_8)));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(taken);
    }
  }
}
