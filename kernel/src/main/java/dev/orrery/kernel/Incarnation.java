package dev.orrery.kernel;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.process.Signal;
import dev.orrery.kernel.process.SpawnedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One process of a kernel with the one client that talks to it. A restart makes another.
 * Thread-safe; the kernel's lifecycle lock says who may start and end it.
 */
final class Incarnation {

  private static final System.Logger LOG = System.getLogger(Incarnation.class.getName());
  private static final Duration NUDGE_PAUSE = Duration.ofMillis(500);
  private static final Duration LATE_NUDGE_PAUSE = Duration.ofSeconds(5);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

  /** A kernel that answers but never publishes a status is ready after this. */
  private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

  private final String kernelId;
  private final String session;
  private final ConnectionInfo info;
  private final KernelClient client;
  private volatile @Nullable SpawnedProcess process;
  private volatile long startedAt = System.nanoTime();
  private volatile boolean ready;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private boolean answered;
  private boolean heard;
  private boolean settled;
  private boolean over;

  /**
   * Starts connecting to where the process will listen.
   *
   * @param session whose requests are ours and not a page's
   */
  Incarnation(
      String kernelId,
      ConnectionInfo info,
      String session,
      BiConsumer<Incarnation, Message> receiver) {
    this.kernelId = kernelId;
    this.session = session;
    this.info = info;
    this.client =
        new KernelClient(kernelId, info, session, message -> receiver.accept(this, message));
  }

  ConnectionInfo info() {
    return info;
  }

  KernelClient client() {
    return client;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  Optional<SpawnedProcess> process() {
    return Optional.ofNullable(process);
  }

  /** The process runs: asks it for a sign of life until it gives one. */
  void started(SpawnedProcess started, Duration kernelInfoTimeout) {
    process = started;
    started.endGroupWithLeader();
    startedAt = System.nanoTime();
    Thread.ofVirtual()
        .name("kernel " + kernelId + " nudge")
        .start(() -> nudgeUntilReady(kernelInfoTimeout));
  }

  /** Something came on iopub, so the subscription works. */
  void heard(boolean stateSettled) {
    if (ready) {
      return;
    }
    lock.lock();
    try {
      heard = true;
      settled |= stateSettled;
      ready = isReady();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A kernel_info_reply came. */
  void answered() {
    lock.lock();
    try {
      answered = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the kernel answers and is heard; false when it ended or the limit passed. */
  boolean awaitReady(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!isReady() && !over && left > 0) {
        left = changed.awaitNanos(left);
      }
      return isReady() && !over;
    } finally {
      lock.unlock();
    }
  }

  boolean isOver() {
    lock.lock();
    try {
      return over;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the process: politely, then with SIGTERM at half of {@code wait}, then with SIGKILL. A
   * thread that is interrupted meanwhile kills at once.
   *
   * @param mode how to have it leave its cell, without which it would not hear the request
   */
  void endProcess(InterruptMode mode, Duration wait, boolean restart) {
    SpawnedProcess running = process;
    if (running == null || !running.isAlive()) {
      return;
    }
    try {
      try {
        switch (mode) {
          case SIGNAL -> running.signalGroup(Signal.INT);
          case MESSAGE -> request(Channel.CONTROL, "interrupt_request", "{}");
        }
        request(Channel.CONTROL, "shutdown_request", "{\"restart\":" + restart + "}");
      } catch (IOException e) {
        LOG.log(DEBUG, "A kernel could not be asked to end", e);
      }
      if (running.waitFor(wait.dividedBy(2))) {
        return;
      }
      LOG.log(DEBUG, "Kernel {0} did not end when asked; sending SIGTERM", kernelId);
      running.signalGroup(Signal.TERM);
      if (running.waitFor(wait.dividedBy(2))) {
        return;
      }
      LOG.log(WARNING, "Kernel {0} did not end after SIGTERM; sending SIGKILL", kernelId);
      kill();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  /** Kills the whole group and waits for the end of its leader. */
  void kill() {
    SpawnedProcess running = process;
    if (running == null) {
      return;
    }
    running.signalGroup(Signal.KILL);
    try {
      if (!running.waitFor(KILL_LIMIT)) {
        LOG.log(WARNING, "Process {0} is still there after SIGKILL", Long.toString(running.pid()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hands on what the ended process still published. */
  void drain() {
    try {
      client.drain(DRAIN_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets go of the channels and wakes who waits. Called when the kernel knows what comes next. */
  void close() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    client.close();
  }

  /** Sends a request of our own; its reply goes to nobody. */
  void request(Channel channel, String type, String content) throws IOException {
    client.send(Message.create(channel, type, session, Header.EMPTY, content), Duration.ZERO);
  }

  private boolean isReady() {
    return answered && heard && settled;
  }

  private void nudgeUntilReady(Duration kernelInfoTimeout) {
    boolean late = false;
    try {
      while (!isOver()) {
        if (!client.awaitConnected(LATE_NUDGE_PAUSE)) {
          late = complainOnce(late, kernelInfoTimeout);
          continue;
        }
        request(Channel.SHELL, "kernel_info_request", "{}");
        request(Channel.CONTROL, "kernel_info_request", "{}");
        if (awaitReady(late ? LATE_NUDGE_PAUSE : NUDGE_PAUSE) || settleSilent()) {
          LOG.log(DEBUG, "Kernel {0} answered after {1} ms", kernelId, age().toMillis());
          return;
        }
        late = complainOnce(late, kernelInfoTimeout);
      }
    } catch (IOException e) {
      LOG.log(DEBUG, "Asking a kernel for its info ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean complainOnce(boolean already, Duration limit) {
    if (!already && age().compareTo(limit) > 0) {
      LOG.log(
          WARNING,
          "Kernel {0} has not answered for {1} s. What it prints is in .kernel-{0}.log in the runtime folder",
          kernelId,
          Long.toString(limit.toSeconds()));
      return true;
    }
    return already;
  }

  private boolean settleSilent() {
    lock.lock();
    try {
      if (answered && heard && age().compareTo(STATUS_LIMIT) > 0) {
        settled = true;
        changed.signalAll();
      }
      return isReady();
    } finally {
      lock.unlock();
    }
  }
}
