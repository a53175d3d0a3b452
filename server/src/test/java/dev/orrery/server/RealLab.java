package dev.orrery.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real JupyterLab of the environment that ORRERY_TEST_HUB names, to be asked the same. */
final class RealLab implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+(?=/lab)");

  private final Process process;
  private final Path log;
  private String origin = "";

  private RealLab(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** The environment that has it; the test is skipped where there is none. */
  static Path environment() {
    String named = System.getenv("ORRERY_TEST_HUB");
    assumeTrue(named != null, "ORRERY_TEST_HUB is not set: ./dev test installs JupyterLab");
    return Path.of(Objects.requireNonNull(named));
  }

  /** Starts it with folders below {@code home}. */
  static RealLab start(Path home, Map<String, String> variables, String... arguments)
      throws IOException {
    Path bin = environment().resolve("bin");
    var command =
        new ArrayList<>(
            List.of(
                bin.resolve("python").toString(),
                bin.resolve("jupyter-lab").toString(),
                "--no-browser",
                "--allow-root",
                "--port=0",
                "--IdentityProvider.token=" + TestNotebookServer.TOKEN,
                "--ServerApp.root_dir=" + home.resolve("files")));
    command.addAll(List.of(arguments));
    Path log = home.resolve("real.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.environment().put("PATH", bin + ":/usr/bin:/bin");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("JUPYTER_RUNTIME_DIR", home.resolve("real-runtime").toString());
    Process process = builder.start();
    var lab = new RealLab(process, log);
    try {
      Eventually.holds("JupyterLab listens; see " + log, lab::listens);
      return lab;
    } catch (AssertionError e) {
      lab.close();
      throw e;
    }
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new AssertionError("JupyterLab ended; see " + log);
    }
    try {
      Matcher address = ADDRESS.matcher(Files.readString(log));
      if (address.find()) {
        origin = address.group();
        return ask("GET", "/api", "").status() == 200;
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /** A request with the token, and a body where it is not empty. */
  Answer ask(String method, String path, String body) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(PATIENCE)
            .header("Authorization", "token " + TestNotebookServer.TOKEN)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.body(), response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
