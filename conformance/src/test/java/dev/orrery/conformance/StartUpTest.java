package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The start-up caches of the distribution are used. Time can't be tested on a shared machine; where
 * each class came from can.
 */
class StartUpTest {

  private final Path root = OrreryServer.makeRoot();

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void aServerTakesItsClassesFromTheCache() throws Exception {
    Path classes = root.resolve("classes");
    Path log = root.resolve("log");
    var command =
        OrreryServer.command(
            root,
            List.of(
                "lab",
                "--no-browser",
                "--no-python",
                "--allow-root",
                "--ip=127.0.0.1",
                "--port=0"));
    Process process = logged(command, classes).redirectOutput(log.toFile()).start();
    try {
      Eventually.holds(
          "the server tells its address",
          Duration.ofSeconds(60),
          () -> read(log).contains("/lab?token="),
          () -> read(log));
    } finally {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(fromCache(classes)).as("classes of the cache").hasSizeGreaterThan(3_000);
    // Classes of jars and of the runtime cost a parse each, and what links a pattern switch or a
    // record's hashCode is put together anew at every start.
    assertThat(notFromCache(classes)).as("classes that are not in the cache").hasSizeLessThan(25);
    assertThat(notFromCache(classes)).noneMatch(line -> line.contains("$$TypeSwitch/"));
    assertThat(Files.readAllLines(classes))
        .as("what belongs to the proxy is no part of a notebook server")
        .noneMatch(line -> line.contains("io.netty.") || line.contains("dev.orrery.proxy."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list",
        "server list --json",
        "notebook list",
        "lab path",
        "lab build",
        "lab workspaces list",
        "server extension list",
        "kernelspec list",
        "kernelspec list --json",
        "labextension list",
        "jupyter --paths --json",
        "jupyter --version",
        "troubleshoot"
      })
  void aSmallCommandTakesItsClassesFromTheCache(String line) throws Exception {
    Path classes = root.resolve("classes");
    var command = OrreryServer.command(root, List.of(line.split(" ")));
    Process process = logged(command, classes).redirectOutput(root.resolve("log").toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(read(root.resolve("log"))).isZero();
    assertThat(fromCache(classes)).hasSizeGreaterThan(500);
    assertThat(notFromCache(classes)).hasSizeLessThan(30);
  }

  private static ProcessBuilder logged(ProcessBuilder command, Path classes) {
    command.environment().put("ORRERY_JAVA_OPTS", "-Xlog:class+load:file=" + classes);
    return command.redirectErrorStream(true);
  }

  private static List<String> fromCache(Path classes) throws IOException {
    return Files.readAllLines(classes).stream()
        .filter(line -> line.contains("source: shared objects file"))
        .toList();
  }

  private static List<String> notFromCache(Path classes) throws IOException {
    return Files.readAllLines(classes).stream()
        .filter(line -> !line.contains("source: shared objects file"))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
