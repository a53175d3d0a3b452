package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code orrery hub} of the distribution with files of its own, in an empty folder. */
final class OurHub implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(90);

  /** For hundreds of starts at once, of which each answers when its server runs. */
  private static final Duration ANSWER = Duration.ofSeconds(150);

  /** Tests that run behind a shell's {@code &} ignore Ctrl-C, and so does what they start. */
  private static final String HEARS_INTERRUPTS =
      "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
          + " os.execv(sys.argv[1], sys.argv[1:])";

  private static final Pattern INVITATION = Pattern.compile("http\\S+invitation\\S+");

  private final Path root = OrreryServer.makeRoot();
  private final int publicPort = RealHub.freePort();
  private final int apiPort = RealHub.freePort();
  private final int hubPort = RealHub.freePort();
  private final List<String> line = new ArrayList<>();
  private final boolean realServers;
  private final Map<String, String> environment;
  private final HttpClient http = HttpClient.newHttpClient();
  private int starts;
  private Process hub;

  /** A hub of which nothing is set but where it listens, and these. */
  static OurHub fresh(String... settings) {
    return new OurHub(false, Map.of(), "", settings);
  }

  /** A hub with JupyterHub's settings file, whose servers are {@code jupyterhub-singleuser}. */
  static OurHub withRealServers() {
    return configured("");
  }

  /** The same with more lines in that file. */
  static OurHub configured(String more) {
    return new OurHub(
        true,
        Map.of(),
        """
        c = get_config()
        c.JupyterHub.authenticator_class = "dummy"
        c.Authenticator.allow_all = True
        c.Authenticator.admin_users = {"boss"}
        c.JupyterHub.spawner_class = "simple"
        c.JupyterHub.allow_named_servers = True
        c.SimpleLocalProcessSpawner.home_dir_template = "%s/{username}"
        c.Spawner.cmd = ["jupyterhub-singleuser"]
        c.Spawner.args = ["--allow-root"]
        """
            + more);
  }

  /**
   * A hub with this settings file.
   *
   * @param config {@code %s} in it is a folder for homes
   */
  static OurHub withConfig(String config) {
    return new OurHub(true, Map.of(), config);
  }

  /** A hub with this settings file, and with more in its environment. */
  static OurHub withConfig(String config, Map<String, String> environment) {
    return new OurHub(true, environment, config);
  }

  private OurHub(
      boolean realServers, Map<String, String> environment, String config, String... settings) {
    this.realServers = realServers;
    this.environment = Map.copyOf(environment);
    line.addAll(List.of(Requirements.python().toString(), "-c", HEARS_INTERRUPTS));
    line.add(Requirements.distribution().resolve("bin").resolve("orrery").toString());
    line.add("hub");
    line.add("--JupyterHub.bind_url=http://127.0.0.1:" + publicPort);
    line.add("--JupyterHub.hub_port=" + hubPort);
    line.add("--ConfigurableHTTPProxy.api_url=http://127.0.0.1:" + apiPort);
    line.addAll(List.of(settings));
    if (!config.isEmpty()) {
      Path file = root.resolve("jupyterhub_config.py");
      Texts.write(file, config.replace("%s", root.resolve("home").toString()));
    }
    hub = launch();
    awaitStart();
  }

  private Process launch() {
    starts++;
    Path bin =
        realServers
            ? Requirements.hub().resolve("bin")
            : Requirements.python().resolveSibling(".").normalize();
    var builder = HubProcess.builder(root, bin, line);
    builder.environment().putAll(environment);
    try {
      return builder.redirectOutput(log(starts).toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log(int start) {
    return root.resolve("hub-" + start + ".log");
  }

  private void awaitStart() {
    try {
      Eventually.holds(
          "the hub says that it runs",
          START,
          () -> Texts.read(log(starts)).contains("is now running at") || !hub.isAlive(),
          this::output);
      if (!hub.isAlive()) {
        throw new AssertionError("The hub ended:\n" + output());
      }
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  String origin() {
    return "http://127.0.0.1:" + publicPort;
  }

  /** Asks it something, through its proxy, as a program does that has a token. */
  HttpResponse<String> ask(String token, String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(ANSWER)
            .header("Authorization", "token " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The link that makes the first account, from the last start. */
  String invitation() {
    Matcher matcher = INVITATION.matcher(Texts.read(log(starts)));
    if (!matcher.find()) {
      throw new AssertionError("No link was printed:\n" + output());
    }
    return matcher.group();
  }

  /** Ends the hub without giving it a chance to do anything; what it started goes on. */
  void kill() {
    hub.destroyForcibly();
    await(hub);
  }

  /** Starts it again in the same folder. */
  void startAgain() {
    hub = launch();
    awaitStart();
  }

  /** Asks it to end, and waits for that. */
  void terminate() {
    hub.destroy();
    await(hub);
  }

  /** Ends it as Ctrl-C in its terminal does, and waits for that. */
  void interrupt() {
    try {
      await(new ProcessBuilder("kill", "-INT", String.valueOf(hub.pid())).inheritIO().start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await(hub);
  }

  private void await(Process process) {
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("The hub does not end:\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The proxy that was started last, if it runs. */
  Optional<ProcessHandle> proxy() {
    Path file = root.resolve("jupyterhub-proxy.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Texts.read(file).lines().findFirst().orElse("0")))
            .filter(ProcessHandle::isAlive)
        : Optional.empty();
  }

  /** All that it said. */
  String output() {
    var all = new StringBuilder();
    for (int start = 1; start <= starts; start++) {
      all.append(Texts.read(log(start)));
    }
    return all.toString();
  }

  @Override
  public void close() {
    http.shutdownNow();
    // A hub that was killed has left its proxy, and perhaps servers: the next one takes them along.
    if (!hub.isAlive() && proxy().isPresent()) {
      hub = launch();
      Eventually.holds(
          "the hub runs once more, to clean up",
          START,
          () -> Texts.read(log(starts)).contains("is now running at") || !hub.isAlive(),
          this::output);
    }
    hub.destroy();
    try {
      if (!hub.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        hub.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      hub.destroyForcibly();
    }
  }
}
