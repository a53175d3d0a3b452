package dev.orrery.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A directory with kernelspecs and the kernels started from them. */
final class TestKernels implements AutoCloseable {

  static final Duration START = Duration.ofSeconds(40);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  final Path home;
  final Kernels kernels;

  private TestKernels(Path home, KernelSettings settings) {
    this(home, settings, "place");
  }

  private TestKernels(Path home, KernelSettings settings, String place) {
    this.home = home;
    var specs = new KernelSpecs(List.of(home.resolve("kernels")), Set.of());
    var host = new KernelHost(home.resolve("runtime"), System.getenv(), PythonInterpreters.ON_PATH);
    this.kernels = new Kernels(settings, specs, host, place);
  }

  /** With the fake kernel in its modes, and one that ends at once. */
  static TestKernels fake(Path home, KernelSettings settings) throws IOException {
    for (String mode : List.of("normal", "mute", "stubborn")) {
      writeSpec(home, mode, FakeKernel.command(mode), InterruptMode.MESSAGE);
    }
    writeSpec(home, "dies", List.of("/bin/sh", "-c", "exit 7"), InterruptMode.SIGNAL);
    writeSpec(home, "missing", List.of("no-such-program"), InterruptMode.SIGNAL);
    return new TestKernels(home, settings);
  }

  /** With a real kernel. */
  static TestKernels python(Path home, String python, KernelSettings settings) throws IOException {
    writeSpec(
        home,
        "python3",
        List.of(python, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
        InterruptMode.SIGNAL);
    return new TestKernels(home, settings);
  }

  static void writeSpec(Path home, String name, List<String> argv, InterruptMode mode)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    argv.forEach(json.putArray("argv")::add);
    json.put("display_name", name).put("language", "fake").put("interrupt_mode", mode.wireName());
    Path directory = Files.createDirectories(home.resolve("kernels").resolve(name));
    Files.write(directory.resolve("kernel.json"), JSON.writeValueAsBytes(json));
  }

  /** A server in the same place that comes after this one. */
  TestKernels next(KernelSettings settings) {
    return next(settings, "place");
  }

  TestKernels next(KernelSettings settings, String place) {
    return new TestKernels(home, settings, place);
  }

  /** What kernels have left in the runtime folder. */
  List<Path> leftovers() throws IOException {
    try (var files = Files.walk(home.resolve("runtime"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("lock") && !file.endsWith("place"))
          .toList();
    }
  }

  Kernel start(String spec) throws KernelStartException {
    return kernels.start(new StartRequest(spec, home, Map.of(), java.util.Optional.empty()));
  }

  Kernel startReady(String spec) throws KernelStartException, InterruptedException {
    Kernel kernel = start(spec);
    if (!kernel.awaitReady(START)) {
      throw new AssertionError("Kernel " + spec + " did not answer; it is " + kernel.state());
    }
    return kernel;
  }

  /** The same as JupyterLab asks for a cell. */
  static Message executeCell(String session, String cellId, String code) {
    Message plain = execute(session, code);
    return new Message(
        plain.channel(),
        plain.header(),
        plain.parentHeader(),
        JSON.writeValueAsBytes(JSON.createObjectNode().put("cellId", cellId)),
        plain.content(),
        List.of());
  }

  static Message execute(String session, String code) {
    ObjectNode content = JSON.createObjectNode();
    content.put("code", code).put("silent", false).put("store_history", true);
    content.putObject("user_expressions");
    content.put("allow_stdin", true).put("stop_on_error", true);
    return Message.create(
        Channel.SHELL, "execute_request", session, Header.EMPTY, JSON.writeValueAsBytes(content));
  }

  static Message inputReply(String session, Message inputRequest, String value) {
    return Message.create(
        Channel.STDIN,
        "input_reply",
        session,
        inputRequest.parsedHeader(),
        ("{\"value\":\"" + value + "\"}").getBytes(UTF_8));
  }

  @Override
  public void close() {
    kernels.shutdownAll(Duration.ofSeconds(10));
    kernels.close();
  }
}
