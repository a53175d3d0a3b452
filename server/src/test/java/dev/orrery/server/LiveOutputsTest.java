package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.kernel.FakeKernel;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What cells put out while nobody looks is in the notebook that is read afterwards. */
class LiveOutputsTest extends ServerTest {

  private static final String NOTEBOOK = "/api/contents/notes/a.ipynb";
  private static final String OLD =
      "[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"old\"}]";

  private TestNotebookServer server;
  private String kernel = "";

  @BeforeEach
  void openANotebook() throws Exception {
    server = server();
    ObjectNode spec = Json.object().put("display_name", "Fake").put("language", "fake");
    spec.put("interrupt_mode", "message");
    FakeKernel.command("normal").forEach(spec.putArray("argv")::add);
    TestNotebookServer.write(server.home.resolve("kernels/fake/kernel.json"), Json.text(spec));
    Files.createDirectory(server.root.resolve("notes"));
    assertThat(put("echo hello", OLD).status()).isEqualTo(201);
    Answer session =
        server.ask(
            "POST",
            "/api/sessions",
            "{\"path\":\"notes/a.ipynb\",\"name\":\"a\",\"type\":\"notebook\","
                + "\"kernel\":{\"name\":\"fake\"}}");
    kernel = session.json().path("kernel").path("id").asString();
  }

  private Answer put(String source, String outputs) throws IOException {
    return server.ask("PUT", NOTEBOOK, notebook(source, outputs));
  }

  private static String notebook(String source, String outputs) {
    return """
    {"type":"notebook","content":{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[
    {"cell_type":"code","id":"one","metadata":{},"source":"%s","execution_count":null,"outputs":%s},
    {"cell_type":"code","id":"two","metadata":{},"source":"","execution_count":null,"outputs":[]}]}}
    """
        .formatted(source, outputs);
  }

  private TestSocket page(String session) throws IOException {
    return new TestSocket(server, "/api/kernels/" + kernel + "/channels?session_id=" + session);
  }

  /** Runs a cell as Lab does; returns the id of the request. */
  private static String run(TestSocket page, String session, String cell, String code) {
    String id = UUID.randomUUID().toString();
    ObjectNode message = Json.object().put("channel", "shell");
    message
        .putObject("header")
        .put("msg_id", id)
        .put("msg_type", "execute_request")
        .put("session", session)
        .put("username", "u")
        .put("version", "5.4")
        .put("date", "");
    message.putObject("parent_header");
    message.putObject("metadata").put("cellId", cell);
    message.putObject("content").put("code", code).put("silent", false).put("store_history", true);
    page.send(Json.text(message));
    return id;
  }

  private static void awaitIdle(TestSocket page, String request) throws InterruptedException {
    awaitState(page, request, "idle");
  }

  private static void awaitState(TestSocket page, String request, String state)
      throws InterruptedException {
    page.receiveUntil(text -> {
      JsonNode message = Json.parse(text);
      return message.path("parent_header").path("msg_id").asString("").equals(request)
          && message.path("content").path("execution_state").asString("").equals(state);
    });
  }

  /** Has the cell run, the page gone before it is over, and the cell at its end. */
  private void runAlone(String code) throws Exception {
    try (TestSocket other = page("other")) {
      String request;
      try (TestSocket page = page("page")) {
        request = run(page, "page", "one", "hang");
        awaitState(page, request, "busy");
      }
      awaitConnections(1);
      assertThat(server.ask("POST", "/api/kernels/" + kernel + "/interrupt").status())
          .isEqualTo(204);
      awaitIdle(other, request);
      if (!code.equals("hang")) {
        awaitIdle(other, run(other, "other", "one", code));
      }
    }
    awaitConnections(0);
  }

  private void awaitConnections(int count) {
    Eventually.holds("connections are " + count, () -> connections() == count);
  }

  private int connections() {
    try {
      return server.ask("GET", "/api/kernels/" + kernel).json().path("connections").asInt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode cell() throws IOException {
    return read().path("content").path("cells").path(0);
  }

  private JsonNode read() throws IOException {
    return server.ask("GET", NOTEBOOK + "?hash=1").json();
  }

  private static String outputs(JsonNode cell) {
    return Json.text(cell.path("outputs"));
  }

  @Test
  void whatAPageMissedIsInTheNotebookThatIsReadNext() throws Exception {
    String hash = read().path("hash").asString();
    runAlone("hang");
    JsonNode cell = cell();
    assertThat(outputs(cell))
        .isEqualTo("[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"interrupted\"}]");
    assertThat(cell.path("execution_count").asInt()).isEqualTo(1);
    assertThat(cell.path("metadata").path("trusted").asBoolean()).isTrue();
    assertThat(read().path("hash").asString()).as("the file is as it was").isEqualTo(hash);
    assertThat(Files.readString(server.root.resolve("notes/a.ipynb"))).contains("old");
    assertThat(outputs(read().path("content").path("cells").path(1))).isEqualTo("[]");
  }

  @Test
  void aPageThatHasReadItDecidesWhatIsKept() throws Exception {
    runAlone("hang");
    // One that has not read it saves what it has, and nothing is lost.
    put("echo hello", OLD);
    assertThat(outputs(cell())).contains("interrupted");
    // That was read now: who saves without it wants it gone.
    put("echo hello", "[]");
    assertThat(outputs(cell())).isEqualTo("[]");
  }

  @Test
  void whatIsSavedIsForgotten() throws Exception {
    runAlone("hang");
    put(
        "echo hello",
        "[{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":[\"inter\",\"rupted\"]}]");
    // Somebody else's editor.
    Files.writeString(
        server.root.resolve("notes/a.ipynb"),
        Json.text(Json.parse(notebook("echo hello", OLD)).path("content")));
    assertThat(outputs(cell())).contains("old");
  }

  @Test
  void aCellThatRunsStaysKnownWhateverIsSaved() throws Exception {
    try (TestSocket page = page("page")) {
      String request = run(page, "page", "one", "hang");
      awaitState(page, request, "busy");
      put("echo hello", OLD);
      assertThat(outputs(cell())).isEqualTo("[]");
      server.ask("POST", "/api/kernels/" + kernel + "/interrupt");
      awaitIdle(page, request);
    }
    assertThat(outputs(cell())).contains("interrupted");
  }

  @Test
  void aCheckpointThatIsRestoredCounts() throws Exception {
    String checkpoint = server.ask("POST", NOTEBOOK + "/checkpoints").json().path("id").asString();
    runAlone("hang");
    assertThat(outputs(cell())).contains("interrupted");
    assertThat(server.ask("POST", NOTEBOOK + "/checkpoints/" + checkpoint).status()).isEqualTo(204);
    assertThat(outputs(cell())).contains("old");
  }

  @Test
  void anOldNotebookHasItsCellsFoundByTheirCode() throws Exception {
    TestNotebookServer.write(
        server.root.resolve("notes/a.ipynb"),
        """
        {"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[
        {"cell_type":"code","metadata":{},"source":["ha","ng"],"execution_count":null,"outputs":[]},
        {"cell_type":"code","metadata":{},"source":"","execution_count":null,"outputs":[]}]}
        """);
    runAlone("hang");
    assertThat(outputs(cell())).contains("interrupted");
  }

  @Test
  void whatWaitedForAPageThatIsCutOffComesWhenItIsBack() throws Exception {
    int count = 30_000;
    try (TestSocket other = page("other")) {
      TestSocket page = page("page");
      page.turnDeaf();
      awaitIdle(other, run(page, "page", "one", "flood " + count));
      page.abort();
      awaitConnections(1);
      var numbers = new ArrayList<Integer>();
      try (TestSocket back = page("page")) {
        do {
          JsonNode n = Json.parse(back.receive()).path("content").path("data").path("n");
          if (n.isInt()) {
            numbers.add(n.asInt());
          }
        } while (numbers.isEmpty() || numbers.getLast() < count - 1);
      }
      // The first ones are on their way into the void; what follows them has no gap.
      assertThat(numbers).hasSizeGreaterThan(5_000);
      assertThat(numbers.getLast() - numbers.getFirst()).isEqualTo(numbers.size() - 1);
    }
    assertThat(cell().path("outputs")).as("and the notebook has them all").hasSize(count);
  }

  @Test
  void whenTheKernelEndsTheFileGetsWhatNoPageHas() throws Exception {
    put("hang", OLD);
    runAlone("hang");
    assertThat(server.ask("DELETE", "/api/kernels/" + kernel).status()).isEqualTo(204);
    assertThat(Files.readString(server.root.resolve("notes/a.ipynb")))
        .contains("interrupted")
        .doesNotContain("old", "trusted");
    assertThat(cell().path("metadata").path("trusted").asBoolean()).isTrue();
  }

  @Test
  void aCellThatIsNotWhatWasRunKeepsWhatItHas() throws Exception {
    runAlone("hang");
    server.ask("DELETE", "/api/kernels/" + kernel);
    assertThat(outputs(cell())).contains("old");
  }

  @Test
  void aPageThatIsThereSavesByItself() throws Exception {
    put("echo hello", OLD);
    try (TestSocket page = page("page")) {
      awaitIdle(page, run(page, "page", "one", "echo hello"));
      JsonNode session = server.ask("GET", "/api/sessions").json().path(0);
      assertThat(server.ask("DELETE", "/api/sessions/" + session.path("id").asString()).status())
          .isEqualTo(204);
    }
    assertThat(outputs(cell())).contains("old");
  }

  @Test
  void whatRunsIsListedAndToldToAPageThatAsks() throws Exception {
    String all = "/api/orrery/executions?path=notes/a.ipynb";
    assertThat(server.ask("GET", all).body()).isEqualTo("[]");
    assertThat(server.ask("GET", "/api/orrery/executions").status()).isEqualTo(400);
    assertThat(server.ask("GET", "/api/orrery/executions?path=none.ipynb").body()).isEqualTo("[]");
    String request;
    try (TestSocket page = page("page")) {
      request = run(page, "page", "one", "hang");
      awaitState(page, request, "busy");
    }
    JsonNode listed = server.ask("GET", all).json();
    assertThat(listed).hasSize(1);
    assertThat(listed.path(0).path("msg_id").asString()).isEqualTo(request);
    assertThat(listed.path(0).path("cell_id").asString()).isEqualTo("one");
    assertThat(listed.path(0).path("session").asString()).isEqualTo("page");
    assertThat(listed.path(0).path("running").asBoolean()).isTrue();

    String replay = "/api/orrery/executions/" + request + "/replay?path=notes/a.ipynb";
    assertThat(server.ask("POST", replay).status()).isEqualTo(400);
    assertThat(server.ask("POST", replay + "&session_id=nobody").message()).contains("nobody");
    try (TestSocket next = page("next")) {
      assertThat(server.ask("POST", replay + "&session_id=next").status()).isEqualTo(204);
      next.receiveUntil(text -> text.contains("orrery_replay") && text.contains("begin"));
      server.ask("POST", "/api/kernels/" + kernel + "/interrupt");
      assertThat(next.receiveUntil(text -> text.contains("interrupted"))).isNotEmpty();
      awaitIdle(next, request);
    }
    assertThat(server.ask("GET", all).json().path(0).path("running").asBoolean()).isFalse();
  }

  @Test
  void displaysAreWrittenAsNotebooksHaveThem() throws Exception {
    runAlone("say {\"text/plain\":\"1.10\",\"application/json\":{\"n\":1.10}}");
    assertThat(outputs(cell()))
        .isEqualTo(
            "[{\"data\":{\"text/plain\":\"1.10\",\"application/json\":{\"n\":1.10}},"
                + "\"output_type\":\"display_data\",\"metadata\":{}}]");
  }
}
