package dev.orrery.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.cli.crash.HaltingHub.Point;
import dev.orrery.http.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Kills a hub at each step of a start and of a stop. The next one has to finish the step or undo
 * it, so that database, processes and routes agree, and the next start and stop work.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashContract {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String ADMIN = "0123456789abcdef0123456789abcdef";
  private static final String PROXY_TOKEN = "fedcba98";

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Process> processes = new ArrayList<>();
  private Path folder = Path.of("");
  private String databaseUrl = "";
  private int publicPort;
  private int apiPort;
  private int hubPort;
  private int starts;
  private @Nullable Process hub;

  /** Makes the database of the hubs; told as {@code JupyterHub.db_url} has it. */
  abstract String openDatabase(Path folder) throws IOException;

  abstract void closeDatabase() throws IOException;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    this.folder = folder;
    databaseUrl = openDatabase(folder);
    publicPort = freePort();
    apiPort = freePort();
    hubPort = freePort();
    var proxy = java("dev.orrery.cli.Main", "proxy");
    proxy
        .command()
        .addAll(
            List.of(
                "--ip",
                "127.0.0.1",
                "--port",
                Integer.toString(publicPort),
                "--api-ip",
                "127.0.0.1",
                "--api-port",
                Integer.toString(apiPort)));
    proxy.environment().put("CONFIGPROXY_AUTH_TOKEN", PROXY_TOKEN);
    launch(proxy, "proxy.log");
    await("the proxy answers", () -> routes().isObject());
  }

  @AfterAll
  void end() throws IOException {
    processes.forEach(Process::destroyForcibly);
    http.shutdownNow();
    closeDatabase();
  }

  /** One that an earlier test left, or another: what failed there isn't told again here. */
  @BeforeEach
  void aHubRuns() throws IOException {
    Files.deleteIfExists(folder.resolve(HaltingHub.HALT_AT));
    if (hub == null || !hub.isAlive()) {
      startHub();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {
        "BEFORE_THE_PROCESS",
        "PROCESS_NOT_NOTED",
        "PROCESS_NOTED",
        "PROCESS_LISTENS",
        "BEFORE_THE_ROUTE",
        "ROUTE_THERE"
      })
  void aStartThatAHubWasKilledInIsFinishedOrUndone(Point point) throws IOException {
    String user = "start-" + word(point);
    ask("POST", "/hub/api/users/" + user, "");
    haltAt(point);
    askUntilTheHubIsGone("POST", "/hub/api/users/" + user + "/server", "");
    startHub();
    awaitRest(point, user, "");
    boolean ready = server(user, "").path("ready").asBoolean();
    boolean addressKnown = point == Point.BEFORE_THE_ROUTE || point == Point.ROUTE_THERE;
    assertThat(ready)
        .as("a start is finished once its address is known, else undone: %s", point)
        .isEqualTo(addressKnown);
    if (!ready) {
      JsonNode failure = pending(user);
      assertThat(failure.toString()).as("the reason is kept: %s", point).contains("start again");
      ask("POST", "/hub/api/users/" + user + "/server", "");
      awaitRest(point, user, "");
      assertThat(server(user, "").path("ready").asBoolean()).as("%s", point).isTrue();
    }
    agrees(point, user, "");
    ask("DELETE", "/hub/api/users/" + user + "/server", "");
    awaitRest(point, user, "");
    agrees(point, user, "");
    assertThat(server(user, "").isMissingNode()).as("it is stopped: %s", point).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_THE_ROUTE_GOES, false",
    "BEFORE_THE_ROUTE_GOES, true",
    "ROUTE_GONE, false",
    "ROUTE_GONE, true",
    "BEFORE_THE_PROCESS_ENDS, false",
    "BEFORE_THE_PROCESS_ENDS, true",
    "PROCESS_ENDED, false",
    "PROCESS_ENDED, true"
  })
  void aStopThatAHubWasKilledInIsFinished(Point point, boolean remove) throws IOException {
    String user = "stop-" + word(point) + (remove ? "-gone" : "");
    String name = remove ? "extra" : "";
    String path = "/hub/api/users/" + user + (remove ? "/servers/extra" : "/server");
    ask("POST", "/hub/api/users/" + user, "");
    ask("POST", path, "");
    awaitRest(point, user, name);
    agrees(point, user, name);
    assertThat(server(user, name).path("ready").asBoolean()).as("%s", point).isTrue();
    haltAt(point);
    askUntilTheHubIsGone("DELETE", path, remove ? "{\"remove\":true}" : "");
    startHub();
    awaitRest(point, user, name);
    assertThat(server(user, name).path("ready").asBoolean(false))
        .as("a stop is finished: %s", point)
        .isFalse();
    agrees(point, user, name);
    if (remove) {
      assertThat(answer("GET", path, "").statusCode()).as("its record is gone").isEqualTo(404);
    }
    ask("POST", path, "");
    awaitRest(point, user, name);
    assertThat(server(user, name).path("ready").asBoolean())
        .as("it starts again: %s", point)
        .isTrue();
    agrees(point, user, name);
  }

  private static String word(Point point) {
    return point.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // ---- what has to be true

  private void awaitRest(Point point, String user, String name) {
    await(
        "nothing is under way after " + point,
        () -> server(user, name).path("pending").isNull() || server(user, name).isMissingNode());
  }

  /** Database, proxy and processes say the same. */
  private void agrees(Point point, String user, String name) throws IOException {
    boolean ready = server(user, name).path("ready").asBoolean(false);
    String path = "/user/" + user + "/" + (name.isEmpty() ? "" : name + "/");
    assertThat(routes().has(path.substring(0, path.length() - 1)))
        .as("the route of %s after %s", user, point)
        .isEqualTo(ready);
    // A process that was ended is adopted, and is there until it is collected.
    await(
        "as many processes of " + user + " as servers after " + point,
        () -> alive(user).size() == (ready ? 1 : 0));
    if (ready) {
      HttpResponse<String> answer = send(publicPort, "GET", path + "api", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(alive(user).getFirst().toString());
      assertThat(tokens(user)).as("one token for one server").isEqualTo(1);
    } else {
      assertThat(tokens(user)).as("no token without a server").isZero();
    }
  }

  private long tokens(String user) {
    JsonNode list = ask("GET", "/hub/api/users/" + user + "/tokens", "").path("api_tokens");
    return list.valueStream()
        .filter(token -> token.path("note").asString("").startsWith("Server at"))
        .count();
  }

  private List<Long> alive(String user) {
    Path pids = folder.resolve("homes").resolve(user).resolve("pids");
    try {
      return Files.exists(pids)
          ? Files.readAllLines(pids).stream()
              .map(Long::parseLong)
              .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode server(String user, String name) {
    return ask("GET", "/hub/api/users/" + user + "?include_stopped_servers=0", "")
        .path("servers")
        .path(name);
  }

  /** What the one is told who asks how the start went. */
  private JsonNode pending(String user) {
    String events = answer("GET", "/hub/api/users/" + user + "/server/progress", "").body();
    return Json.array().add(events);
  }

  private JsonNode routes() {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + "/api/routes"))
                  .header("Authorization", "token " + PROXY_TOKEN)
                  .timeout(LIMIT)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return Json.parse(answer.body());
    } catch (IOException e) {
      return Json.array();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- the hub

  private void haltAt(Point point) throws IOException {
    Path file = folder.resolve(HaltingHub.HALT_AT);
    Files.writeString(file.resolveSibling("next"), point.name());
    Files.move(file.resolveSibling("next"), file);
  }

  private void startHub() throws IOException {
    starts++;
    var builder = java(HaltingHub.class.getName(), folder.toString());
    builder
        .command()
        .addAll(
            List.of(
                "http://127.0.0.1:" + apiPort,
                PROXY_TOKEN,
                "--JupyterHub.db_url=" + databaseUrl,
                "--JupyterHub.hub_port=" + hubPort,
                "--JupyterHub.authenticator_class=dummy",
                "--JupyterHub.spawner_class=simple",
                "--JupyterHub.allow_named_servers=True",
                "--JupyterHub.api_tokens={'" + ADMIN + "': 'boss'}",
                "--Authenticator.admin_users=['boss']",
                "--SimpleLocalProcessSpawner.home_dir_template=" + folder + "/homes/{username}",
                "--Spawner.cmd=['python3', '" + script() + "']"));
    String log = "hub-" + starts + ".log";
    hub = launch(builder, log);
    await("the hub listens", () -> read(log).contains("listening on") || !hub().isAlive());
    assertThat(hub().isAlive()).as(() -> read(log)).isTrue();
  }

  private Process hub() {
    return Objects.requireNonNull(hub);
  }

  private static Path script() {
    try {
      var url = CrashContract.class.getResource("/small_server.py");
      return Path.of(Objects.requireNonNull(url).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static ProcessBuilder java(String... words) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(words));
    return new ProcessBuilder(command);
  }

  private Process launch(ProcessBuilder builder, String log) throws IOException {
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), log))
            .start();
    processes.add(process);
    return process;
  }

  private String read(String log) {
    try {
      Path file = folder.resolve(log);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void askUntilTheHubIsGone(String method, String path, String body) {
    try {
      answer(method, path, body);
    } catch (UncheckedIOException e) {
      // It ends in the middle of the answer.
    }
    try {
      assertThat(hub().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("the hub came to the step: %s", read("hub-" + starts + ".log"))
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode ask(String method, String path, String body) {
    HttpResponse<String> answer = answer(method, path, body);
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
    return answer.body().isEmpty() ? Json.object() : Json.parse(answer.body());
  }

  private HttpResponse<String> answer(String method, String path, String body) {
    return send(hubPort, method, path, body);
  }

  private HttpResponse<String> send(int port, String method, String path, String body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", "token " + ADMIN)
              .timeout(LIMIT)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Still waiting: " + what + "\n" + read("hub-" + starts + ".log"));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
