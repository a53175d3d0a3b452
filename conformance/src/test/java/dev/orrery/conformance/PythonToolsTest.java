package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Jupyter's tools in Python find the server and its kernels by their runtime files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PythonToolsTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final Path root = OrreryServer.makeRoot();
  private final HttpClient pages = HttpClient.newHttpClient();
  private OrreryServer server;

  @BeforeAll
  void startServer() {
    server = OrreryServer.inEnvironment(Requirements.lab(), root);
  }

  @AfterEach
  void endKernels() {
    server.endKernelsAndTerminals();
  }

  @AfterAll
  void stopServer() {
    pages.shutdownNow();
    server.close();
  }

  @Test
  void theServerIsAmongThoseThatRun() {
    String found =
        python(
            "import json; from jupyter_server.serverapp import list_running_servers;"
                + " print(json.dumps(list(list_running_servers())))");
    JsonNode servers = JSON.readTree(found);
    assertThat(servers).hasSize(1);
    JsonNode only = servers.path(0);
    assertThat(only.path("url").asString()).endsWith(":" + server.port() + "/");
    assertThat(only.path("pid").asLong()).isEqualTo(server.pid());
    assertThat(only.path("root_dir").asString()).isEqualTo(server.notebooks().toString());
    assertThat(run("", "jupyter", "server", "list")).contains(":" + server.port() + "/");
  }

  @Test
  void aClientRunsCodeInAKernelOfTheServerAndPagesSeeIt() {
    String id = startKernel();
    var seen = new Seen();
    WebSocket page = open(id, seen);
    try {
      String told =
          python(
              """
              import json, sys
              from jupyter_client import BlockingKernelClient, find_connection_file
              newest, named = find_connection_file(), find_connection_file(sys.argv[1])
              client = BlockingKernelClient(connection_file=named)
              client.load_connection_file()
              client.start_channels()
              client.wait_for_ready(timeout=60)
              outputs = []
              def hook(message):
                  outputs.append([message["msg_type"], message["content"].get("text")])
              reply = client.execute_interactive("x = 41; print('from', 'afar')", output_hook=hook, timeout=60)
              print(json.dumps([newest == named, reply["content"]["status"], outputs]))
              client.stop_channels()
              """,
              id);
      JsonNode result = JSON.readTree(told);
      assertThat(result.path(0).asBoolean()).isTrue();
      assertThat(result.path(1).asString()).isEqualTo("ok");
      assertThat(result.path(2).toString()).contains("[\"stream\",\"from afar\\n\"]");
      Eventually.holds(
          "the page sees what another client runs",
          Duration.ofSeconds(60),
          () -> seen.text().contains("from afar"),
          seen::text);
    } finally {
      page.abort();
    }
    assertThat(server.ask("GET", "/api/kernels/" + id, "").path("id").asString()).isEqualTo(id);
  }

  @Test
  void commandsJoinAKernelOfTheServerAndLeaveItRunning() throws IOException {
    String id = startKernel();
    Path program = Files.writeString(root.resolve("program.py"), "y = 6\nprint('ran', y * 7)\n");
    assertThat(run("", "jupyter", "run", "--existing", id, program.toString())).contains("ran 42");
    assertThat(
            run(
                "print('y is', y)\nexit(keep_kernel=True)\n",
                "jupyter",
                "console",
                "--simple-prompt",
                "--existing",
                "kernel-" + id + ".json"))
        .contains("y is 6");
    assertThat(server.ask("GET", "/api/kernels/" + id, "").path("id").asString()).isEqualTo(id);
  }

  @Test
  void aNotebookOfTheServerIsExecutedWithoutIt() throws IOException {
    Path notebook = server.notebooks().resolve("executed.ipynb");
    Notebooks.write(notebook, "print('all', 'at once')");
    run("", "jupyter", "execute", "--inplace", notebook.toString());
    JsonNode cells = server.ask("GET", "/api/contents/executed.ipynb", "").path("content");
    assertThat(cells.path("cells").path(0).path("outputs").toString()).contains("all at once");
  }

  private String startKernel() {
    return server.ask("POST", "/api/kernels", "{\"name\": \"python3\"}").path("id").asString();
  }

  private WebSocket open(String kernel, Seen seen) {
    String path = "/api/kernels/" + kernel + "/channels?token=" + OrreryServer.TOKEN;
    return pages
        .newWebSocketBuilder()
        .connectTimeout(Duration.ofSeconds(60))
        .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + path), seen)
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  /** What a page of the kernel is told. */
  private static final class Seen implements WebSocket.Listener {

    private final Queue<String> parts = new ConcurrentLinkedQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      parts.add(data.toString());
      return WebSocket.Listener.super.onText(socket, data, last);
    }

    String text() {
      return String.join("", parts);
    }
  }

  private String python(String program, String... arguments) {
    var words = new ArrayList<>(List.of("-c", program));
    words.addAll(List.of(arguments));
    return run("", "python", words.toArray(String[]::new));
  }

  /** What a command of the environment prints, which must end well. */
  private String run(String input, String program, String... arguments) {
    try {
      Path in = Files.writeString(Files.createTempFile(root, "in-", ".txt"), input);
      Path out = Files.createTempFile(root, "out-", ".log");
      Path err = Files.createTempFile(root, "err-", ".log");
      ProcessBuilder command = OrreryServer.command(root, List.of(arguments));
      Path bin = Requirements.lab().resolve("bin");
      command.command().set(0, bin.resolve(program).toString());
      command.environment().put("PATH", bin + ":/usr/bin:/bin");
      Process process =
          command
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(program + " did not end:\n" + Texts.read(err));
      }
      assertThat(process.exitValue()).as(() -> Texts.read(err)).isZero();
      return Files.readString(out, UTF_8);
    } catch (IOException e) {
      throw new AssertionError(program + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
