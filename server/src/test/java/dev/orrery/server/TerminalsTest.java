package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Terminals over their WebSocket. */
class TerminalsTest extends ServerTest {

  private static final String SHELL =
      "--ServerApp.terminado_settings={'shell_command': ['/bin/sh']}";

  private TestSocket open(String name) throws IOException {
    return new TestSocket(server(), "/terminals/websocket/" + name);
  }

  private String start() throws IOException {
    Answer answer = server(SHELL).ask("POST", "/api/terminals");
    assertThat(answer.status()).isEqualTo(200);
    return answer.json().path("name").asString();
  }

  private static String stdin(String text) {
    return Json.text(Json.array().add("stdin").add(text));
  }

  /** What the shell wrote, up to {@code end}. */
  private static String output(TestSocket socket, String end) throws InterruptedException {
    var text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      var message = Json.parse(socket.receive());
      if (message.path(0).asString().equals("stdout")) {
        text.append(message.path(1).asString());
      }
    }
    return text.toString();
  }

  @Test
  void terminalsAreNumberedListedAndEnded() throws IOException {
    assertThat(start()).isEqualTo("1");
    assertThat(start()).isEqualTo("2");
    Answer named = server().ask("POST", "/api/terminals", "{\"name\":\"mine\"}");
    assertThat(named.json().path("name").asString()).isEqualTo("mine");
    assertThat(server().ask("POST", "/api/terminals", "{\"name\":\"mine\"}").status())
        .isEqualTo(409);
    assertThat(server().ask("POST", "/api/terminals", "{\"name\":\"a/b\"}").status())
        .isEqualTo(400);
    var list = server().ask("GET", "/api/terminals").json();
    assertThat(list.valueStream().map(t -> t.path("name").asString()))
        .containsExactly("1", "2", "mine");
    assertThat(list.path(0).path("last_activity").asString()).endsWith("Z");
    assertThat(server().ask("GET", "/metrics").body())
        .contains("terminal_currently_running_total 3");
    assertThat(server().ask("DELETE", "/api/terminals/1").status()).isEqualTo(204);
    assertThat(server().ask("DELETE", "/api/terminals/1").status()).isEqualTo(404);
    assertThat(server().ask("GET", "/api/terminals/1").status()).isEqualTo(404);
    assertThat(start()).as("the free number").isEqualTo("1");
  }

  @Test
  void setupComesFirstAndTheShellAnswers() throws Exception {
    try (var socket = open(start())) {
      assertThat(socket.receive()).isEqualTo("[\"setup\", {}]");
      socket.send(stdin("echo sum-$((40+2))-ü\r"));
      assertThat(output(socket, "sum-42-ü\r\n")).contains("sum-42-ü");
      socket.send(stdin("echo $TERM:$JUPYTER_SERVER_ROOT:; pwd\r"));
      assertThat(output(socket, ":\r\n" + server().root + "\r\n"))
          .contains("xterm-256color:" + server().root);
    }
  }

  @Test
  void aTerminalStartsInTheFolderThatIsAskedFor() throws Exception {
    server(SHELL);
    Files.createDirectory(server().root.resolve("sub"));
    String name =
        server().ask("POST", "/api/terminals", "{\"cwd\":\"sub\"}").json().path("name").asString();
    try (var socket = open(name)) {
      socket.send(stdin("pwd\r"));
      output(socket, server().root.resolve("sub") + "\r\n");
    }
    assertThat(server().ask("POST", "/api/terminals", "{\"cwd\":\"nope\"}").status())
        .isEqualTo(200);
  }

  @Test
  void aPageThatComesLaterSeesWhatWasThere() throws Exception {
    String name = start();
    try (var first = open(name)) {
      first.send(stdin("echo before-$((1+1))\r"));
      output(first, "before-2\r\n");
    }
    try (var second = open(name)) {
      assertThat(second.receive()).isEqualTo("[\"setup\", {}]");
      output(second, "before-2\r\n");
    }
  }

  @Test
  void theTerminalHasTheSizeOfItsSmallestPage() throws Exception {
    String name = start();
    try (var large = open(name)) {
      large.send("[\"set_size\", 50, 150, 500, 1500]");
      large.send(stdin("stty size\r"));
      output(large, "50 150\r\n");
      try (var small = open(name)) {
        small.send("[\"set_size\", 20, 200, 0, 0]");
        small.send(stdin("stty size\r"));
        output(small, "20 150\r\n");
      }
      // The smaller page is gone: the terminal grows as soon as the server has noticed.
      Eventually.holds(
          "the size of the page that is left",
          () -> {
            large.send(stdin("stty size; echo asked\r"));
            try {
              return output(large, "asked\r\n").contains("50 150");
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  @Test
  void nonsensicalSizesAreIgnoredAndNonsensicalFramesRefused() throws Exception {
    String name = start();
    try (var socket = open(name)) {
      socket.send("[\"set_size\", 30, 90]");
      for (String size : List.of("0, 0", "-1, 5", "100000, 100000", "\"a\", null")) {
        socket.send("[\"set_size\", " + size + "]");
      }
      socket.send(stdin("stty size\r"));
      output(socket, "30 90\r\n");
    }
    for (String bad : List.of("{", "{}", "[]", "[\"what\"]", "5")) {
      try (var socket = open(name)) {
        socket.send(bad);
        assertThat(socket.awaitClose()).as(bad).startsWith("1007");
      }
    }
  }

  @Test
  void whenTheShellEndsThePageIsTold() throws Exception {
    String name = start();
    try (var socket = open(name)) {
      socket.send(stdin("exit\r"));
      assertThat(socket.receiveUntil(m -> m.contains("disconnect")).getLast())
          .isEqualTo("[\"disconnect\", 1]");
      assertThat(socket.awaitClose()).startsWith("1000");
    }
    Eventually.holds(
        "the terminal is gone",
        () -> {
          try {
            return server().ask("GET", "/api/terminals").json().isEmpty();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void endingATerminalEndsWhatRunsInIt() throws Exception {
    String name = start();
    try (var socket = open(name)) {
      socket.send(stdin("trap '' HUP; echo pid-$$-; while :; do sleep 1; done\r"));
      String seen = output(socket, "-\r\n");
      String pid = seen.replaceFirst("(?s).*pid-(\\d+)-\r\n.*", "$1");
      assertThat(server().ask("DELETE", "/api/terminals/" + name).status()).isEqualTo(204);
      socket.receiveUntil(m -> m.contains("disconnect"));
      Eventually.holds(
          "the shell is gone",
          () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void longInputWaitsForAShellThatIsBusy() throws Exception {
    String name = start();
    try (var socket = open(name)) {
      socket.send(stdin("stty -echo -icanon; sleep 1; cat > out; echo\r"));
      String line = "x".repeat(79) + "\n";
      for (int i = 0; i < 50; i++) {
        socket.send(stdin(line.repeat(100)));
      }
      Path out = server().root.resolve("out");
      Eventually.holds("all of it is there", () -> out.toFile().length() == 50 * 100 * 80);
    }
  }

  @Test
  void muchOutputArrivesWholeAndInOrder() throws Exception {
    String name = start();
    try (var socket = open(name)) {
      socket.send(
          stdin("i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; echo en''d\r"));
      String all = output(socket, "end\r\n");
      int at = 0;
      for (int i = 0; i < 20_000; i++) {
        at = all.indexOf("line-" + i + "\r\n", at);
        assertThat(at).as("line " + i).isNotNegative();
      }
    }
  }

  @Test
  void whoMayNotComeInIsRefusedBeforeTheUpgrade() throws IOException {
    String name = start();
    var server = server();
    assertThatThrownBy(() -> new TestSocket(server, "/terminals/websocket/" + name, "A", "b"))
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    String token = "/terminals/websocket/nope?token=" + TestNotebookServer.TOKEN;
    assertThatThrownBy(() -> new TestSocket(server, token, "A", "b"))
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(404));
    String login =
        server
            .ask("GET", "/api/status?token=" + TestNotebookServer.TOKEN, "", "A", "b")
            .headers("Set-Cookie")
            .getFirst()
            .replaceFirst(";.*", "");
    assertThatThrownBy(() ->
            new TestSocket(
                server,
                "/terminals/websocket/" + name,
                "Cookie",
                login,
                "Origin",
                "http://evil.example"))
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void anIdleTerminalCostsNothing() throws Exception {
    Path tasks = Path.of("/proc/self/task");
    Assumptions.assumeTrue(Files.isDirectory(tasks), "needs Linux");
    try (var socket = open(start())) {
      socket.send(stdin("echo ready-$((1+1))\r"));
      output(socket, "ready-2\r\n");
      Path status = reader(tasks).resolve("status");
      // The prompt may still be on its way.
      var never = new CountDownLatch(1);
      assertThat(never.await(300, TimeUnit.MILLISECONDS)).isFalse();
      long before = wakeUps(status);
      assertThat(never.await(500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(wakeUps(status) - before).isLessThanOrEqualTo(2);
      socket.send(stdin("echo awake-$((1+1))\r"));
      output(socket, "awake-2\r\n");
    }
  }

  private static Path reader(Path tasks) throws IOException {
    try (var all = Files.list(tasks)) {
      for (Path task : all.toList()) {
        if (Files.readString(task.resolve("comm")).strip().equals("terminals")) {
          return task;
        }
      }
    }
    throw new AssertionError("No thread reads the terminals");
  }

  private static long wakeUps(Path status) throws IOException {
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  /** A limit of two seconds, looked at each second. */
  @Test
  void anIdleTerminalIsEndedAndOneThatIsUsedIsNot() throws Exception {
    var server =
        server(
            SHELL,
            "--TerminalManager.cull_inactive_timeout=4",
            "--TerminalManager.cull_interval=1");
    String idle = start();
    String used = start();
    try (var idleSocket = open(idle);
        var usedSocket = open(used)) {
      // The terminal repeats what is typed: only the shell's own answer is without quotes.
      idleSocket.send(stdin("echo \"pid\"-$$-\"end\"\r"));
      String pid = output(idleSocket, "-end\r\n").replaceFirst("(?s).*pid-(\\d+)-end.*", "$1");
      var ended = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(() -> {
            try {
              idleSocket.awaitClose();
              ended.countDown();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
      long start = System.nanoTime();
      int round = 0;
      while (!ended.await(200, TimeUnit.MILLISECONDS)) {
        assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
        usedSocket.send(stdin("echo used-$((" + round + "+0))\r"));
        output(usedSocket, "used-" + round + "\r\n");
        round++;
      }
      assertThat(System.nanoTime() - start).as("not before its time").isGreaterThan(1_000_000_000L);
      assertThat(idleSocket.receiveUntil(m -> m.contains("disconnect"))).isNotEmpty();
      Eventually.holds(
          "the shell is gone",
          () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
      assertThat(server.ask("GET", "/api/terminals").json().valueStream())
          .map(terminal -> terminal.path("name").asString())
          .containsExactly(used);
      usedSocket.send(stdin("echo still-$((1+1))\r"));
      output(usedSocket, "still-2\r\n");
    }
  }

  @Test
  void terminalsAreNotThereWhereTheyAreSwitchedOff() throws IOException {
    var server = server("--ServerApp.terminals_enabled=False");
    assertThat(server.ask("GET", "/api/terminals").status()).isEqualTo(404);
  }
}
