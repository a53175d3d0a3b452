package dev.orrery.kubernetes.pods;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A machine of a cluster, without containers: the first container of a pod is a process here, in a
 * session of its own, with an address of its own among the many that the loopback has. For that
 * address {@code 0.0.0.0} stands in what the process is told. As in a container, all there is of it
 * ends with its first process. The image is empty but for {@code PATH}.
 */
final class FakeNode implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LAST_BYTE = 250;
  private static final long PROBE_MILLIS = 20;
  private static final long LIMIT_SECONDS = 60;

  private final Path logs;
  private final Kubelet kubelet;
  private final AtomicInteger addresses = new AtomicInteger();
  private final Map<String, Container> containers = new ConcurrentHashMap<>();

  /** Told what becomes of pods. */
  interface Kubelet {

    /** The pod is so now. */
    void status(String uid, ObjectNode status);

    /** Nothing is left of a pod whose end was asked for. */
    void removed(String uid);
  }

  FakeNode(Path logs, Kubelet kubelet) throws IOException {
    this.logs = Files.createDirectories(logs);
    this.kubelet = kubelet;
  }

  /** Begins to run a pod. */
  void run(String uid, JsonNode pod) {
    int number = addresses.getAndIncrement();
    String ip = "127.1." + number / LAST_BYTE + "." + (number % LAST_BYTE + 1);
    var container = new Container(uid, ip, pod.path("spec").path("containers").path(0));
    containers.put(uid, container);
    Thread.ofVirtual().name("pod " + uid).start(container::run);
  }

  /** Asks a pod to end, and has it end when the grace is over. */
  void end(String uid, Duration grace) {
    Container container = containers.get(uid);
    if (container != null) {
      Thread.ofVirtual().name("end of pod " + uid).start(() -> container.end(grace));
    }
  }

  OptionalInt exitCode(String uid) {
    Container container = containers.get(uid);
    return container == null ? OptionalInt.empty() : container.exitCode;
  }

  /** What a pod has printed. */
  String log(String uid, Map<String, String> query) throws IOException {
    Path file = logs.resolve(uid);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    int last = Integer.parseInt(query.getOrDefault("tailLines", "1000000"));
    String text = String.join("\n", lines.subList(Math.max(0, lines.size() - last), lines.size()));
    int limit = Integer.parseInt(query.getOrDefault("limitBytes", "1000000"));
    return text.substring(0, Math.min(text.length(), limit));
  }

  /** The container of a pod. */
  private final class Container {

    private final String uid;
    private final String ip;
    private final JsonNode spec;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile OptionalInt exitCode = OptionalInt.empty();
    private @Nullable Process process;
    private boolean ending;

    Container(String uid, String ip, JsonNode spec) {
      this.uid = uid;
      this.ip = ip;
      this.spec = spec;
    }

    void run() {
      try {
        Process started = started();
        if (started == null) {
          return;
        }
        try {
          awaitReady(started);
          exitCode = OptionalInt.of(started.waitFor());
        } finally {
          killAll(started);
        }
        boolean well = exitCode.getAsInt() == 0;
        ended(well ? "Succeeded" : "Failed", well ? "Completed" : "Error", "");
      } catch (IOException | IllegalArgumentException e) {
        exitCode = OptionalInt.of(128);
        ended("Failed", "StartError", "unable to start container process: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        over.countDown();
      }
    }

    private synchronized @Nullable Process started() throws IOException {
      if (ending) {
        return null;
      }
      var line = new ArrayList<String>(List.of("setsid"));
      spec.path("command").forEach(word -> line.add(word.asString()));
      spec.path("args").forEach(word -> line.add(word.asString()));
      // As a container is refused whose program is not in the image.
      if (!isProgram(line.get(1))) {
        throw new IOException("exec: \"" + line.get(1) + "\": executable file not found in $PATH");
      }
      var builder = new ProcessBuilder(line);
      builder.environment().clear();
      builder.environment().put("PATH", System.getenv("PATH"));
      for (JsonNode variable : spec.path("env")) {
        String value = variable.path("value").asString("").replace("//0.0.0.0:", "//" + ip + ":");
        builder.environment().put(variable.path("name").asString(), value);
      }
      builder.directory(logs.toFile());
      builder.redirectErrorStream(true).redirectOutput(logs.resolve(uid).toFile());
      builder.redirectInput(Path.of("/dev/null").toFile());
      process = builder.start();
      return process;
    }

    private boolean isProgram(String name) {
      return Stream.of(System.getenv("PATH").split(":"))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(name)));
    }

    /** Says that it runs, and once its port is open where somebody wants to know that. */
    private void awaitReady(Process started) throws InterruptedException {
      int port = spec.path("readinessProbe").path("tcpSocket").path("port").asInt(0);
      if (port != 0) {
        running(false);
        while (!accepts(port)) {
          if (started.waitFor(PROBE_MILLIS, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
      running(true);
    }

    private boolean accepts(int port) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(ip, port), 1_000);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    private void running(boolean ready) {
      status("Running", "running", JSON.createObjectNode(), ready);
    }

    private void ended(String phase, String reason, String message) {
      status(
          phase,
          "terminated",
          JSON.createObjectNode()
              .put("exitCode", exitCode.orElse(0))
              .put("reason", reason)
              .put("message", message),
          false);
    }

    private void status(String phase, String state, ObjectNode details, boolean ready) {
      ObjectNode status = JSON.createObjectNode().put("phase", phase).put("podIP", ip);
      ObjectNode container = status.putArray("containerStatuses").addObject();
      container.put("name", spec.path("name").asString()).put("ready", ready);
      container.putObject("state").set(state, details);
      kubelet.status(uid, status);
    }

    void end(Duration grace) {
      @Nullable Process running;
      synchronized (this) {
        ending = true;
        running = process;
      }
      try {
        if (running != null) {
          if (grace.isPositive()) {
            running.destroy();
          }
          if (!over.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            running.destroyForcibly();
          }
        }
        if (over.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          kubelet.removed(uid);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** The first process and all that came of it. */
    private void killAll(Process first) throws IOException, InterruptedException {
      first.destroyForcibly();
      new ProcessBuilder("sh", "-c", "kill -KILL -" + first.pid())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  @Override
  public void close() {
    containers.values().forEach(container -> container.end(Duration.ZERO));
  }
}
