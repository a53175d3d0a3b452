package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page's connection to a kernel that never answers: what the connection does by itself. */
class KernelSocketTest extends ServerTest {

  private static final String HEADER =
      "{\"msg_id\":\"1\",\"msg_type\":\"kernel_info_request\",\"session\":\"s\",\"username\":\"u\","
          + "\"version\":\"5.4\",\"date\":\"\"}";

  private String kernel = "";

  @BeforeEach
  void startASilentKernel() throws IOException {
    TestNotebookServer server =
        server(
            "--MappingKernelManager.kernel_info_timeout=0.2",
            "--KernelManager.shutdown_wait_time=0.5");
    TestNotebookServer.write(
        server.home.resolve("kernels/silent/kernel.json"),
        "{\"argv\":[\"sleep\",\"600\"],\"display_name\":\"Silent\",\"language\":\"none\"}");
    kernel =
        server.ask("POST", "/api/kernels", "{\"name\":\"silent\"}").json().path("id").asString();
  }

  private TestSocket connect() throws IOException {
    return new TestSocket(server(), "/api/kernels/" + kernel + "/channels?session_id=s");
  }

  private int connections() throws IOException {
    return server().ask("GET", "/api/kernels/" + kernel).json().path("connections").asInt();
  }

  private static String message(String channel) {
    return "{\"channel\":\""
        + channel
        + "\",\"header\":"
        + HEADER
        + ",\"parent_header\":{},\"metadata\":{},\"content\":{}}";
  }

  @Test
  void aKernelThatNeverAnswersKeepsNobodyOut() throws IOException {
    try (TestSocket _ = connect()) {
      assertThat(connections()).isEqualTo(1);
      assertThat(
              server()
                  .ask("GET", "/api/kernels/" + kernel)
                  .json()
                  .path("execution_state")
                  .asString())
          .isEqualTo("starting");
    }
  }

  @Test
  void messagesForUnknownChannelsOrForIopubAreDroppedAndTheRestIsReadOn() throws Exception {
    try (TestSocket socket = connect()) {
      socket.send(message("shelf")).send(message("iopub")).send(message("shell"));
      // A frame that is no JSON closes: that it is the reason shows that the others were not.
      socket.send("no message");
      assertThat(socket.awaitClose()).startsWith("1007 ").contains("JSON");
    }
  }

  @Test
  void theSameSessionTakesTheConnectionOver() throws Exception {
    try (TestSocket first = connect();
        TestSocket _ = connect()) {
      assertThat(first.awaitClose()).isEqualTo("1000 replaced");
      assertThat(connections()).isEqualTo(1);
    }
  }

  @Test
  void deletingTheKernelClosesItsPages() throws Exception {
    try (TestSocket socket = connect()) {
      assertThat(server().ask("DELETE", "/api/kernels/" + kernel).status()).isEqualTo(204);
      assertThat(socket.awaitClose()).isEqualTo("1000 kernel shut down");
    }
  }
}
