package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** One folder with one settings file, in which JupyterHub and our hub take turns. */
final class EitherHub implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The token of a service that may do everything. */
  static final String ADMIN = "0123456789abcdef0123456789abcdef";

  private final Path root = OrreryServer.makeRoot();
  private final int publicPort = RealHub.freePort();
  private final int apiPort = RealHub.freePort();
  private final int hubPort = RealHub.freePort();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Optional<Process> hub = Optional.empty();
  private int starts;

  EitherHub() {
    this("");
  }

  /**
   * One with other settings.
   *
   * @param more lines after the usual ones
   */
  EitherHub(String more) {
    Texts.write(
        root.resolve("jupyterhub_config.py"),
        """
        c = get_config()
        c.JupyterHub.bind_url = "http://127.0.0.1:%d"
        c.JupyterHub.hub_bind_url = "http://127.0.0.1:%d"
        c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d"
        c.ConfigurableHTTPProxy.auth_token = "token-of-the-proxy"
        c.ConfigurableHTTPProxy.command = ["%s", "proxy"]
        c.JupyterHub.authenticator_class = "dummy"
        c.Authenticator.allow_all = True
        c.Authenticator.admin_users = {"boss"}
        c.JupyterHub.spawner_class = "simple"
        c.JupyterHub.allow_named_servers = True
        c.JupyterHub.cleanup_servers = False
        c.SimpleLocalProcessSpawner.home_dir_template = "%s/{username}"
        c.Spawner.cmd = ["jupyterhub-singleuser"]
        c.Spawner.args = ["--allow-root"]
        c.JupyterHub.services = [{"name": "cron", "api_token": "%s"}]
        c.JupyterHub.load_roles = [
            {"name": "everything", "services": ["cron"], "scopes": [
                "admin:users", "admin:servers", "tokens", "admin:groups", "read:roles",
                "list:services", "read:services", "shares", "access:servers"]},
            {"name": "teacher", "scopes": ["list:users!group=class"], "groups": ["class"]},
        ]
        """
                .formatted(
                    publicPort,
                    hubPort,
                    apiPort,
                    Requirements.distribution().resolve("bin").resolve("orrery"),
                    root.resolve("home"),
                    ADMIN)
            + more);
  }

  /** Starts the one from the registry. */
  void startReal() {
    start(List.of(Requirements.hub().resolve("bin").resolve("jupyterhub").toString()));
  }

  /** Starts ours. */
  void startOurs() {
    start(List.of(Requirements.distribution().resolve("bin").resolve("orrery").toString(), "hub"));
  }

  private void start(List<String> line) {
    starts++;
    var builder = HubProcess.builder(root, Requirements.hub().resolve("bin"), line);
    try {
      Process process = builder.redirectOutput(log(starts).toFile()).start();
      hub = Optional.of(process);
      Eventually.holds(
          "the hub says that it runs",
          LIMIT,
          () -> Texts.read(log(starts)).contains("is now running at") || !process.isAlive(),
          this::output);
      if (!process.isAlive()) {
        throw new AssertionError("The hub ended:\n" + output());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the one that runs; servers go on. */
  void stop() {
    hub.ifPresent(process -> {
      process.destroy();
      try {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("The hub does not end:\n" + output());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    });
    hub = Optional.empty();
  }

  private Path log(int start) {
    return root.resolve("hub-" + start + ".log");
  }

  String output() {
    var all = new StringBuilder();
    for (int start = 1; start <= starts; start++) {
      all.append("-- ").append(start).append('\n').append(Texts.read(log(start)));
    }
    return all.toString();
  }

  String origin() {
    return "http://127.0.0.1:" + publicPort;
  }

  /** What is in the database, as a program sees it that may do everything. */
  JsonNode ask(String method, String path, String body) {
    return ask(ADMIN, method, path, body);
  }

  JsonNode ask(String token, String method, String path, String body) {
    HttpResponse<String> answer = answer(token, method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(
          method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body().isEmpty() ? Texts.json("null") : Texts.json(answer.body());
  }

  HttpResponse<String> answer(String token, String method, String path, String body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(origin() + path))
              .timeout(LIMIT)
              .header("Authorization", "token " + token)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The tables of the database, without ours. */
  String schema() {
    try {
      Process process =
          new ProcessBuilder(
                  Requirements.hub().resolve("bin").resolve("python").toString(),
                  Texts.resource("/schema.py").toString(),
                  root.resolve("jupyterhub.sqlite").toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError("The schema could not be read");
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      if (hub.isPresent()) {
        for (JsonNode user : ask("GET", "/hub/api/users?state=active", "")) {
          String name = user.path("name").asString();
          answer(ADMIN, "DELETE", "/hub/api/users/" + name + "/server", "");
        }
        stop();
      }
    } finally {
      hub.ifPresent(Process::destroyForcibly);
      http.shutdownNow();
      if (Files.exists(root)) {
        OrreryServer.delete(root);
      }
    }
  }
}
