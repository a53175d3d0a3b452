package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands a person types. */
class CommandLineTest {

  private record Outcome(int code, String output) {}

  private final Path root = OrreryServer.makeRoot();

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void helpTellsTheShortNamesAndWhatTheyStandFor() {
    Outcome help = orrery("lab", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.output())
        .contains("--no-browser", "Equivalent to: --ServerApp.open_browser=False", "--port");
  }

  @Test
  void theConfigurationIsShownAsJson() {
    Outcome shown = orrery("lab", "--show-config-json", "--port=4321");
    assertThat(shown.code()).isZero();
    assertThat(shown.output()).contains("\"port\"", "4321");
  }

  @Test
  void anUnknownOptionIsRefusedWithTheNearestName() {
    Outcome refused = orrery("lab", "--no-browzer");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains("--no-browzer", "--no-browser");
  }

  @Test
  void rootIsRefusedUnlessAllowed() throws IOException {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "this user is not root");
    Outcome refused = orrery("lab", "--no-browser", "--no-python", "--port=0");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains("--allow-root");
  }

  @Test
  void aSecondServerTakesTheNextPortAndBothAreListedAndStopped() {
    // The same home, or list and stop would not see both.
    try (var first = OrreryServer.in(root);
        var second = OrreryServer.in(root, "--port=" + first.port())) {
      assertThat(second.port()).isBetween(first.port() + 1, first.port() + 60);
      assertThat(orrery("list").output())
          .contains(":" + first.port() + "/", ":" + second.port() + "/");

      Outcome stopped = orrery("stop", Integer.toString(second.port()));
      assertThat(stopped.code()).as(stopped.output()).isZero();
      assertThat(second.awaitExit(Duration.ofSeconds(60))).as(second::output).isZero();
      assertThat(orrery("list").output())
          .contains(":" + first.port() + "/")
          .doesNotContain(":" + second.port() + "/");
      assertThat(first.ask("GET", "/api/status", "").has("started")).isTrue();
    }
  }

  @Test
  void stoppingAPortWhereNothingRunsFails() {
    Outcome refused = orrery("stop", "1");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains("There are no running servers");
  }

  @Test
  void sigtermEndsTheServerAndItsKernels() {
    try (var server = OrreryServer.in(root)) {
      server.ask("POST", "/api/kernels", "{\"name\": \"python3\"}");
      List<ProcessHandle> processes =
          ProcessHandle.of(server.pid()).orElseThrow().descendants().toList();
      assertThat(processes).isNotEmpty();
      long start = System.nanoTime();
      assertThat(server.terminate()).as(server::output).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      Eventually.holds(
          "the kernel is gone",
          Duration.ofSeconds(60),
          () -> processes.stream().noneMatch(ProcessHandle::isAlive),
          server::output);
    }
  }

  @Test
  void sigtermInTheMomentOfTheStartLeavesNoFilesBehind() throws Exception {
    Process process =
        OrreryServer.command(
                root, List.of("lab", "--no-browser", "--allow-root", "--no-python", "--port=0"))
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("start.log").toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    try {
      Eventually.holds(
          "the server says where it is",
          Duration.ofSeconds(60),
          () -> !runtimeFiles().isEmpty() || !process.isAlive(),
          () -> Texts.read(root.resolve("start.log")));
      process.destroy();
      assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(runtimeFiles()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> runtimeFiles() {
    Path folder = root.resolve("home/.local/share/jupyter/runtime");
    String[] names = folder.toFile().list((_, name) -> name.startsWith("jpserver-"));
    return names == null ? List.of() : List.of(names);
  }

  @Test
  void byTheNameTheHubLooksForItIsAServerOfAHubAndSaysWhatAHubWouldHaveSaid() throws IOException {
    Path link = root.resolve("jupyterhub-singleuser");
    Files.createSymbolicLink(
        link, Requirements.distribution().resolve("bin").resolve("orrery").toRealPath());
    ProcessBuilder command = OrreryServer.command(root, List.of("--allow-root"));
    command.command().set(0, link.toString());
    Outcome refused = outcome(command, "jupyterhub-singleuser");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.output())
        .contains("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL", "orrery lab");
    Outcome help = orrery("singleuser", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.output()).contains("c.Spawner.cmd", "--disable-user-config");
    assertThat(orrery("help").output()).contains("singleuser");
  }

  private Outcome orrery(String... arguments) {
    return outcome(
        OrreryServer.command(root, List.of(arguments)), "orrery " + String.join(" ", arguments));
  }

  private Outcome outcome(ProcessBuilder command, String name) {
    try {
      Path output = Files.createTempFile(root, "command-", ".log");
      Process process =
          command
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(new File("/dev/null"))
              .start();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(name + " did not end:\n" + Texts.read(output));
      }
      return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
