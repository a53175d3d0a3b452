package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
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
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The distribution's {@code bin/orrery}, started with a home and a notebook folder of its own. */
final class OrreryServer implements AutoCloseable {

  static final String TOKEN = "conformance-token";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Pattern ADDRESS =
      Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/|http\\+unix://");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path root;
  private final Path log;
  private final Process process;
  private final boolean ownsRoot;
  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  private OrreryServer(Path root, Path log, Process process, boolean ownsRoot) {
    this.root = root;
    this.log = log;
    this.process = process;
    this.ownsRoot = ownsRoot;
  }

  /** Starts {@code orrery lab} on a free port and returns once it answers. */
  static OrreryServer start(String... options) {
    return start(makeRoot(), true, List.of(), options);
  }

  /** A temporary folder with {@code home} and {@code notebooks} in it. */
  static Path makeRoot() {
    try {
      Path root = Files.createTempDirectory("orrery-conformance-").toRealPath();
      Files.createDirectory(root.resolve("home"));
      Files.createDirectory(root.resolve("notebooks"));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it in a root of {@link #makeRoot}, for tests of several servers of one user. */
  static OrreryServer in(Path root, String... options) {
    return start(root, false, List.of(), options);
  }

  /** The same by way of another program, which changes what the server may do. */
  static OrreryServer by(List<String> program, Path root, String... options) {
    return start(root, false, program, options);
  }

  /** Starts another in the place of one that has ended: the same files, at the same address. */
  OrreryServer again(String... options) {
    var all = new ArrayList<>(List.of(options));
    all.add("--port=" + port);
    return start(root, ownsRoot, List.of(), all.toArray(String[]::new));
  }

  /**
   * Starts it as somebody who has a Python environment active, in a root of {@link #makeRoot} that
   * goes with it.
   */
  static OrreryServer inEnvironment(Path venv, Path root, String... options) {
    String path = venv.resolve("bin") + File.pathSeparator + System.getenv("PATH");
    return start(root, true, List.of("/usr/bin/env", "PATH=" + path), options);
  }

  private static OrreryServer start(
      Path root, boolean ownsRoot, List<String> program, String... options) {
    var arguments = new ArrayList<String>(List.of("lab"));
    arguments.addAll(
        List.of(
            "--no-browser",
            "--no-python",
            "--allow-root",
            "--ip=127.0.0.1",
            "--IdentityProvider.token=" + TOKEN));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--port="))) {
      arguments.add("--port=0");
    }
    arguments.addAll(List.of(options));
    arguments.add(root.resolve("notebooks").toString());
    try {
      Path log = Files.createTempFile(root, "orrery-", ".log");
      ProcessBuilder command = command(root, arguments);
      command.command().addAll(0, program);
      Process process =
          command
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(new File("/dev/null"))
              .start();
      var server = new OrreryServer(root, log, process, ownsRoot);
      try {
        server.awaitAddress();
      } catch (AssertionError e) {
        process.destroyForcibly();
        throw e;
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code bin/orrery} with a home of its own and nothing of the caller's Jupyter. */
  static ProcessBuilder command(Path root, List<String> arguments) {
    var line = new ArrayList<String>();
    line.add(Requirements.distribution().resolve("bin").resolve("orrery").toString());
    line.addAll(arguments);
    var builder = new ProcessBuilder(line).directory(root.resolve("notebooks").toFile());
    var environment = builder.environment();
    environment
        .keySet()
        .removeIf(name ->
            name.startsWith("JUPYTER")
                || name.startsWith("XDG_")
                || name.startsWith("ORRERY")
                || name.startsWith("IPYTHON")
                || name.equals("VIRTUAL_ENV"));
    environment.put("HOME", root.resolve("home").toString());
    environment.put("SHELL", "/bin/bash");
    environment.merge(
        "PATH",
        Requirements.python().resolveSibling("").toString(),
        (path, bin) -> bin + File.pathSeparator + path);
    return builder;
  }

  String origin() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** The address of {@code path} with the token in it. */
  String url(String path) {
    return origin() + path + (path.contains("?") ? "&" : "?") + "token=" + TOKEN;
  }

  Path notebooks() {
    return root.resolve("notebooks");
  }

  Path root() {
    return root;
  }

  long pid() {
    return process.pid();
  }

  String output() {
    try {
      return Files.readString(log, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks the REST interface, and fails unless the answer is a success. */
  JsonNode ask(String method, String path, String body) {
    HttpResponse<String> answer = answer(method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(
          method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
  }

  /** What the REST interface answers. */
  HttpResponse<String> answer(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(STOP)
            .header("Authorization", "token " + TOKEN)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Ends all kernels and terminals, so that one test pays for its own only. */
  void endKernelsAndTerminals() {
    ask("GET", "/api/sessions", "")
        .forEach(session -> ask("DELETE", "/api/sessions/" + session.path("id").asString(), ""));
    ask("GET", "/api/kernels", "")
        .forEach(kernel -> ask("DELETE", "/api/kernels/" + kernel.path("id").asString(), ""));
    ask("GET", "/api/terminals", "")
        .forEach(
            terminal -> ask("DELETE", "/api/terminals/" + terminal.path("name").asString(), ""));
  }

  /** Ends it as a crash would. */
  void kill() {
    process.destroyForcibly();
    awaitExit(STOP);
  }

  /** Sends SIGTERM to this process, and answers its exit code. */
  int terminate() {
    process.destroy();
    return awaitExit(STOP);
  }

  int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "orrery did not end within " + limit.toSeconds() + " s:\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
    return process.exitValue();
  }

  /** Stops it if it runs, checks that it ended well, and removes its files. */
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        int code = terminate();
        if (code != 0) {
          throw new AssertionError("SIGTERM gave exit code " + code + ":\n" + output());
        }
      }
    } finally {
      process.destroyForcibly();
      http.shutdownNow();
      if (ownsRoot) {
        delete(root);
      }
    }
  }

  static void delete(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitAddress() {
    Eventually.holds(
        "orrery prints its address",
        START,
        () -> {
          Matcher address = ADDRESS.matcher(output());
          if (address.find()) {
            port = address.group(1) == null ? -1 : Integer.parseInt(address.group(1));
            return true;
          }
          if (!process.isAlive()) {
            throw new AssertionError("orrery ended with " + process.exitValue() + ":\n" + output());
          }
          return false;
        },
        this::output);
  }
}
