package dev.orrery.kernel;

import static dev.orrery.kernel.RecordingListener.content;
import static dev.orrery.kernel.RecordingListener.type;
import static dev.orrery.kernel.TestKernels.execute;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.kernel.KernelSettings.Transport;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same against the kernel most people use. Needs ipykernel; see {@link #findPython}. */
class IpykernelTest {

  @TempDir Path home;

  private TestKernels python;

  @BeforeEach
  void startWithPython() throws Exception {
    python = TestKernels.python(home, findPython(), KernelSettings.defaults());
  }

  @AfterEach
  void stop() {
    if (python != null) {
      python.close();
    }
  }

  @Test
  void cellRunsAndItsOutputComesInOrder() throws Exception {
    Kernel kernel = python.startReady("python3");
    assertThat(kernel.kernelInfo())
        .hasValueSatisfying(info -> assertThat(info).asString(UTF_8).contains("ipython"));
    assertThat(kernel.state()).isEqualTo(ExecutionState.IDLE);
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell = execute("page", "print('one'); 6 * 7");
      attachment.send(cell);
      Message reply = listener.awaitReplyTo(cell);
      assertThat(content(reply)).contains("\"ok\"");
      listener.awaitIdleAfter(cell);
      List<String> types =
          listener.heard().stream()
              .filter(message -> message.channel() == Channel.IOPUB)
              .filter(message -> RecordingListener.answers(message, cell))
              .map(RecordingListener::type)
              .toList();
      assertThat(types)
          .containsExactly("status", "execute_input", "stream", "execute_result", "status");
    }
  }

  @Test
  void inputIsAskedAndAnswered() throws Exception {
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell = execute("page", "print('hello ' + input('who? '))");
      attachment.send(cell);
      Message question =
          listener.await("question", message -> type(message).equals("input_request"));
      assertThat(question.channel()).isEqualTo(Channel.STDIN);
      attachment.send(TestKernels.inputReply("page", question, "world"));
      listener.awaitReplyTo(cell);
      Eventually.holds(
          "the output comes",
          Duration.ofSeconds(60),
          () -> listener.textOf(cell).contains("hello world"));
    }
  }

  @Test
  void interruptStopsARunningCell() throws Exception {
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell = execute("page", "print('in', flush=True)\nimport time\ntime.sleep(300)");
      attachment.send(cell);
      listener.await("output", message -> type(message).equals("stream"));
      assertThat(kernel.state()).isEqualTo(ExecutionState.BUSY);
      kernel.interrupt();
      assertThat(content(listener.awaitReplyTo(cell))).contains("KeyboardInterrupt");
    }
  }

  @Test
  void restartForgetsVariablesAndKeepsSessions() throws Exception {
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message set = execute("page", "x = 1");
      attachment.send(set);
      listener.awaitReplyTo(set);
      kernel.restart();
      assertThat(kernel.awaitReady(TestKernels.START)).isTrue();
      Message get = execute("page", "x");
      attachment.send(get);
      assertThat(content(listener.awaitReplyTo(get))).contains("NameError");
    }
  }

  @Test
  void commCarriesBuffersBothWays() throws Exception {
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell =
          execute(
              "page",
              """
              def opened(comm, message):
                  comm.send({'n': len(message['buffers'])}, buffers=[bytes(message['buffers'][0])[::-1]])
              get_ipython().kernel.comm_manager.register_target('mirror', opened)
              """);
      attachment.send(cell);
      listener.awaitReplyTo(cell);
      byte[] bytes = new byte[100_000];
      new java.util.Random(1).nextBytes(bytes);
      Message open =
          Message.create(
              Channel.SHELL,
              "comm_open",
              "page",
              dev.orrery.kernel.message.Header.EMPTY,
              "{\"comm_id\":\"c1\",\"target_name\":\"mirror\",\"data\":{}}");
      attachment.send(
          new Message(
              open.channel(),
              open.header(),
              open.parentHeader(),
              open.metadata(),
              open.content(),
              List.of(bytes)));
      Message answer = listener.await("comm_msg", message -> type(message).equals("comm_msg"));
      assertThat(answer.buffers()).hasSize(1);
      byte[] mirrored = answer.buffers().getFirst();
      assertThat(mirrored).hasSameSizeAs(bytes);
      assertThat(mirrored[0]).isEqualTo(bytes[bytes.length - 1]);
    }
  }

  @Test
  void killedKernelIsRestartedAndEverySessionIsTold() throws Exception {
    Kernel kernel = python.startReady("python3");
    var one = new RecordingListener();
    var two = new RecordingListener();
    try (Attachment first = kernel.attach("one", one);
        Attachment second = kernel.attach("two", two)) {
      long pid = kernel.pid().orElseThrow();
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      one.awaitStatus("restarting");
      two.awaitStatus("restarting");
      assertThat(kernel.awaitReady(TestKernels.START)).isTrue();
      assertThat(kernel.pid().orElseThrow()).isNotEqualTo(pid);
      Message cell = execute("two", "1");
      second.send(cell);
      two.awaitReplyTo(cell);
      assertThat(first).isNotNull();
    }
  }

  @Test
  void unixSocketsCarryTheChannelsToo() throws Exception {
    python.close();
    // Socket paths are limited to about 100 bytes.
    var usual = KernelSettings.defaults();
    var overFiles =
        new KernelSettings(
            usual.defaultKernelName(),
            usual.maxKernels(),
            usual.untrackedMessageTypes(),
            usual.waits(),
            usual.restarts(),
            usual.culling(),
            new KernelSettings.Binding(Transport.IPC, "127.0.0.1"),
            usual.offlineBuffering());
    python = TestKernels.python(home, findPython(), overFiles);
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell = execute("page", "print('over a file')");
      attachment.send(cell);
      listener.awaitReplyTo(cell);
    }
    kernel.shutdown();
    assertThat(python.leftovers()).isEmpty();
  }

  @Test
  void kernelLeadsASessionOfItsOwn() throws Exception {
    Kernel kernel = python.startReady("python3");
    var listener = new RecordingListener();
    try (Attachment attachment = kernel.attach("page", listener)) {
      Message cell =
          execute(
              "page",
              "import os; print(os.getsid(0) == os.getpid(), sorted(map(int, os.listdir('/proc/self/fd')))[:3],"
                  + " os.environ.get('JPY_PARENT_PID'), os.readlink('/proc/self/fd/0'), end='')");
      attachment.send(cell);
      listener.awaitReplyTo(cell);
      Eventually.holds(
          "the output comes",
          Duration.ofSeconds(60),
          () -> listener.textOf(cell).equals("True [0, 1, 2] None /dev/null"));
    }
  }

  /** The interpreter named by ORRERY_TEST_PYTHON, else python3 when it has ipykernel. */
  private static String findPython() throws IOException, InterruptedException {
    String named = System.getenv("ORRERY_TEST_PYTHON");
    if (named != null && !named.isEmpty()) {
      return named;
    }
    Process probe;
    try {
      probe =
          new ProcessBuilder("python3", "-c", "import ipykernel")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "there is no python3");
      return "";
    }
    boolean works = probe.waitFor(30, TimeUnit.SECONDS) && probe.exitValue() == 0;
    assumeTrue(works, "python3 has no ipykernel; name one with ORRERY_TEST_PYTHON");
    return "python3";
  }
}
