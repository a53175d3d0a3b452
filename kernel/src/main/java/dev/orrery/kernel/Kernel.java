package dev.orrery.kernel;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.kernel.KernelSettings.Transport;
import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.process.ExitStatus;
import dev.orrery.kernel.process.Signal;
import dev.orrery.kernel.process.SpawnedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One running kernel: its process, which may be replaced, and the sessions attached to it, which
 * stay. Thread-safe. What starts or ends the process is done one at a time and may take as long as
 * {@link KernelSettings.Waits#shutdown} and a few seconds; everything else answers at once.
 */
public final class Kernel {

  private static final System.Logger LOG = System.getLogger(Kernel.class.getName());

  /** What a kernel lives among. */
  record Context(KernelSettings settings, KernelHost host, KernelLauncher launcher, Ports ports) {}

  private final String id;
  private final KernelSpec spec;
  private final StartRequest request;
  private final Context context;
  private final Runnable whenOver;
  private final Path connectionFile;
  private final KernelLog log;
  private final String session = UUID.randomUUID().toString();
  private final Instant startedAt = Instant.now();
  private final Activity activity;
  private final Router router;
  private final RestartPolicy policy;
  private volatile byte @Nullable [] kernelInfo;
  private volatile @Nullable String reason;

  private final ReentrantLock lifecycle = new ReentrantLock();
  private final Condition lifecycleChanged = lifecycle.newCondition();

  // Written under lifecycle.
  private volatile @Nullable Incarnation current;
  private volatile boolean over;

  /**
   * A kernel that is not started yet.
   *
   * @param whenOver runs once when the kernel is shut down or given up
   */
  Kernel(String id, KernelSpec spec, StartRequest request, Context context, Runnable whenOver) {
    this.id = id;
    this.spec = spec;
    this.request = request;
    this.context = context;
    this.whenOver = whenOver;
    this.connectionFile =
        context.host().runtimeDir().toAbsolutePath().resolve("kernel-" + id + ".json");
    // Hidden from jupyter_client, which takes any file with the id in its name for a connection
    // file.
    this.log = new KernelLog(connectionFile.resolveSibling(".kernel-" + id + ".log"));
    this.activity = new Activity(context.settings().untrackedMessageTypes());
    this.router = new Router(context.settings().offlineBuffering(), this::send);
    this.policy = new RestartPolicy(context.settings().restarts());
  }

  /** Its id, the same through restarts. */
  public String id() {
    return id;
  }

  /** The name of its spec. */
  public String name() {
    return spec.name();
  }

  /** Its spec, as it was when the kernel was started. */
  public KernelSpec spec() {
    return spec;
  }

  /** What it is doing. */
  public ExecutionState state() {
    return activity.state();
  }

  /** When something last happened in it that counts as activity. */
  public Instant lastActivity() {
    return activity.last();
  }

  /** How many sessions are attached. */
  public int connections() {
    return router.connections();
  }

  /** When it was first started. */
  public Instant startedAt() {
    return startedAt;
  }

  /** Why it is dead, a sentence for people; empty while it is not. */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Where its connection file is, for clients that connect by themselves. */
  public Path connectionFile() {
    return connectionFile;
  }

  /** The id of the process that runs now; empty between two processes and after the end. */
  public Optional<Long> pid() {
    Incarnation incarnation = current;
    return incarnation == null
        ? Optional.empty()
        : incarnation.process().filter(SpawnedProcess::isAlive).map(SpawnedProcess::pid);
  }

  /**
   * Waits until the kernel answers requests and its output is known to arrive. The kernel's one
   * client asks it, once per process and without anybody calling this; every caller waits for the
   * same answer. Goes on waiting while the kernel is restarted.
   *
   * @return false when {@code limit} passed first or the kernel is dead
   */
  public boolean awaitReady(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!over) {
      Incarnation incarnation = current;
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (incarnation == null || left.isNegative()) {
        return false;
      }
      if (incarnation.awaitReady(left) && incarnation == current) {
        return true;
      }
    }
    return false;
  }

  /**
   * Interrupts what runs, in the way the spec says.
   *
   * @throws IOException when there is no process or it does not take requests
   */
  public void interrupt() throws IOException {
    Incarnation incarnation = current;
    if (over || incarnation == null) {
      throw new IOException("Kernel " + id + " is dead and cannot be interrupted.");
    }
    switch (spec.interruptMode()) {
      case SIGNAL -> {
        if (!incarnation.process().map(process -> process.signalGroup(Signal.INT)).orElse(false)) {
          throw new IOException("Kernel " + id + " is not running and cannot be interrupted.");
        }
      }
      case MESSAGE -> incarnation.request(Channel.CONTROL, "interrupt_request", "{}");
    }
  }

  /**
   * Ends the process and starts another with the same id, ports and key. Sessions stay attached and
   * hear no synthetic status. Returns when the new process runs, before it answers.
   *
   * @throws KernelStartException when the kernel is shut down or dead, or the new process cannot be
   *     started; it is dead then
   */
  public void restart() throws KernelStartException {
    lifecycle.lock();
    try {
      Incarnation old = current;
      if (over || old == null) {
        throw new KernelStartException("Kernel " + id + " is dead and cannot be restarted.");
      }
      LOG.log(INFO, "Restarting kernel {0}", id);
      activity.set(ExecutionState.RESTARTING);
      lifecycleChanged.signalAll();
      old.endProcess(spec.interruptMode(), context.settings().waits().shutdown(), true);
      policy.forgive();
      launch(succeed(old, old.info()));
    } finally {
      lifecycle.unlock();
    }
  }

  /**
   * Ends the kernel: asks it, sends SIGTERM at half of the wait time and SIGKILL at its end. All
   * sessions are let go and its files are removed. A second call waits for the first and does
   * nothing.
   */
  public void shutdown() {
    lifecycle.lock();
    try {
      if (over) {
        return;
      }
      LOG.log(INFO, "Shutting down kernel {0}", id);
      activity.set(ExecutionState.TERMINATING);
      lifecycleChanged.signalAll();
      Incarnation incarnation = current;
      if (incarnation != null) {
        incarnation.endProcess(spec.interruptMode(), context.settings().waits().shutdown(), false);
        incarnation.drain();
      }
      end(DetachReason.KERNEL_SHUTDOWN);
    } finally {
      lifecycle.unlock();
    }
  }

  /** The content of the last kernel_info_reply, a JSON object in UTF-8 that nobody may change. */
  public Optional<byte[]> kernelInfo() {
    return Optional.ofNullable(kernelInfo);
  }

  /**
   * Attaches a session. What was kept for it while it was away is handed to {@code listener} before
   * this returns. Another attachment of the same session is let go first, with {@link
   * DetachReason#REPLACED}. Attaching to a kernel that is over calls {@link
   * KernelListener#detached} at once.
   *
   * @param sessionId {@code session_id} of the page's WebSocket
   */
  public Attachment attach(String sessionId, KernelListener listener) {
    return router.attach(sessionId, listener);
  }

  /**
   * What the cells that were run have put out, each since it was last run, in the order in which
   * they were run: all of it, whether pages were there or not, until {@link #forgetExecution}.
   */
  public List<CellExecution> executions() {
    return router.executions();
  }

  /**
   * Tells an attached session of a run that it has not heard from the beginning: a message of type
   * {@code orrery_replay}, what there is of the outputs as messages of the kernel, and another of
   * that type, all before anything that the kernel says later. A run whose own session is not
   * attached becomes that of this one, which then gets what the kernel asks and answers.
   *
   * @param msgId {@link CellExecution#msgId}
   * @return false when the session is not attached, or the run is not known any more
   */
  public boolean replay(String sessionId, String msgId) {
    return router.replay(sessionId, msgId);
  }

  /**
   * Notes that somebody has read in its notebook all that a run has put out, which is over: {@link
   * CellExecution#isRead}.
   *
   * @param msgId {@link CellExecution#msgId}; what is not known any more changes nothing
   */
  public void executionRead(String msgId) {
    router.read(msgId);
  }

  /**
   * Forgets what a run of a cell has put out, because a notebook that has it is saved.
   *
   * @param msgId {@link CellExecution#msgId}; what is not known any more changes nothing
   */
  public void forgetExecution(String msgId) {
    router.forget(msgId);
  }

  /** Starts the first process. */
  void start() throws KernelStartException {
    lifecycle.lock();
    try {
      launch(new Incarnation(id, choosePorts(), session, this::received));
    } finally {
      lifecycle.unlock();
    }
  }

  /** Forgets what was kept for too long. */
  void expireBuffers() {
    router.expire();
  }

  /** Kills the process without waiting for whoever is ending it. */
  void kill() {
    Incarnation incarnation = current;
    if (incarnation != null) {
      incarnation.kill();
    }
  }

  private ConnectionInfo choosePorts() throws KernelStartException {
    KernelSettings.Binding binding = context.settings().binding();
    try {
      Files.createDirectories(context.host().runtimeDir());
      String ip =
          binding.transport() == Transport.IPC
              ? connectionFile.resolveSibling("kernel-" + id + "-ipc").toString()
              : binding.ip();
      return context.ports().choose(binding.transport(), ip);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes the connection file and starts a process for an incarnation, which becomes current. */
  private void launch(Incarnation next) throws KernelStartException {
    current = next;
    try {
      next.info().deleteSockets();
      next.info()
          .write(connectionFile, spec.name(), request.env().getOrDefault("JPY_SESSION_NAME", ""));
      SpawnedProcess process =
          context.launcher().launch(spec, request, connectionFile, log.begin());
      log.watch(process);
      activity.set(ExecutionState.STARTING);
      next.started(process, context.settings().waits().kernelInfo());
      LOG.log(
          INFO, "Kernel {0} ({1}) runs as process {2}", id, name(), Long.toString(process.pid()));
      process.onExit(() -> Thread.ofVirtual().start(() -> ended(next, process)));
    } catch (IOException e) {
      KernelStartException failure = failed(e);
      giveUp(String.valueOf(failure.getMessage()));
      throw failure;
    }
  }

  /** Replaces an incarnation whose process ended by one that has none yet. */
  private Incarnation succeed(Incarnation old, ConnectionInfo info) {
    old.drain();
    router.processEnded();
    var next = new Incarnation(id, info, session, this::received);
    current = next;
    old.close();
    return next;
  }

  /** The process ended. When nobody wanted that, starts another or gives up. */
  private void ended(Incarnation incarnation, SpawnedProcess process) {
    lifecycle.lock();
    try {
      if (over || incarnation != current) {
        return;
      }
      LOG.log(
          WARNING,
          "Kernel {0} died: {1}{2}",
          id,
          describe(process.exitStatus()),
          lastWords(log.tail()));
      incarnation.drain();
      switch (policy.died(incarnation.age())) {
        case RestartPolicy.Verdict.GiveUp(String why) -> giveUp(why);
        case RestartPolicy.Verdict.Restart(Duration pause, boolean newPorts) -> {
          activity.set(ExecutionState.AUTORESTARTING);
          ConnectionInfo info = incarnation.info();
          if (newPorts) {
            info = choosePorts();
            context.ports().release(incarnation.info());
          }
          Incarnation next = succeed(incarnation, info);
          // After the change: who hears it and sends something must reach the new process.
          announce("restarting");
          if (stillWanted(next, pause)) {
            launch(next);
          }
        }
      }
    } catch (KernelStartException e) {
      giveUp(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lifecycle.unlock();
    }
  }

  /** Waits; false when somebody shut down or restarted the kernel meanwhile. */
  private boolean stillWanted(Incarnation next, Duration pause) throws InterruptedException {
    long left = pause.toNanos();
    while (left > 0 && !over && current == next) {
      left = lifecycleChanged.awaitNanos(left);
    }
    return !over && current == next && next.process().isEmpty();
  }

  private void giveUp(String why) {
    if (over) {
      return;
    }
    LOG.log(ERROR, "Kernel {0} is dead: {1}", id, why);
    reason = why;
    end(DetachReason.KERNEL_DEAD);
  }

  private void end(DetachReason detachReason) {
    over = true;
    activity.set(ExecutionState.DEAD);
    Incarnation incarnation = current;
    if (incarnation != null) {
      incarnation.close();
      incarnation.info().deleteSockets();
      context.ports().release(incarnation.info());
    }
    try {
      Files.deleteIfExists(connectionFile);
      log.delete();
    } catch (IOException e) {
      LOG.log(WARNING, "A file of a kernel could not be removed", e);
    }
    // Who is told looks the kernel up at once and must not find it any more.
    whenOver.run();
    if (detachReason == DetachReason.KERNEL_DEAD) {
      announce("dead");
    }
    router.close(detachReason);
  }

  private void send(Message message) throws IOException {
    Incarnation incarnation = current;
    if (over || incarnation == null) {
      throw new IOException("Kernel " + id + " is dead.");
    }
    incarnation.client().send(message, context.settings().waits().send());
  }

  /** A message of the kernel, on the reading thread of its channel. */
  private void received(Incarnation from, Message message) {
    Header header = message.parsedHeader();
    Header parent = message.parsedParent();
    if (message.channel() == Channel.IOPUB) {
      if (from == current) {
        activity.observe(message, header, parent);
        from.heard(activity.state() != ExecutionState.STARTING);
      }
      router.publish(message, header, parent);
      return;
    }
    if (header.msgType().equals("kernel_info_reply")) {
      kernelInfo = message.content();
      from.answered();
    }
    if (!parent.session().equals(session)) {
      router.reply(message, header, parent);
    }
  }

  /** Tells every session what no kernel says about itself. */
  private void announce(String executionState) {
    Message status =
        Message.create(
            Channel.IOPUB,
            "status",
            session,
            Header.EMPTY,
            "{\"execution_state\":\"" + executionState + "\"}");
    router.publish(status, status.parsedHeader(), Header.EMPTY);
  }

  private KernelStartException failed(IOException cause) {
    return new KernelStartException(
        "Kernel '%s' could not be started: %s".formatted(name(), cause.getMessage()), cause);
  }

  private static String lastWords(List<String> lines) {
    var words = new StringBuilder();
    for (String line : lines) {
      words.append("\n    ").append(line);
    }
    return words.isEmpty() ? "" : ". The last it printed:" + words;
  }

  private static String describe(Optional<ExitStatus> status) {
    return switch (status.orElse(new ExitStatus.Exited(0))) {
      case ExitStatus.Exited(int code) -> "its process returned " + code;
      case ExitStatus.Signalled(int signal) -> "its process was ended by signal " + signal;
    };
  }
}
