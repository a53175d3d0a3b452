package dev.orrery.server.contents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
