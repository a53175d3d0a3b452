package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where that goes what a kernel's process prints by itself. */
class KernelLogTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path home;

  private TestKernels kernels(String script) throws IOException {
    TestKernels.writeSpec(home, "talks", List.of("/bin/sh", "-c", script), InterruptMode.SIGNAL);
    var usual = KernelSettings.defaults();
    var onceOnly =
        new KernelSettings.Restarts(true, Duration.ofMillis(10), Duration.ofSeconds(10), 1, false);
    return TestKernels.fake(
        home,
        new KernelSettings(
            usual.defaultKernelName(),
            usual.maxKernels(),
            usual.untrackedMessageTypes(),
            usual.waits(),
            onceOnly,
            usual.culling(),
            usual.binding(),
            usual.offlineBuffering()));
  }

  private static Path logOf(Kernel kernel) {
    return kernel.logFile();
  }

  private static void awaitWords(Kernel kernel) {
    String words = "I am " + kernel.pid().orElseThrow() + "\nto stderr\n";
    Eventually.holds("it and nobody else spoke", SOON, () -> read(logOf(kernel)).equals(words));
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As jupyter_client looks for it: what has the id in its name, but for hidden files. */
  @Test
  void theIdOfAKernelFindsItsConnectionFileAlone() throws Exception {
    try (var kernels = kernels("echo I am $$; echo to stderr >&2; exec sleep 60")) {
      Kernel kernel = kernels.start("talks");
      awaitWords(kernel);
      Path folder = kernel.connectionFile().resolveSibling("");
      try (var found = Files.newDirectoryStream(folder, "*" + kernel.id() + "*")) {
        assertThat(found)
            .filteredOn(file -> !file.getFileName().toString().startsWith("."))
            .containsExactly(kernel.connectionFile());
      }
    }
  }

  @Test
  void bothStreamsGoToAFileOfTheOwnerThatLivesAsLongAsTheKernel() throws Exception {
    try (var kernels = kernels("echo I am $$; echo to stderr >&2; exec sleep 60")) {
      Kernel kernel = kernels.start("talks");
      Path file = logOf(kernel);
      awaitWords(kernel);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      kernel.restart();
      awaitWords(kernel);
      kernel.shutdown();
      assertThat(file).doesNotExist();
      assertThat(kernels.leftovers()).isEmpty();
    }
  }

  @Test
  void lastWordsOfAKernelThatDiesAreLoggedOnceForEachDeath() throws Exception {
    Logger logger = Logger.getLogger(Kernel.class.getName());
    var heard = new Recorder();
    logger.addHandler(heard);
    try (var kernels = kernels("for i in $(seq 100 130); do echo line $i; done; exit 7")) {
      Kernel kernel = kernels.start("talks");
      Eventually.holds("it is given up", SOON, () -> kernels.kernels.find(kernel.id()).isEmpty());
      for (int death = 1; death <= 2; death++) {
        String record = heard.nextAbout("Kernel " + kernel.id() + " died");
        assertThat(record)
            .contains("returned 7")
            .contains("\n    line 111\n", "\n    line 130")
            .doesNotContain("line 110");
      }
      assertThat(heard.records).noneMatch(record -> record.contains("died:"));
      assertThat(kernels.leftovers()).isEmpty();
    } finally {
      logger.removeHandler(heard);
    }
  }

  @Test
  void kernelThatFloodsIsCutAndGoesOnPrinting() throws Exception {
    try (var kernels =
        kernels(
            """
            head -c 3000000 /dev/zero | tr '\\0' x; echo; echo before
            while [ ! -e go ]; do sleep 0.05; done
            echo after; exec sleep 60
            """)) {
      Kernel kernel = kernels.start("talks");
      Path file = logOf(kernel);
      Eventually.holds(
          "it spoke and was cut",
          SOON,
          () -> {
            // One look: between two the file is cut, and empty for a moment.
            String now = read(file);
            return now.startsWith("(earlier output was dropped)\n")
                && now.endsWith("\nbefore\n")
                && now.length() < KernelLog.LIMIT;
          });
      Files.createFile(home.resolve("go"));
      Eventually.holds("it goes on", SOON, () -> read(file).endsWith("\nbefore\nafter\n"));
      assertThat(read(file)).hasSizeLessThan(10_000).doesNotContain("\0");
      assertThat(kernel.pid()).isPresent();
    }
  }

  private static final class Recorder extends Handler {
    private final BlockingQueue<String> records = new LinkedBlockingQueue<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        records.add(formatter.formatMessage(record));
      }
    }

    String nextAbout(String what) throws InterruptedException {
      while (true) {
        String record = records.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        if (record == null) {
          throw new AssertionError("Nothing was logged about: " + what);
        }
        if (record.contains(what)) {
          return record;
        }
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
