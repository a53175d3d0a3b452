package dev.orrery.server.contents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  private static void failInTheMiddle(OutputStream out) throws IOException {
    out.write(new byte[200_000]);
    out.flush();
    throw new IOException("the disk is full");
  }

  @Test
  void namesMayBeAsLongAsTheFileSystemLetsThem(@TempDir Path folder) throws IOException {
    for (String name : List.of("n".repeat(255), "ü".repeat(127))) {
      Path file = folder.resolve(name);
      AtomicFile.write(file, out -> out.write('1'));
      AtomicFile.write(file, out -> out.write('2'));
      assertThat(Files.readString(file)).isEqualTo("2");
    }
    try (var entries = Files.list(folder)) {
      assertThat(entries).hasSize(2);
    }
  }

  @Test
  void aSaveThatFailsLeavesTheOldFileAndNothingElse(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    Path linked = Files.writeString(folder.resolve("b"), "old");
    Files.createLink(folder.resolve("twin"), linked);
    for (Path one : new Path[] {file, linked, folder.resolve("new")}) {
      assertThatThrownBy(() -> AtomicFile.write(one, AtomicFileTest::failInTheMiddle))
          .hasMessage("the disk is full");
    }
    assertThat(file).hasContent("old");
    assertThat(linked).hasContent("old");
    try (var names = Files.list(folder)) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "b", "twin");
    }
  }

  @Test
  void whileAFileIsWrittenItsReadersSeeTheOldOne(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    AtomicFile.write(
        file,
        out -> {
          out.write("new".getBytes(UTF_8));
          out.flush();
          assertThat(file).hasContent("old");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void twoSavesOfOneFileComeOneAfterTheOther(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a");
    var firstWrites = new CountDownLatch(1);
    var secondWrites = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first =
          threads.submit(() -> {
            AtomicFile.write(
                file,
                out -> {
                  out.write("first, which is longer".getBytes(UTF_8));
                  firstWrites.countDown();
                  try {
                    assertThat(secondWrites.await(300, TimeUnit.MILLISECONDS)).isFalse();
                  } catch (InterruptedException e) {
                    throw new IOException(e);
                  }
                });
            return true;
          });
      assertThat(firstWrites.await(20, TimeUnit.SECONDS)).isTrue();
      var second =
          threads.submit(() -> {
            AtomicFile.write(
                file,
                out -> {
                  secondWrites.countDown();
                  out.write("second".getBytes(UTF_8));
                });
            return true;
          });
      assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(file).hasContent("second");
  }

  @Test
  void aReplacedFileKeepsItsModeAndIsNeverReadableByMore(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    var mode = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, mode);
    AtomicFile.write(
        file,
        out -> {
          out.write("new".getBytes(UTF_8));
          try (var names = Files.list(folder)) {
            for (Path one : names.toList()) {
              assertThat(Files.getPosixFilePermissions(one)).as(one.toString()).isEqualTo(mode);
            }
          }
        });
    assertThat(file).hasContent("new");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(mode);
  }

  /** As for a user without a name, in a container: the numbers of owner and group count. */
  @Test
  void aFileOfAnotherOwnerKeepsItsOwner(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    assumeTrue(
        Files.getAttribute(file, "unix:uid").equals(0), "platform: only root gives files away");
    Files.setAttribute(file, "unix:uid", 54_321);
    AtomicFile.write(file, out -> out.write("new".getBytes(UTF_8)));
    assertThat(file).hasContent("new");
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(54_321);
    assertThatThrownBy(() -> AtomicFile.write(file, AtomicFileTest::failInTheMiddle))
        .hasMessage("the disk is full");
    assertThat(file).hasContent("new");
    assertThat(folder).isDirectoryNotContaining("glob:**.~a");
  }
}
