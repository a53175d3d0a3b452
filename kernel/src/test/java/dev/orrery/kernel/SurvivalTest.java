package dev.orrery.kernel;

import static dev.orrery.kernel.TestKernels.execute;
import static dev.orrery.kernel.TestKernels.executeCell;
import static dev.orrery.kernel.TestKernels.inputReply;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.kernel.journal.CellOutput;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels that go on when their server is gone, and the server that has them then. */
class SurvivalTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final KernelSettings SETTINGS = KernelSettings.defaults();

  @TempDir Path home;

  private static String text(Kernel kernel) {
    return kernel.executions().stream()
        .flatMap(execution -> execution.outputs().stream())
        .map(output -> output instanceof CellOutput.Text(_, String text) ? text : "")
        .collect(Collectors.joining());
  }

  /** Has a page run something, and waits for a message of a type. */
  private static void runUpTo(String type, Kernel kernel, String session, Message request)
      throws Exception {
    var page = new RecordingListener();
    kernel.attach(session, page).send(request);
    page.await(type, message -> RecordingListener.type(message).equals(type));
  }

  private static List<Kernel> resume(TestKernels server) {
    var found = new ArrayList<Kernel>();
    server.kernels.resume(found::add);
    return found;
  }

  @Test
  void aKernelGoesOnAndIsFoundWithAllThatIsKnownOfIt() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      var page = new RecordingListener();
      Attachment attached = before.attach("page", page);
      Message request = executeCell("page", "c1", "echo before");
      attached.send(request);
      page.awaitReplyTo(request);
      page.awaitIdleAfter(request);
      before.note("a note".getBytes(UTF_8));
      long pid = before.pid().orElseThrow();
      assertThat(resume(second)).as("while the first server is there").isEmpty();
      first.kernels.leave();
      assertThat(page.detachReason()).isEqualTo(DetachReason.SERVER_LEFT);

      assertThat(resume(second)).hasSize(1);
      Kernel after = second.kernels.find(before.id()).orElseThrow();
      assertThat(after.pid()).contains(pid);
      assertThat(after.name()).isEqualTo("normal");
      assertThat(after.note()).contains("a note".getBytes(UTF_8));
      assertThat(after.startedAt()).isEqualTo(before.startedAt());
      assertThat(after.connectionFile()).isEqualTo(before.connectionFile()).exists();
      assertThat(text(after)).isEqualTo("before");
      assertThat(after.awaitReady(SOON)).isTrue();
      Eventually.holds("idle", SOON, () -> after.state() == ExecutionState.IDLE);
      var again = new RecordingListener();
      Attachment back = after.attach("page", again);
      Message next = executeCell("page", "c2", "echo after");
      back.send(next);
      again.awaitReplyTo(next);
      again.awaitIdleAfter(next);
      assertThat(text(after)).isEqualTo("beforeafter");
      after.restart();
      assertThat(after.awaitReady(SOON)).isTrue();
      assertThat(after.pid()).isPresent().isNotEqualTo(java.util.Optional.of(pid));
      after.shutdown();
      assertThat(second.leftovers()).isEmpty();
    }
  }

  @Test
  void aCellThatRunsMeanwhileShowsThatSomethingMayBeMissing() throws Exception {
    Path go = home.resolve("go");
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      Message request = executeCell("page", "c1", "until " + go);
      runUpTo("stream", before, "page", request);
      first.kernels.leave();

      Kernel after = resume(second).getFirst();
      assertThat(after.state()).isEqualTo(ExecutionState.BUSY);
      assertThat(after.awaitReady(SOON)).as("a kernel at work is there").isTrue();
      var again = new RecordingListener();
      Attachment back = after.attach("page", again);
      Files.createFile(go);
      again.awaitReplyTo(request);
      again.awaitIdleAfter(request);
      assertThat(text(after))
          .matches(
              "waiting \\[Output between \\d\\d:\\d\\d:\\d\\d and \\d\\d:\\d\\d:\\d\\d may be missing: the server was not running]\ndone");
      Eventually.holds("idle", SOON, () -> after.state() == ExecutionState.IDLE);
      back.close();
    }
  }

  @Test
  void whoWaitsForTheEndOfACellThatCameMeanwhileIsTold() throws Exception {
    Path go = home.resolve("go");
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      Message request = executeCell("page", "c1", "until " + go);
      runUpTo("stream", before, "page", request);
      first.kernels.leave();
      Files.createFile(go);
      // What it said is gone once another client gets an answer.
      try (var client =
          new KernelClient(
              "other",
              KernelRecord.of(Files.readAllBytes(record())).info(),
              List.of("other"),
              _ -> {})) {
        assertThat(client.awaitConnected(SOON)).isTrue();
      }

      Kernel after = resume(second).getFirst();
      var again = new RecordingListener();
      after.attach("page", again);
      again.awaitReplyTo(request);
      again.awaitIdleAfter(request);
      CellExecution execution = after.executions().getFirst();
      assertThat(execution.isRunning()).isFalse();
      assertThat(execution.count()).contains(1);
    }
  }

  private Path record() throws IOException {
    try (var files = Files.walk(home.resolve("runtime"))) {
      return files.filter(file -> file.endsWith("kernel.json")).findFirst().orElseThrow();
    }
  }

  @Test
  void aQuestionIsStillAnswered() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      Message request = executeCell("page", "c1", "input");
      runUpTo("input_request", before, "page", request);
      first.kernels.leave();

      Kernel after = resume(second).getFirst();
      assertThat(after.awaitReady(SOON)).isTrue();
      var again = new RecordingListener();
      Attachment back = after.attach("another page", again);
      assertThat(after.replay("another page", request.parsedHeader().msgId())).isTrue();
      Message question =
          again.await(
              "question", message -> RecordingListener.type(message).equals("input_request"));
      back.send(inputReply("another page", question, "forty-two"));
      again.awaitReplyTo(request);
      assertThat(text(after)).contains("got forty-two");
    }
  }

  @Test
  void whatIsMissedBeforeThePageIsBackIsHandedToIt() throws Exception {
    Path go = home.resolve("go");
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      // A console has no cell.
      Message request = execute("console", "until " + go);
      runUpTo("stream", before, "console", request);
      first.kernels.leave();

      Kernel after = resume(second).getFirst();
      assertThat(after.awaitReady(SOON)).isTrue();
      Files.createFile(go);
      Eventually.holds("idle", SOON, () -> after.state() == ExecutionState.IDLE);
      var again = new RecordingListener();
      after.attach("console", again);
      again.awaitReplyTo(request);
      again.awaitIdleAfter(request);
      assertThat(again.textOf(request)).matches("\\[Output between .* may be missing: .*]\ndone");
    }
  }

  @Test
  void aKernelThatHasEndedIsGivenUpAfterItsOutputsWereAskedFor() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      var page = new RecordingListener();
      Attachment attached = before.attach("page", page);
      Message request = executeCell("page", "c1", "echo last words");
      attached.send(request);
      page.awaitIdleAfter(request);
      long pid = before.pid().orElseThrow();
      first.kernels.leave();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      Eventually.holds("it ends", SOON, () -> ProcessIdentity.of(pid).isEmpty());

      var texts = new ArrayList<String>();
      second.kernels.onEnd(kernel -> texts.add(text(kernel)));
      assertThat(resume(second)).hasSize(1);
      assertThat(texts).containsExactly("last words");
      assertThat(second.kernels.list()).isEmpty();
      assertThat(second.leftovers()).isEmpty();
      assertThat(before.connectionFile()).doesNotExist();
    }
  }

  @Test
  void theEndOfAKernelThatWasFoundIsNoticed() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel before = first.startReady("normal");
      first.kernels.leave();
      Kernel after = resume(second).getFirst();
      assertThat(after.awaitReady(SOON)).isTrue();
      long pid = after.pid().orElseThrow();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      Eventually.holds(
          "another process", SOON, () -> after.pid().filter(other -> other != pid).isPresent());
      assertThat(after.awaitReady(SOON)).isTrue();
      assertThat(before.id()).isEqualTo(after.id());
    }
  }

  @Test
  void anotherPlaceHasItsOwnKernels() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var elsewhere = first.next(SETTINGS, "another place");
        var second = first.next(SETTINGS)) {
      first.startReady("normal");
      first.kernels.leave();
      assertThat(resume(elsewhere)).isEmpty();
      assertThat(resume(second)).hasSize(1);
    }
  }

  @Test
  void aDamagedRecordIsNamedAndTheOthersAreFound() throws Exception {
    try (var first = TestKernels.fake(home, SETTINGS);
        var second = first.next(SETTINGS)) {
      Kernel good = first.startReady("normal");
      Kernel bad = first.startReady("normal");
      long pid = bad.pid().orElseThrow();
      first.kernels.leave();
      try (var files = Files.walk(home.resolve("runtime"))) {
        Path record =
            files
                .filter(file -> file.endsWith(bad.id() + "/kernel.json"))
                .findFirst()
                .orElseThrow();
        Files.writeString(record, "{\"id\":");
      }
      assertThat(resume(second)).extracting(Kernel::id).containsExactly(good.id());
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
  }

  @Test
  void aProcessWithTheIdOfAnotherIsNotTakenForIt() {
    long pid = ProcessHandle.current().pid();
    ProcessIdentity own = ProcessIdentity.of(pid).orElseThrow();
    assertThat(own.isAlive()).isTrue();
    assertThat(new ProcessIdentity(pid, own.start() + "0").isAlive()).isFalse();
  }
}
