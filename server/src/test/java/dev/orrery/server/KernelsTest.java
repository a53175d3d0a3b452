package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What kernels and sessions answer where there is no kernel. */
class KernelsTest extends ServerTest {

  private static final String ID = "11111111-1111-1111-1111-111111111111";

  private void assertRefused(String method, String path, String body, int status, String message)
      throws IOException {
    Answer answer = server().ask(method, path, body);
    assertThat(answer.status()).as(method + path + body).isEqualTo(status);
    assertThat(answer.message()).as(method + path + body).contains(message);
  }

  @Test
  void anUnknownKernelIsNotThere() throws IOException {
    assertThat(server().ask("GET", "/api/kernels").body()).isEqualTo("[]");
    String message = "Kernel does not exist: " + ID;
    assertRefused("GET", "/api/kernels/" + ID, "", 404, message);
    assertRefused("DELETE", "/api/kernels/" + ID, "", 404, message);
    assertRefused("POST", "/api/kernels/" + ID + "/interrupt", "", 404, message);
    assertRefused("POST", "/api/kernels/" + ID + "/restart", "", 404, message);
    var server = server();
    assertThatThrownBy(() -> new TestSocket(server, "/api/kernels/" + ID + "/channels"))
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(404));
    assertThatThrownBy(() -> new TestSocket(server, "/api/kernels/" + ID + "/channels", "A", "b"))
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
  }

  @Test
  void aKernelNobodyInstalledIsNotStarted() throws IOException {
    assertRefused("POST", "/api/kernels", "{\"name\":\"nope\"}", 404, "nope");
    assertRefused("POST", "/api/kernels", "{\"name\":\"../x\"}", 404, "../x");
    assertRefused("POST", "/api/kernels", "{\"kernel_id\":\"../../x\"}", 400, "UUID");
    assertRefused("POST", "/api/kernels", "{", 400, "Invalid JSON in body of request");
    assertThat(server().ask("GET", "/api/kernels").body()).isEqualTo("[]");
    Answer specs = server().ask("GET", "/api/kernelspecs");
    assertThat(specs.status()).isEqualTo(200);
    assertThat(specs.json().path("default").asString()).isEqualTo("python3");
    assertRefused("GET", "/api/kernelspecs/nope", "", 404, "nope");
    assertThat(server().ask("GET", "/kernelspecs/nope/logo-64x64.png").status()).isEqualTo(404);
  }

  @Test
  void aKernelThatCanNotStartSaysWhy() throws IOException {
    TestNotebookServer.write(
        server().home.resolve("kernels/broken/kernel.json"),
        "{\"argv\":[\"/no/such/program\"],\"display_name\":\"Broken\",\"language\":\"x\"}");
    assertThat(
            server()
                .ask("GET", "/api/kernelspecs/broken")
                .json()
                .path("spec")
                .path("display_name")
                .asString())
        .isEqualTo("Broken");
    assertRefused("POST", "/api/kernels", "{\"name\":\"broken\"}", 500, "/no/such/program");
    String session = "{\"path\":\"x\",\"type\":\"file\",\"kernel\":{\"name\":\"broken\"}}";
    assertRefused("POST", "/api/sessions", session, 501, "/no/such/program");
    assertThat(server().ask("GET", "/api/sessions").body()).isEqualTo("[]");
  }

  @Test
  void aSessionNeedsAPathATypeAndAKernel() throws IOException {
    assertRefused("POST", "/api/sessions", "{\"type\":\"notebook\"}", 400, "path");
    assertRefused("POST", "/api/sessions", "{\"path\":\"x\"}", 400, "type");
    assertRefused("POST", "/api/sessions", "", 400, "");
    assertRefused("POST", "/api/sessions", "[]", 400, "Invalid JSON");
    String unknown = "{\"path\":\"x\",\"type\":\"file\",\"kernel\":{\"name\":\"nope\"}}";
    assertRefused("POST", "/api/sessions", unknown, 501, "nope");
    assertThat(
            server().ask("POST", "/api/sessions", unknown).json().path("short_message").asString())
        .isEqualTo("nope not found");
    String gone = "{\"path\":\"x\",\"type\":\"file\",\"kernel\":{\"id\":\"" + ID + "\"}}";
    assertRefused("POST", "/api/sessions", gone, 409, ID);
    assertThat(server().ask("GET", "/api/sessions").body()).isEqualTo("[]");
  }

  @Test
  void anUnknownSessionIsNotThere() throws IOException {
    String message = "Session not found: session_id='" + ID + "'";
    assertRefused("GET", "/api/sessions/" + ID, "", 404, message);
    assertRefused("DELETE", "/api/sessions/" + ID, "", 404, message);
    assertRefused("PATCH", "/api/sessions/" + ID, "{\"path\":\"x\"}", 404, message);
  }

  @Test
  void theStatusTellsWhatRuns() throws IOException {
    var status = server().ask("GET", "/api/status?no_track_activity=1").json();
    assertThat(status.path("kernels").asInt()).isZero();
    assertThat(status.path("connections").asInt()).isZero();
    assertThat(status.path("started").asString()).endsWith("Z");
    assertThat(status.path("last_activity")).isEqualTo(status.path("started"));
    server().ask("GET", "/api/contents");
    assertThat(server().ask("GET", "/api/status?no_track_activity=1").json().path("last_activity"))
        .isNotEqualTo(status.path("started"));
  }

  @Test
  void theMetricsNameWhatUpstreamsDo() throws IOException {
    server().ask("GET", "/api/status");
    String text = server().ask("GET", "/metrics").body();
    assertThat(text)
        .contains("# TYPE http_request_duration_seconds histogram")
        .contains("terminal_currently_running_total 0")
        .contains("kernel_currently_running_total")
        .contains("jupyter_server_info{version=\"2.21.1\"} 1")
        .contains("jupyter_server_started_timestamp_seconds")
        .contains("jupyter_server_last_activity_timestamp_seconds");
    assertThat(server().ask("GET", "/metrics", "", "A", "b").status()).isEqualTo(302);
  }

  @Test
  void metricsAreOpenWhereThatIsSet() throws IOException {
    var server = server("--ServerApp.authenticate_prometheus=False");
    assertThat(server.ask("GET", "/metrics", "", "A", "b").status()).isEqualTo(200);
  }

  @Test
  void eventsReachWhoeverListens() throws Exception {
    try (var socket = new TestSocket(server(), "/api/events/subscribe")) {
      server().ask("POST", "/api/contents", "{\"type\":\"directory\"}");
      var event = Json.parse(socket.receive());
      assertThat(event.path("schema_id").asString())
          .isEqualTo("https://events.jupyter.org/jupyter_server/contents_service/v1");
      assertThat(event.path("action").asString()).isEqualTo("create");
      assertThat(event.path("path").asString()).isEqualTo("Untitled Folder");
      server().ask("PATCH", "/api/contents/Untitled%20Folder", "{\"path\":\"b\"}");
      var renamed = Json.parse(socket.receive());
      assertThat(renamed.path("action").asString()).isEqualTo("rename");
      assertThat(renamed.path("source_path").asString()).isEqualTo("Untitled Folder");
      String posted =
          "{\"schema_id\":\"https://events.jupyter.org/jupyter_server/kernel_actions/v1\","
              + "\"version\":1,\"data\":{\"action\":\"start\",\"msg\":\"x\"}}";
      assertThat(server().ask("POST", "/api/events", posted).status()).isEqualTo(204);
      assertThat(Json.parse(socket.receive()).path("msg").asString()).isEqualTo("x");
    }
  }

  @Test
  void anEventThatIsNoneIsRefusedAlsoWhenNobodyListens() throws IOException {
    String known = "https://events.jupyter.org/jupyter_server/contents_service/v1";
    for (String bad :
        List.of(
            "{}",
            "{\"schema_id\":\"x\"}",
            "{\"schema_id\":\"x\",\"version\":\"1\",\"data\":{}}",
            "{\"schema_id\":\""
                + known
                + "\",\"version\":\"2\",\"data\":{\"action\":\"a\",\"path\":\"\"}}",
            "{\"schema_id\":\"" + known + "\",\"version\":\"1\",\"data\":{\"action\":\"a\"}}",
            "{\"schema_id\":\"" + known + "\",\"version\":\"1\",\"data\":[]}")) {
      assertThat(server().ask("POST", "/api/events", bad).status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void thePageCanStopTheServerUnlessThatIsSwitchedOff() throws Exception {
    var server = server();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.server.awaitStopRequest();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    assertThat(server.ask("POST", "/api/shutdown", "", "A", "b").status()).isEqualTo(403);
    assertThat(server.ask("POST", "/api/shutdown").status()).isEqualTo(200);
    assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void aServerWithoutQuitButtonIsNotStoppedByAPage() throws IOException {
    var server = server("--ServerApp.quit_button=False");
    assertThat(server.ask("POST", "/api/shutdown").status()).isEqualTo(403);
  }
}
