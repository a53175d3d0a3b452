package dev.orrery.kernel.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that another one has started, which is gone. Only a parent is told of an end and how it
 * came about, so this one is looked at four times in a second.
 */
public final class AdoptedProcess implements RunningProcess {

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final ProcessIdentity identity;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExitActions exitActions = new ExitActions();
  private final Object lock = new Object();

  // Guarded by lock.
  private boolean over;
  private boolean endsGroup;

  private AdoptedProcess(ProcessIdentity identity) {
    this.identity = identity;
  }

  /**
   * Begins to look after a process.
   *
   * @return empty when it has ended, whoever may have its id now
   */
  public static Optional<AdoptedProcess> find(ProcessIdentity identity) {
    if (!identity.isAlive()) {
      return Optional.empty();
    }
    var process = new AdoptedProcess(identity);
    Thread.ofVirtual().name("watch of process " + identity.pid()).start(process::watch);
    return Optional.of(process);
  }

  @Override
  public long pid() {
    return identity.pid();
  }

  @Override
  public boolean isAlive() {
    return ended.getCount() != 0 && identity.isAlive();
  }

  @Override
  public Optional<ExitStatus> exitStatus() {
    return Optional.empty();
  }

  @Override
  public boolean waitFor(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void onExit(Runnable action) {
    exitActions.add(action);
  }

  @Override
  public boolean signalGroup(Signal signal) {
    synchronized (lock) {
      return !over && identity.isAlive() && Posix.kill(-identity.pid(), signal.number());
    }
  }

  @Override
  public boolean signal(Signal signal) {
    synchronized (lock) {
      return !over && identity.isAlive() && Posix.kill(identity.pid(), signal.number());
    }
  }

  @Override
  public void endGroupWithLeader() {
    synchronized (lock) {
      endsGroup = true;
    }
  }

  private void watch() {
    try {
      while (identity.isAlive()) {
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (lock) {
      over = true;
      // An id is not given to another process while a group has it.
      if (endsGroup && !identity.isTaken()) {
        Posix.kill(-identity.pid(), Signal.KILL.number());
      }
    }
    ended.countDown();
    exitActions.run(pid());
  }
}
