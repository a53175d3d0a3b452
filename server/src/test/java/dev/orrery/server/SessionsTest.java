package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sessions while a kernel takes its time to start, as one on a slow disk or of a slow provider. */
class SessionsTest {

  private static final String SLOW = "\"kernel\":{\"name\":\"slow\"}";

  @TempDir Path home;

  private final Semaphore starting = new Semaphore(0);
  private final Semaphore mayStart = new Semaphore(0);
  private final ExecutorService browser = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Path program = Path.of("/bin/sh");
  private TestNotebookServer server;

  @BeforeEach
  void start() throws IOException {
    TestNotebookServer.write(
        home.resolve("kernels/slow/kernel.json"),
        "{\"argv\":[\"python\",\"-c\",\"exec sleep 60\"],\"display_name\":\"Slow\",\"language\":\"x\"}");
    server = TestNotebookServer.start(home.toRealPath(), _ -> startSlowly());
  }

  @AfterEach
  void stop() {
    mayStart.release(100);
    server.close();
    browser.close();
  }

  private Optional<Path> startSlowly() {
    starting.release();
    mayStart.acquireUninterruptibly();
    return Optional.of(program);
  }

  private Future<Answer> later(Callable<Answer> request) {
    return browser.submit(request);
  }

  private Future<Answer> open(String path) {
    String body = "{\"path\":\"" + path + "\",\"type\":\"notebook\"," + SLOW + "}";
    return later(() -> server.ask("POST", "/api/sessions", body));
  }

  private void awaitStarting() throws InterruptedException {
    assertThat(starting.tryAcquire(20, TimeUnit.SECONDS)).as("a kernel is starting").isTrue();
  }

  private JsonNode sessions() throws IOException {
    return server.ask("GET", "/api/sessions").json();
  }

  @Test
  void aKernelThatStartsSlowlyHoldsUpNobodyElse() throws Exception {
    Future<Answer> slow = open("slow.ipynb");
    awaitStarting();
    assertThat(sessions()).isEmpty();
    assertThat(server.ask("GET", "/api/sessions/x").status()).isEqualTo(404);
    Future<Answer> other = open("other.ipynb");
    awaitStarting();
    mayStart.release(2);
    assertThat(slow.get().status()).isEqualTo(201);
    assertThat(other.get().status()).isEqualTo(201);
    assertThat(sessions()).hasSize(2);
  }

  @Test
  void oneDocumentOpenedTwiceAtOnceHasOneSessionAndOneKernel() throws Exception {
    Future<Answer> first = open("a.ipynb");
    awaitStarting();
    Future<Answer> second = open("a.ipynb");
    assertThat(starting.tryAcquire(500, TimeUnit.MILLISECONDS)).as("a second kernel").isFalse();
    mayStart.release(2);
    assertThat(first.get().status()).isEqualTo(201);
    assertThat(second.get().json()).isEqualTo(first.get().json());
    assertThat(sessions()).hasSize(1);
    assertThat(server.ask("GET", "/api/kernels").json()).hasSize(1);
  }

  @Test
  void aStartThatFailsLeavesNothingAndHoldsUpNobody() throws Exception {
    program = Path.of("/no/such/program");
    Future<Answer> first = open("a.ipynb");
    awaitStarting();
    Future<Answer> second = open("a.ipynb");
    mayStart.release();
    assertThat(first.get().status()).isEqualTo(501);
    assertThat(first.get().message()).contains("/no/such/program");
    assertThat(sessions()).isEmpty();

    // Who waited for the first tries by itself.
    awaitStarting();
    program = Path.of("/bin/sh");
    mayStart.release();
    assertThat(second.get().status()).isEqualTo(201);
    assertThat(sessions()).hasSize(1);
  }

  @Test
  void aKernelChangedForASessionThatEndsMeanwhileIsEnded() throws Exception {
    mayStart.release();
    String id = open("a.ipynb").get().json().path("id").asString();
    awaitStarting();
    String address = "/api/sessions/" + id;
    Future<Answer> change = later(() -> server.ask("PATCH", address, "{" + SLOW + "}"));
    awaitStarting();
    assertThat(sessions()).hasSize(1);
    assertThat(server.ask("DELETE", address).status()).isEqualTo(204);
    mayStart.release();
    assertThat(change.get().status()).isEqualTo(404);
    assertThat(sessions()).isEmpty();
    assertThat(server.ask("GET", "/api/kernels").json()).isEmpty();
  }

  @Test
  void aSessionMayHaveNoTypeButHasToSaySo() throws Exception {
    mayStart.release(2);
    Answer untyped =
        server.ask("POST", "/api/sessions", "{\"path\":\"a\",\"type\":\"\"," + SLOW + "}");
    assertThat(untyped.status()).isEqualTo(201);
    assertThat(untyped.json().path("type").asString("none")).isEmpty();
    Answer atTheRoot =
        server.ask("POST", "/api/sessions", "{\"path\":\"\",\"type\":\"console\"," + SLOW + "}");
    assertThat(atTheRoot.status()).isEqualTo(201);
    assertThat(sessions()).hasSize(2);
    Answer silent = server.ask("POST", "/api/sessions", "{\"path\":\"b\"," + SLOW + "}");
    assertThat(silent.status()).isEqualTo(400);
    assertThat(silent.message()).isEqualTo("Missing field in JSON data: type");
    Answer pathless = server.ask("POST", "/api/sessions", "{\"type\":\"console\"," + SLOW + "}");
    assertThat(pathless.status()).isEqualTo(400);
    assertThat(pathless.message()).isEqualTo("Missing field in JSON data: path");
  }

  @Test
  void aNewKernelReplacesTheOldOneOfItsSession() throws Exception {
    mayStart.release(2);
    JsonNode before = open("a.ipynb").get().json();
    Answer changed =
        server.ask(
            "PATCH",
            "/api/sessions/" + before.path("id").asString(),
            "{\"path\":\"b.ipynb\"," + SLOW + "}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().path("path").asString()).isEqualTo("b.ipynb");
    assertThat(changed.json().path("kernel").path("id"))
        .isNotEqualTo(before.path("kernel").path("id"));
    JsonNode kernels = server.ask("GET", "/api/kernels").json();
    assertThat(kernels).hasSize(1);
    assertThat(kernels.path(0).path("id")).isEqualTo(changed.json().path("kernel").path("id"));
  }
}
