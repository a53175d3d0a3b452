package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.kernel.process.AdoptedProcess;
import dev.orrery.kernel.process.ProcessIdentity;
import dev.orrery.kernel.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code orrery list} and {@code orrery stop}: the servers of this user, ours and jupyter_server's
 * alike.
 */
final class RunningServers {

  private static final Duration TIME_TO_STOP = Duration.ofSeconds(30);

  private static final String LIST =
      """
      Usage: orrery list [--json | --jsonlist]

      Prints the address and folder of each server of this user that runs.
        --json      one JSON object per line
        --jsonlist  one JSON list
      """;

  private static final String STOP =
      """
      Usage: orrery stop [--keep-kernels] [PORT or SOCKET]

      Stops the server of this user that listens there (8888 when not given), with its kernels.
        --keep-kernels  lets the kernels run; the next server with the same folder and base URL has them
      """;

  private final Surroundings here;
  private final Path runtimeDir;

  RunningServers(Surroundings here) {
    this.here = here;
    runtimeDir = here.paths().runtimeDir();
  }

  int list(List<String> arguments) throws CommandFailure {
    return Help.or(arguments, LIST, here, this::listed);
  }

  private int listed(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .flag("--json", "--JupyterServerListApp.json")
            .flag("--jsonlist", "--JupyterServerListApp.jsonlist")
            .flag("-y")
            .read(arguments)
            .atMost(0);
    List<JsonNode> servers = running();
    if (given.has("--jsonlist")) {
      var all = Json.array();
      servers.forEach(all::add);
      here.out().println(PythonJson.text(all));
      return 0;
    }
    boolean json = given.has("--json");
    if (!json) {
      here.out()
          .println(servers.isEmpty() ? "No servers are running." : "Currently running servers:");
    }
    for (JsonNode server : servers) {
      here.out().println(json ? PythonJson.line(server) : line(server));
    }
    return 0;
  }

  private static String line(JsonNode server) {
    String token = server.path("token").asString("");
    return server.path("url").asString("")
        + (token.isEmpty() ? "" : "?token=" + token)
        + " :: "
        + server.path("root_dir").asString("");
  }

  int stop(List<String> arguments) throws CommandFailure {
    return Help.or(arguments, STOP, here, this::stopped);
  }

  private int stopped(List<String> arguments) throws CommandFailure {
    Options.Given given =
        new Options()
            .value("--JupyterServerStopApp.port")
            .value("--JupyterServerStopApp.sock")
            .flag("-y")
            .flag("--keep-kernels")
            .read(arguments)
            .atMost(1);
    String wanted =
        given.words().stream()
            .findFirst()
            .or(() -> given.value("--JupyterServerStopApp.sock"))
            .or(() -> given.value("--JupyterServerStopApp.port"))
            .orElse("8888");
    List<JsonNode> servers = running();
    if (servers.isEmpty()) {
      throw CommandFailure.failed("There are no running servers (per " + runtimeDir + ")");
    }
    JsonNode found =
        servers.stream()
            .filter(server ->
                server.path("port").asString("").equals(wanted)
                    || server.path("sock").asString("").equals(wanted))
            .findFirst()
            .orElse(null);
    if (found == null) {
      here.err().println("There is currently no server running on " + wanted);
      here.err().println("Ports/sockets currently in use:");
      servers.forEach(server -> here.err().println(" - " + endpoint(server)));
      return CommandFailure.FAILED;
    }
    boolean keep = given.has("--keep-kernels");
    if (keep && !found.has("orrery")) {
      throw CommandFailure.failed(
          "the server on " + wanted + " is not of Orrery; its kernels end with it.");
    }
    here.out()
        .println("Shutting down server on " + wanted + (keep ? ", keeping its kernels..." : "..."));
    Optional<ProcessHandle> process = ProcessHandle.of(found.path("pid").asLong(-1));
    if (process.isEmpty() || !(keep ? leave(process.get()) : process.get().destroy())) {
      throw CommandFailure.failed(
          "the server could not be told to stop; it may belong to another user.");
    }
    try {
      process.get().onExit().get(TIME_TO_STOP.toSeconds(), TimeUnit.SECONDS);
      return 0;
    } catch (TimeoutException | ExecutionException e) {
      throw CommandFailure.failed(
          "the server is still stopping after " + TIME_TO_STOP.toSeconds() + " s.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandFailure.FAILED;
    }
  }

  private static boolean leave(ProcessHandle process) {
    return ProcessIdentity.of(process.pid())
        .flatMap(AdoptedProcess::find)
        .filter(server -> server.signal(Signal.USR1))
        .isPresent();
  }

  private static String endpoint(JsonNode server) {
    String sock = server.path("sock").asString("");
    return sock.isEmpty() ? server.path("port").asString("") : sock;
  }

  /** What the files of living servers say; files of dead ones are removed. */
  List<JsonNode> running() {
    var servers = new ArrayList<JsonNode>();
    if (!Files.isDirectory(runtimeDir)) {
      return servers;
    }
    try (var files = Files.newDirectoryStream(runtimeDir, "jpserver-*.json")) {
      for (Path file : files) {
        read(file).ifPresent(servers::add);
      }
    } catch (IOException e) {
      here.err().println("orrery: " + runtimeDir + " can't be read: " + e.getMessage());
    }
    return servers;
  }

  private static Optional<JsonNode> read(Path file) throws IOException {
    try {
      JsonNode server = Json.parse(Files.readAllBytes(file));
      if (ProcessHandle.of(server.path("pid").asLong(-1))
          .filter(ProcessHandle::isAlive)
          .isPresent()) {
        return Optional.of(server);
      }
      Files.deleteIfExists(file);
      Files.deleteIfExists(Path.of(file.toString().replaceFirst("\\.json$", "-open.html")));
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
