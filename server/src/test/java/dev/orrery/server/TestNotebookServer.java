package dev.orrery.server;

import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.http.Json;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelHost;
import dev.orrery.kernel.KernelSpecs;
import dev.orrery.kernel.PythonInterpreters;
import dev.orrery.server.settings.App;
import dev.orrery.server.settings.ServerDeclarations;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.web.Pages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A notebook server in this process, on a free port, with folders of its own. */
final class TestNotebookServer implements AutoCloseable {

  static {
    // A foreign Host header is one of the things to be refused; the client reads this once.
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }

  static final String TOKEN = "test-token";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** An answer with its body as text. */
  record Answer(int status, String body, HttpResponse<?> response) {
    JsonNode json() {
      return Json.parse(body);
    }

    String message() {
      return json().path("message").asString();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    List<String> headers(String name) {
      return response.headers().allValues(name);
    }
  }

  final Path home;
  final Path root;
  final NotebookServer server;
  final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(PATIENCE)
          .build();

  private TestNotebookServer(
      App app,
      Path home,
      PythonInterpreters interpreters,
      Map<String, String> variables,
      List<String> arguments)
      throws IOException {
    this.home = home;
    root = Files.createDirectories(home.resolve("files"));
    Pages pages = pages(home.resolve("pages"));
    var env = new HashMap<>(variables);
    env.put("HOME", home.toString());
    env.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    env.put("SHELL", "/bin/sh");
    env.put("XDG_DATA_HOME", home.resolve("share").toString());
    env.put("JUPYTER_NO_CONFIG", "");
    JupyterPaths paths = JupyterPaths.of(env, home, "jo");
    var all = new ArrayList<>(List.of("--port=0", "--ip=127.0.0.1"));
    if (app == App.LAB
        && arguments.stream().noneMatch(a -> a.contains(".token") || a.contains("password"))) {
      all.add("--IdentityProvider.token=" + TOKEN);
    }
    all.addAll(arguments);
    var sources = new Sources(all, env, List.of(), Optional.empty(), root, true);
    var declarations = ServerDeclarations.of(app);
    if (!(new SettingsReader(declarations).read(sources) instanceof Outcome.Ready ready)) {
      throw new IllegalStateException("The settings are refused: " + all);
    }
    Settings settings = ServerSettings.effective(app, ready.settings(), env);
    switch (ServerSettings.read(app, settings, env, paths, pages, root)) {
      case ServerSettings.Result.Refused refused ->
          throw new IllegalStateException(refused.problems().toString());
      case ServerSettings.Result.Ready fine -> {
        var host = new KernelHost(paths.runtimeDir(), env, interpreters);
        var specs =
            new KernelSpecs(
                List.of(home.resolve("kernels")), fine.settings().kernelSpecs().allowed());
        server = new NotebookServer(fine.settings(), paths, host, specs);
        server.start();
      }
    }
  }

  /** Starts a server whose folders are below {@code home}. */
  static TestNotebookServer start(Path home, String... arguments) throws IOException {
    return new TestNotebookServer(
        App.LAB, home, PythonInterpreters.ON_PATH, Map.of(), List.of(arguments));
  }

  /** Starts a server with {@code variables} in its environment, its folders below {@code home}. */
  static TestNotebookServer startWith(Path home, Map<String, String> variables, String... arguments)
      throws IOException {
    return new TestNotebookServer(
        App.LAB, home, PythonInterpreters.ON_PATH, variables, List.of(arguments));
  }

  /** Starts a server whose kernels ask {@code interpreters} for their program. */
  static TestNotebookServer start(Path home, PythonInterpreters interpreters) throws IOException {
    return new TestNotebookServer(App.LAB, home, interpreters, Map.of(), List.of());
  }

  /** Starts a server as a hub does, with {@code variables} from it. */
  static TestNotebookServer startBehind(
      Path home, Map<String, String> variables, String... arguments) throws IOException {
    return new TestNotebookServer(
        App.SINGLEUSER, home, PythonInterpreters.ON_PATH, variables, List.of(arguments));
  }

  private static Pages pages(Path folder) throws IOException {
    Path lab = folder.resolve("lab");
    write(
        lab.resolve("static/index.html"),
        """
        <!DOCTYPE html><html><head>{# a comment #}
        <script id="jupyter-config-data" type="application/json">{{ page_config_full | tojson }}</script>
        {% block stylesheet %}{% if custom_css %}<link href="custom.css">{% endif %}{% endblock %}
        </head><body data-base="{{ base_url | escape }}"></body></html>
        """);
    write(lab.resolve("static/main.0123456789abcdef0123.js"), "let app = 1;");
    write(
        lab.resolve("schemas/@jupyterlab/test-extension/plugin.json"),
        """
        {"title": "Test", "type": "object", "additionalProperties": false,
         "properties": {"theme": {"type": "string", "default": "Light"},
                        "size": {"type": "integer", "default": 3}}}
        """);
    write(
        lab.resolve("schemas/@jupyterlab/test-extension/package.json.orig"),
        "{\"version\":\"4.5.6\"}");
    write(lab.resolve("themes/@jupyterlab/theme/index.css"), "body { }");
    Path notebook = folder.resolve("notebook");
    for (String page : List.of("tree", "notebooks", "edit", "consoles", "terminals")) {
      write(
          notebook.resolve("templates/" + page + ".html"),
          "{% set _ = page_config_full.update(notebookPage='"
              + page
              + "') %}"
              + "<script>{{ page_config_full | tojson }}</script>");
    }
    return new Pages(lab, folder.resolve("labextensions"), notebook);
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  String origin() {
    return "http://127.0.0.1:" + server.port();
  }

  /** A request as a program sends it, with the token. */
  Answer ask(String method, String path) throws IOException {
    return ask(method, path, "", "Authorization", "token " + TOKEN);
  }

  /** A request with a body, with the token. */
  Answer ask(String method, String path, String body) throws IOException {
    return ask(method, path, body, "Authorization", "token " + TOKEN);
  }

  /** A request with exactly these headers, in pairs. */
  Answer ask(String method, String path, String body, String... headers) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(PATIENCE)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<byte[]> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(
          response.statusCode(), new String(response.body(), StandardCharsets.UTF_8), response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Where a request leads whose target no polite client would send; empty for nowhere. */
  String locationOfRaw(String target) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String request =
          "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer
          .lines()
          .takeWhile(line -> !line.isEmpty())
          .filter(line -> line.startsWith("Location: "))
          .map(line -> line.substring("Location: ".length()))
          .findFirst()
          .orElse("");
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
