package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JupyterHub from the registry on our proxy, with files of its own: anybody may log in, and servers
 * are processes of this user, of the registry or ours.
 */
final class RealHub implements AutoCloseable {

  private static final String PROXY_TOKEN = "token-of-the-proxy";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path root;

  // By itself the client would offer HTTP/2, which configurable-http-proxy takes for a WebSocket.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int publicPort = freePort();
  private final int apiPort = freePort();
  private final int hubPort = freePort();
  private final boolean ownProxy;
  private final Optional<String> ownServers;
  private final List<Process> started = new ArrayList<>();
  private final Process hub;
  private Optional<Process> proxy = Optional.empty();

  /** Starts a hub that starts the proxy itself. */
  static RealHub withItsProxy() {
    return new RealHub(false, Optional.empty());
  }

  /** Starts a proxy, and a hub that is told where it is. */
  static RealHub besideAProxy() {
    return new RealHub(true, Optional.empty());
  }

  /**
   * Starts a hub that starts {@code orrery singleuser} for its users.
   *
   * @param config more lines of its configuration
   */
  static RealHub withOurServers(String config) {
    return new RealHub(false, Optional.of(config));
  }

  /**
   * Starts a hub that starts other servers.
   *
   * @param config more lines of its configuration
   */
  static RealHub withConfig(String config) {
    return new RealHub(false, Optional.of(config));
  }

  private RealHub(boolean ownProxy, Optional<String> ownServers) {
    this.ownProxy = ownProxy;
    this.ownServers = ownServers;
    root = OrreryServer.makeRoot();
    Texts.write(root.resolve("config.py"), config());
    if (ownProxy) {
      startProxy();
    }
    String config = "--config=" + root.resolve("config.py");
    hub = start("hub", List.of(program("jupyterhub").toString(), config, "--debug"));
    try {
      Eventually.holds(
          "JupyterHub answers through the proxy",
          START,
          this::answersThroughTheProxy,
          this::output);
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  private String config() {
    String proxySide =
        ownProxy
            ? """
            c.ConfigurableHTTPProxy.should_start = False
            # After this, and not before, a hub looks whether an external proxy lost its routes.
            c.JupyterHub.last_activity_interval = 1
            """
            : """
            c.ConfigurableHTTPProxy.command = [%s]
            c.ConfigurableHTTPProxy.pid_file = "%s"
            c.ConfigurableHTTPProxy.check_running_interval = 1
            """
                .formatted(
                    proxyCommand().stream()
                        .map(word -> '"' + word + '"')
                        .collect(Collectors.joining(", ")),
                    root.resolve("proxy.pid"));
    return """
    c = get_config()
    c.JupyterHub.bind_url = "http://127.0.0.1:%d"
    c.JupyterHub.hub_bind_url = "http://127.0.0.1:%d"
    c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d"
    c.ConfigurableHTTPProxy.auth_token = "%s"
    c.JupyterHub.db_url = "sqlite:///%s"
    c.JupyterHub.cookie_secret_file = "%s"
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = "%s/{username}"
    c.Spawner.cmd = [%s]
    c.Spawner.args = ["--allow-root"]
    """
            .formatted(
                publicPort,
                hubPort,
                apiPort,
                PROXY_TOKEN,
                root.resolve("hub.sqlite"),
                root.resolve("cookie-secret"),
                root.resolve("home"),
                ownServers.isPresent()
                    ? "\"%s\", \"singleuser\"".formatted(orrery())
                    : '"' + program("jupyterhub-singleuser").toString() + '"')
        + proxySide
        + ownServers.orElse("");
  }

  /**
   * What is started as the proxy: the distribution's, unless {@code -Dorrery.proxy.command} names
   * another one, which tells a fault of the test from one of ours.
   */
  private static List<String> proxyCommand() {
    String other = System.getProperty("orrery.proxy.command", "");
    return other.isEmpty() ? List.of(orrery(), "proxy") : List.of(other.split(" ", -1));
  }

  private static String orrery() {
    return Requirements.distribution().resolve("bin").resolve("orrery").toString();
  }

  private static Path program(String name) {
    return Requirements.hub().resolve("bin").resolve(name);
  }

  /** Starts the proxy that is not the hub's child, the way its administrators do. */
  void startProxy() {
    var line = new ArrayList<String>(proxyCommand());
    line.addAll(
        List.of(
            "--ip=127.0.0.1",
            "--port=" + publicPort,
            "--api-ip=127.0.0.1",
            "--api-port=" + apiPort,
            "--error-target=http://127.0.0.1:" + hubPort + "/hub/error"));
    proxy = Optional.of(start("proxy", line));
  }

  private Process start(String name, List<String> line) {
    var builder = HubProcess.builder(root, Requirements.hub().resolve("bin"), line);
    builder.environment().put("CONFIGPROXY_AUTH_TOKEN", PROXY_TOKEN);
    try {
      Process process =
          builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile())).start();
      started.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String origin() {
    return "http://127.0.0.1:" + publicPort;
  }

  /** The servers of users that run now. */
  List<ProcessHandle> servers() {
    return hub.descendants().filter(process -> arguments(process).contains("singleuser")).toList();
  }

  /** From the system itself: Java tells nothing of a command line that is longer than a page. */
  private static List<String> arguments(ProcessHandle process) {
    Path line = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    try {
      return List.of(Files.readString(line).split("\0"));
    } catch (IOException e) {
      // It has ended.
      return List.of();
    }
  }

  /** Where the files of a user are. */
  Path home(String user) {
    return root.resolve("home").resolve(user);
  }

  /** What all programs printed. */
  String output() {
    var all = new StringBuilder();
    for (String name : List.of("hub", "proxy")) {
      if (Files.exists(log(name))) {
        all.append("-- ").append(name).append('\n').append(Texts.read(log(name)));
      }
    }
    return all.toString();
  }

  private Path log(String name) {
    return root.resolve(name + ".log");
  }

  private boolean answersThroughTheProxy() {
    if (!hub.isAlive()) {
      throw new AssertionError("JupyterHub ended with " + hub.exitValue() + ":\n" + output());
    }
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(origin() + "/hub/api/"))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The routes of the proxy, as its API tells them. */
  JsonNode routes() {
    return api("GET", "", "", 200);
  }

  /** Adds a route that the hub knows nothing of. */
  void addRoute(String path, String target) {
    api("POST", path, "{\"target\": \"" + target + "\"}", 201);
  }

  private JsonNode api(String method, String path, String body, int status) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + apiPort + "/api/routes" + path))
                  .timeout(STOP)
                  .header("Authorization", "token " + PROXY_TOKEN)
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != status) {
        throw new AssertionError(
            method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The proxy that runs now, whoever started it. */
  ProcessHandle proxyProcess() {
    return runningProxy().orElseThrow(() -> new AssertionError("No proxy is running\n" + output()));
  }

  /**
   * The same, in the moments between two of them, too: the hub takes away the file of a dead one.
   */
  Optional<ProcessHandle> runningProxy() {
    if (proxy.isPresent()) {
      return proxy.map(Process::toHandle);
    }
    try {
      String first = Files.readString(root.resolve("proxy.pid")).lines().findFirst().orElse("");
      return first.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(first));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the proxy as a crash would. */
  void killProxy() {
    ProcessHandle killed = proxyProcess();
    killed.destroyForcibly();
    Eventually.holds("the proxy is gone", STOP, () -> !killed.isAlive(), this::output);
  }

  /** Sends SIGTERM to the hub, which ends its proxy too. */
  void terminate() {
    hub.destroy();
    try {
      if (!hub.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("JupyterHub did not end:\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Ends what still runs, and removes the files. */
  @Override
  public void close() {
    for (Process process : started) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
    http.shutdownNow();
    OrreryServer.delete(root);
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
