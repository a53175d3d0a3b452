package dev.orrery.server.contents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  @TempDir Path root;

  @Test
  void aCheckpointIsForNoMoreEyesThanItsFile() throws IOException {
    Path file = Files.writeString(root.resolve("a.txt"), "secret");
    Path checkpoint = root.resolve(".ipynb_checkpoints/a-checkpoint.txt");
    var checkpoints = new Checkpoints(root.resolve("elsewhere"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    checkpoints.create(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    checkpoints.create(file);
    assertThat(Files.getPosixFilePermissions(checkpoint))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aCheckpointThatFailsLeavesTheOldOneOrNone() throws IOException {
    Path file = Files.writeString(root.resolve("a.txt"), "first");
    Path folder = root.resolve(".ipynb_checkpoints");
    var checkpoints = new Checkpoints(root.resolve("elsewhere"));
    checkpoints.create(file);
    // A folder can be opened, and not be read.
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> checkpoints.create(file)).isInstanceOf(IOException.class);
    assertThat(folder.resolve("a-checkpoint.txt")).hasContent("first");
    Path other = Files.createDirectory(root.resolve("b.txt"));
    assertThatThrownBy(() -> checkpoints.create(other)).isInstanceOf(IOException.class);
    try (var names = Files.list(folder)) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .containsExactly("a-checkpoint.txt");
    }
  }
}
