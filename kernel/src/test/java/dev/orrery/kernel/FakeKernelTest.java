package dev.orrery.kernel;

import static dev.orrery.kernel.RecordingListener.content;
import static dev.orrery.kernel.RecordingListener.type;
import static dev.orrery.kernel.TestKernels.execute;
import static dev.orrery.kernel.TestKernels.executeCell;
import static dev.orrery.kernel.TestKernels.inputReply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.orrery.kernel.KernelSettings.Culling;
import dev.orrery.kernel.KernelSettings.Restarts;
import dev.orrery.kernel.KernelSettings.Waits;
import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.kernel.journal.CellOutput;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kernel's client, router and process do, against a kernel that does what it is told. */
class FakeKernelTest {

  private static final int MANY = 256;
  private static final Waits WAITS = waits(Duration.ofSeconds(4));
  private static final Restarts RESTARTS = restarts(true);
  private static final Culling NEVER = KernelSettings.defaults().culling();
  private static final KernelSettings SETTINGS = settings(MANY, WAITS, RESTARTS, NEVER);

  @TempDir Path home;

  private static KernelSettings settings(
      int maxKernels, Waits waits, Restarts restarts, Culling culling) {
    var usual = KernelSettings.defaults();
    return new KernelSettings(
        usual.defaultKernelName(),
        maxKernels,
        usual.untrackedMessageTypes(),
        waits,
        restarts,
        culling,
        usual.binding(),
        usual.offlineBuffering());
  }

  private static Waits waits(Duration shutdown) {
    return new Waits(Duration.ofSeconds(30), shutdown, Duration.ofSeconds(30));
  }

  private static Restarts restarts(boolean automatic) {
    return new Restarts(automatic, Duration.ofMillis(50), Duration.ofSeconds(10), 5, true);
  }

  @Test
  void shoutingKernelLosesNothingAndDoesNotDisturbOthers() throws Exception {
    int count = 60_000;
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel loud = fake.startReady("normal");
      Kernel quiet = fake.startReady("normal");
      var loudListener = new RecordingListener();
      var quietListener = new RecordingListener();
      try (Attachment shouting = loud.attach("a", loudListener);
          Attachment asking = quiet.attach("b", quietListener)) {
        Message flood = execute("a", "flood " + count);
        shouting.send(flood);
        loudListener.await("first output", message -> type(message).equals("display_data"));
        Message echo = execute("b", "echo hello");
        long before = System.nanoTime();
        asking.send(echo);
        quietListener.awaitReplyTo(echo);
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(20));
        loudListener.awaitIdleAfter(flood);
        int expected = 0;
        for (Message message : loudListener.heard()) {
          if (type(message).equals("display_data")) {
            assertThat(content(message)).contains("\"n\":" + expected + "}");
            expected++;
          }
        }
        assertThat(expected).isEqualTo(count);
      }
    }
  }

  @Test
  void repliesGoToWhoAskedAndOutputToEverybody() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var first = new RecordingListener();
      var second = new RecordingListener();
      Attachment one = kernel.attach("one", first);
      Attachment two = kernel.attach("two", second);
      assertThat(kernel.connections()).isEqualTo(2);

      // The session in the header is not the one of the connection: the id of the request decides.
      Message request = execute("another session", "echo hi");
      one.send(request);
      first.awaitReplyTo(request);
      Message barrier = execute("two", "echo barrier");
      two.send(barrier);
      second.awaitReplyTo(barrier);
      first.awaitIdleAfter(barrier);

      second.awaitIdleAfter(barrier);
      assertThat(first.textOf(request)).isEqualTo("hi");
      assertThat(second.textOf(request)).isEqualTo("hi");
      assertThat(second.heard())
          .noneMatch(message ->
              message.channel() != Channel.IOPUB && RecordingListener.answers(message, request));
      assertThat(first.heard())
          .noneMatch(message ->
              message.channel() != Channel.IOPUB && RecordingListener.answers(message, barrier));
      one.close();
      one.close();
      two.close();
      assertThat(kernel.connections()).isZero();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> one.send(request));
    }
  }

  @Test
  void questionOfKernelReachesOnlyTheSessionWhoseCellAsks() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var asker = new RecordingListener();
      var other = new RecordingListener();
      try (Attachment asking = kernel.attach("asker", asker);
          Attachment watching = kernel.attach("other", other)) {
        Message request = execute("asker", "input");
        asking.send(request);
        Message question = asker.await("question", message -> message.channel() == Channel.STDIN);
        asking.send(TestKernels.inputReply("asker", question, "42"));
        asker.awaitReplyTo(request);
        other.awaitIdleAfter(request);
        assertThat(other.textOf(request)).isEqualTo("got 42");
        assertThat(other.heard()).allMatch(message -> message.channel() == Channel.IOPUB);
        assertThat(watching).isNotNull();
      }
    }
  }

  @Test
  void sessionThatComesBackHearsWhatItMissedInOrder() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      Message request = execute("page", "hang");
      runWhileAway(kernel, "page", request);

      var back = new RecordingListener();
      try (Attachment again = kernel.attach("page", back)) {
        assertThat(back.textOf(request)).isEqualTo("interrupted");
        back.awaitReplyTo(request);
        back.awaitIdleAfter(request);
        List<String> published =
            back.heard().stream()
                .filter(message -> message.channel() == Channel.IOPUB)
                .map(RecordingListener::type)
                .toList();
        assertThat(published).endsWith("stream", "status");
        assertThat(again).isNotNull();
      }
    }
  }

  @Test
  void whatAListenerCouldNotDeliverComesFirstWhenItsSessionReturns() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var slow = new RecordingListener();
      Attachment attachment = kernel.attach("page", slow);
      Message cell = execute("page", "echo late");
      attachment.send(cell);
      slow.awaitReplyTo(cell);
      slow.awaitIdleAfter(cell);
      attachment.closeKeeping(slow.heard());
      var back = new RecordingListener();
      kernel.attach("page", back).close();
      assertThat(back.textOf(cell)).isEqualTo("late");
    }
  }

  @Test
  void whatACellPutsOutIsKnownThoughNoPageIsThere() throws Exception {
    int count = 60_000;
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var page = new RecordingListener();
      Message cell = executeCell("page", "cell-1", "flood " + count);
      try (Attachment attachment = kernel.attach("page", page)) {
        attachment.send(cell);
        page.await("first output", message -> type(message).equals("display_data"));
      }
      Eventually.holds(
          "the cell ends",
          Duration.ofSeconds(60),
          () -> !kernel.executions().getFirst().isRunning());
      CellExecution execution = kernel.executions().getFirst();
      assertThat(execution.isShown()).isFalse();
      assertThat(execution.outputs()).hasSize(count);
      assertThat(execution.outputs().getLast())
          .isInstanceOfSatisfying(
              CellOutput.Data.class,
              data ->
                  assertThat(new String(data.content(), StandardCharsets.UTF_8))
                      .contains("\"n\":" + (count - 1) + "}"));
      kernel.forgetExecution(execution.msgId());
      assertThat(kernel.executions()).isEmpty();
    }
  }

  @Test
  void anotherPageIsToldOfARunFromItsBeginningAndGetsWhatTheKernelAsks() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      Message cell = executeCell("gone", "cell-1", "input");
      var gone = new RecordingListener();
      try (Attachment attachment = kernel.attach("gone", gone)) {
        attachment.send(cell);
        gone.await("question", message -> type(message).equals("input_request"));
      }
      var page = new RecordingListener();
      try (Attachment attachment = kernel.attach("page", page)) {
        assertThat(kernel.replay("nobody", cell.parsedHeader().msgId())).isFalse();
        assertThat(kernel.replay("page", "no run")).isFalse();
        assertThat(kernel.replay("page", cell.parsedHeader().msgId())).isTrue();
        List<Message> told = page.heard();
        assertThat(told)
            .extracting(RecordingListener::type)
            .containsExactly("orrery_replay", "status", "orrery_replay", "input_request");
        assertThat(content(told.getFirst()))
            .isEqualTo("{\"phase\":\"begin\",\"own\":true,\"running\":true,\"execution_count\":1}");
        assertThat(told).allMatch(message -> RecordingListener.answers(message, cell));
        attachment.send(inputReply("page", told.getLast(), "ada"));
        page.awaitReplyTo(cell);
        page.awaitIdleAfter(cell);
        assertThat(page.textOf(cell)).isEqualTo("got ada");

        // A third one hears all of it, and leaves the run to whom it belongs.
        var third = new RecordingListener();
        try (Attachment _ = kernel.attach("third", third)) {
          assertThat(kernel.replay("third", cell.parsedHeader().msgId())).isTrue();
          assertThat(third.textOf(cell)).isEqualTo("got ada");
          assertThat(content(third.heard().getLast()))
              .isEqualTo(
                  "{\"phase\":\"end\",\"own\":false,\"running\":false,\"execution_count\":1}");
          assertThat(kernel.executions().getFirst().session()).isEqualTo("page");
        }
      }
    }
  }

  @Test
  void aCellOfAProcessThatEndedDoesNotRun() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var page = new RecordingListener();
      try (Attachment attachment = kernel.attach("page", page)) {
        attachment.send(executeCell("page", "cell-1", "die"));
        page.awaitStatus("restarting");
        assertThat(kernel.executions()).hasSize(1);
        assertThat(kernel.executions().getFirst().isRunning()).isFalse();
      }
    }
  }

  @Test
  void whatTheOldConnectionHasNotDeliveredComesFirstOnTheNewOne() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var heard = new RecordingListener();
      var stuck =
          new KernelListener() {
            @Override
            public void message(Message message) {
              heard.message(message);
            }

            @Override
            public void detached(DetachReason reason) {
              throw new AssertionError("It is told by replaced()");
            }

            @Override
            public List<Message> replaced() {
              return heard.heard();
            }
          };
      Attachment attachment = kernel.attach("page", stuck);
      Message cell = execute("page", "echo late");
      attachment.send(cell);
      heard.awaitReplyTo(cell);
      heard.awaitIdleAfter(cell);
      var back = new RecordingListener();
      try (Attachment _ = kernel.attach("page", back)) {
        assertThat(back.heard()).isEqualTo(heard.heard());
        assertThat(back.textOf(cell)).isEqualTo("late");
      }
    }
  }

  @Test
  void anotherPageDoesNotHearWhatTheOneBeforeMissed() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      runWhileAway(kernel, "old page", execute("old page", "hang"));
      var fresh = new RecordingListener();
      kernel.attach("new page", fresh).close();
      assertThat(fresh.heard()).isEmpty();
      var old = new RecordingListener();
      kernel.attach("old page", old).close();
      assertThat(old.heard()).isEmpty();
    }
  }

  /** Attaches, starts a cell that hangs, goes away, and has the cell end. */
  private static void runWhileAway(Kernel kernel, String session, Message request)
      throws IOException, InterruptedException {
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach(session, listener)) {
      attachment.send(request);
      listener.await("start", message -> RecordingListener.answers(message, request));
    }
    kernel.interrupt();
    Eventually.holds(
        "the cell ends", Duration.ofSeconds(60), () -> kernel.state() == ExecutionState.IDLE);
  }

  @Test
  void secondConnectionOfOneSessionReplacesTheFirst() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var stale = new RecordingListener();
      var fresh = new RecordingListener();
      Attachment first = kernel.attach("page", stale);
      try (Attachment second = kernel.attach("page", fresh)) {
        assertThat(stale.detachReason()).isEqualTo(DetachReason.REPLACED);
        assertThat(kernel.connections()).isEqualTo(1);
        first.close();
        assertThat(kernel.connections()).isEqualTo(1);
        Message echo = execute("page", "echo x");
        second.send(echo);
        fresh.awaitReplyTo(echo);
        assertThat(stale.heard()).isEmpty();
      }
    }
  }

  @Test
  void listenerThatFailsIsLetGoAndDisturbsNobody() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      kernel.attach(
          "broken",
          new KernelListener() {
            @Override
            public void message(Message message) {
              throw new IllegalStateException("a broken listener");
            }

            @Override
            public void detached(DetachReason reason) {}
          });
      var healthy = new RecordingListener();
      try (Attachment attachment = kernel.attach("healthy", healthy)) {
        Message echo = execute("healthy", "echo x");
        attachment.send(echo);
        healthy.awaitReplyTo(echo);
        // What it fails on comes by another channel than the reply.
        Eventually.holds(
            "the broken one is let go", Duration.ofSeconds(60), () -> kernel.connections() == 1);
      }
    }
  }

  @Test
  void kernelThatNeverAnswersIsNotReady() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.start("mute");
      assertThat(kernel.awaitReady(Duration.ofSeconds(2))).isFalse();
      assertThat(kernel.state()).isEqualTo(ExecutionState.STARTING);
      assertThat(kernel.kernelInfo()).isEmpty();
    }
  }

  @Test
  void kernelThatDiesAtStartIsGivenUpAfterItsRestarts() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.start("dies");
      var listener = new RecordingListener();
      kernel.attach("page", listener);
      assertThat(kernel.awaitReady(Duration.ofSeconds(30))).isFalse();
      Eventually.holds(
          "it is given up", Duration.ofSeconds(60), () -> kernel.state() == ExecutionState.DEAD);
      listener.awaitStatus("dead");
      assertThat(kernel.reason()).hasValueSatisfying(why -> assertThat(why).contains("5 restarts"));
      Eventually.holds(
          "the page is let go",
          Duration.ofSeconds(60),
          () -> listener.detachReason() == DetachReason.KERNEL_DEAD);
      Message dead = listener.heard().getLast();
      assertThat(new String(dead.parentHeader(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("{}");
      assertThat(fake.kernels.find(kernel.id())).isEmpty();
      assertThat(kernel.connectionFile()).doesNotExist();
      assertThatExceptionOfType(KernelStartException.class).isThrownBy(kernel::restart);
    }
  }

  @Test
  void kernelThatDiesIsStartedAgainAndItsSessionsStay() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      var listener = new RecordingListener();
      try (Attachment attachment = kernel.attach("page", listener)) {
        attachment.send(execute("page", "die"));
        listener.awaitStatus("restarting");
        assertThat(kernel.awaitReady(TestKernels.START)).isTrue();
        Message echo = execute("page", "echo again");
        attachment.send(echo);
        listener.awaitReplyTo(echo);
        listener.awaitIdleAfter(echo);
        assertThat(listener.textOf(echo)).isEqualTo("again");
      }
    }
  }

  @Test
  void withoutAutorestartKernelThatDiesIsDead() throws Exception {
    try (var fake = TestKernels.fake(home, settings(MANY, WAITS, restarts(false), NEVER))) {
      Kernel kernel = fake.startReady("normal");
      var listener = new RecordingListener();
      kernel.attach("page", listener).send(execute("page", "die"));
      listener.awaitStatus("dead");
      assertThat(kernel.awaitReady(Duration.ofSeconds(5))).isFalse();
    }
  }

  @Test
  void restartKeepsIdPortsAndSessions() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.startReady("normal");
      String ports = Files.readString(kernel.connectionFile());
      long pid = kernel.pid().orElseThrow();
      var listener = new RecordingListener();
      try (Attachment attachment = kernel.attach("page", listener)) {
        kernel.restart();
        // Not waiting for the kernel: what is sent now is for the new one and must not be lost.
        Message echo = execute("page", "echo fresh");
        attachment.send(echo);
        listener.awaitReplyTo(echo);
        assertThat(kernel.pid().orElseThrow()).isNotEqualTo(pid);
        assertThat(Files.readString(kernel.connectionFile())).isEqualTo(ports);
        assertThat(kernel.connections()).isEqualTo(1);
        assertThat(listener.heard())
            .noneMatch(message -> content(message).contains("\"restarting\""));
      }
    }
  }

  @Test
  void kernelThatIgnoresEverythingIsKilledInTime() throws Exception {
    KernelSettings hasty = settings(MANY, waits(Duration.ofSeconds(1)), RESTARTS, NEVER);
    try (var fake = TestKernels.fake(home, hasty)) {
      Kernel kernel = fake.startReady("stubborn");
      long pid = kernel.pid().orElseThrow();
      var listener = new RecordingListener();
      kernel.attach("page", listener);
      long before = System.nanoTime();
      fake.kernels.shutdown(kernel.id());
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isBetween(Duration.ofMillis(950), Duration.ofSeconds(60));
      assertThat(ProcessHandle.of(pid)).isEmpty();
      assertThat(listener.detachReason()).isEqualTo(DetachReason.KERNEL_SHUTDOWN);
      assertThat(kernel.connectionFile()).doesNotExist();
      assertThat(fake.kernels.list()).isEmpty();
      assertThatExceptionOfType(KernelNotFoundException.class)
          .isThrownBy(() -> fake.kernels.shutdown(kernel.id()));
    }
  }

  @Test
  void politeKernelEndsWhenAsked() throws Exception {
    Duration untilKilled = Duration.ofMinutes(2);
    try (var fake = TestKernels.fake(home, settings(MANY, waits(untilKilled), RESTARTS, NEVER))) {
      Kernel kernel = fake.startReady("normal");
      long before = System.nanoTime();
      kernel.shutdown();
      kernel.shutdown();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(untilKilled);
    }
  }

  @Test
  void idleKernelsAreCulledAndConnectedOnesAreNot() throws Exception {
    var soon = new Culling(Duration.ofMillis(300), Duration.ofMillis(100), false, false);
    try (var fake = TestKernels.fake(home, settings(MANY, WAITS, RESTARTS, soon))) {
      Kernel connected = fake.start("normal");
      Attachment attachment = connected.attach("page", new RecordingListener());
      Kernel idle = fake.start("normal");
      Eventually.holds(
          "the idle one is gone",
          Duration.ofSeconds(60),
          () -> fake.kernels.find(idle.id()).isEmpty());
      assertThat(fake.kernels.find(connected.id())).isPresent();
      attachment.close();
      Eventually.holds(
          "the other follows", Duration.ofSeconds(60), () -> fake.kernels.list().isEmpty());
    }
  }

  @Test
  void connectionFileIsForItsOwnerOnlyAndNoPortIsGivenTwice() throws Exception {
    try (var fake = TestKernels.fake(home, SETTINGS)) {
      Kernel kernel = fake.start("mute");
      Kernel other = fake.start("mute");
      Path file = kernel.connectionFile();
      assertThat(file).hasFileName("kernel-" + kernel.id() + ".json");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(file))
          .contains("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
          .contains("\"ip\"", "\"key\"", "\"transport\"", "\"signature_scheme\"")
          .contains("\"kernel_name\"", "\"jupyter_session\"");
      assertThat(portsIn(file)).doesNotContainAnyElementsOf(portsIn(other.connectionFile()));
    }
  }

  private static List<String> portsIn(Path file) throws IOException {
    return Files.readString(file)
        .lines()
        .filter(line -> line.contains("_port"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .toList();
  }

  @Test
  void whatCannotBeStartedIsSaidInASentence() throws Exception {
    try (var fake = TestKernels.fake(home, settings(1, WAITS, RESTARTS, NEVER))) {
      assertThatExceptionOfType(UnknownKernelSpecException.class)
          .isThrownBy(() -> fake.start("julia"))
          .withMessageContaining("'julia'")
          .withMessageContaining("normal");
      assertThatExceptionOfType(KernelStartException.class)
          .isThrownBy(() -> fake.start("missing"))
          .withMessageContaining("'missing'")
          .withMessageContaining("'no-such-program' on PATH");
      assertThat(fake.kernels.list()).isEmpty();
      assertThat(fake.leftovers()).isEmpty();
      Kernel kernel = fake.start("mute");
      assertThatExceptionOfType(KernelStartException.class)
          .isThrownBy(() -> fake.start("mute"))
          .withMessageContaining("limit");
      assertThat(
              fake.kernels.start(
                  new StartRequest(
                      "mute", home, java.util.Map.of(), java.util.Optional.of(kernel.id()))))
          .isSameAs(kernel);
    }
  }
}
