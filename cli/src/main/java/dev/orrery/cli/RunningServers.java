package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.kernel.JupyterPaths;
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

  private final Path runtimeDir = JupyterPaths.ofThisUser().runtimeDir();

  int list(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.println(
          """
          Usage: orrery list [--json | --jsonlist]

          Prints the address and folder of each server of this user that runs.
            --json      one JSON object per line
            --jsonlist  one JSON list\
          """);
      return 0;
    }
    boolean json = args.contains("--json");
    boolean jsonList = args.contains("--jsonlist");
    List<JsonNode> servers = running();
    if (jsonList) {
      var all = Json.array();
      servers.forEach(all::add);
      System.out.println(Json.text(all));
      return 0;
    }
    if (!json) {
      System.out.println(
          servers.isEmpty() ? "No servers are running." : "Currently running servers:");
    }
    for (JsonNode server : servers) {
      System.out.println(json ? Json.text(server) : line(server));
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

  int stop(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.println(
          """
          Usage: orrery stop [PORT or SOCKET]

          Stops the server of this user that listens there (8888 when not given), with its kernels.\
          """);
      return 0;
    }
    String wanted = args.isEmpty() ? "8888" : args.getFirst();
    List<JsonNode> servers = running();
    Optional<JsonNode> found =
        servers.stream()
            .filter(server ->
                server.path("port").asString("").equals(wanted)
                    || server.path("sock").asString("").equals(wanted))
            .findFirst();
    if (found.isEmpty()) {
      System.err.println("orrery: there is currently no server running on port " + wanted);
      servers.forEach(server -> System.err.println("  - " + line(server)));
      return 1;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(found.get().path("pid").asLong(-1));
    System.out.println("Shutting down server on " + wanted + "...");
    if (process.isEmpty() || !process.get().destroy()) {
      System.err.println(
          "orrery: the server could not be told to stop; it may belong to another user.");
      return 1;
    }
    try {
      process.get().onExit().get(TIME_TO_STOP.toSeconds(), TimeUnit.SECONDS);
      return 0;
    } catch (TimeoutException | ExecutionException e) {
      System.err.println(
          "orrery: the server is still stopping after " + TIME_TO_STOP.toSeconds() + " s.");
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  /** What the files of living servers say; files of dead ones are removed. */
  private List<JsonNode> running() {
    var servers = new ArrayList<JsonNode>();
    if (!Files.isDirectory(runtimeDir)) {
      return servers;
    }
    try (var files = Files.newDirectoryStream(runtimeDir, "jpserver-*.json")) {
      for (Path file : files) {
        read(file).ifPresent(servers::add);
      }
    } catch (IOException e) {
      System.err.println("orrery: " + runtimeDir + " can't be read: " + e.getMessage());
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
