package dev.orrery.kernel;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.kernel.journal.Journal;
import dev.orrery.kernel.journal.JournalMemory;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who hears what: iopub goes to every session, a reply to the one that asked. One lock holds the
 * order: nothing live reaches a listener before what was kept for it.
 */
final class Router {

  /** Where messages of listeners go. */
  interface Outlet {
    void send(Message message) throws IOException;
  }

  private static final System.Logger LOG = System.getLogger(Router.class.getName());
  private static final int MAX_REQUESTS = 10_000;
  private static final int MAX_ABSENT = 4;
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(5);

  private final KernelSettings.OfflineBuffering buffering;
  private final Outlet outlet;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final Map<String, Attached> attached = new LinkedHashMap<>();
  private final Map<String, OfflineBuffer> absent = new LinkedHashMap<>();
  private final Map<String, String> sessionByRequest = new BoundedMap<>(MAX_REQUESTS);
  private final Journal journal;
  private @Nullable DetachReason closed;

  /**
   * With nobody attached.
   *
   * @param journal the file of the journal, which is made when there is something to keep
   */
  Router(
      KernelSettings.OfflineBuffering buffering,
      JournalMemory memory,
      Path journal,
      Outlet outlet) {
    this.buffering = buffering;
    this.outlet = outlet;
    this.journal = new Journal(memory, journal, lock);
  }

  /**
   * Goes on with the journal that a server before this one has kept.
   *
   * @param gap what a cell shows that was running
   * @throws IOException when the file can't be read
   */
  void resume(Path from, String gap) throws IOException {
    lock.lock();
    try {
      journal.resume(from).forEach(this::keepFor);
      journal.lines(gap).forEach(line -> publish(line, line.parsedHeader(), line.parsedParent()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The kernel has come to a request that was made after {@link #resume}: what it was doing then is
   * done.
   *
   * @return false when it may still have requests of before
   */
  boolean caughtUp() {
    lock.lock();
    try {
      for (Message message : journal.overdue()) {
        if (message.channel() == Channel.IOPUB) {
          publish(message, message.parsedHeader(), message.parsedParent());
        } else {
          reply(message, message.parsedHeader(), message.parsedParent());
        }
      }
      return journal.isCaughtUp();
    } finally {
      lock.unlock();
    }
  }

  int connections() {
    lock.lock();
    try {
      return attached.size();
    } finally {
      lock.unlock();
    }
  }

  Attachment attach(String session, KernelListener listener) {
    var fresh = new Attached(session, listener);
    lock.lock();
    try {
      if (closed != null) {
        fresh.open = false;
        listener.detached(closed);
        return fresh;
      }
      List<Message> undelivered = List.of();
      Attached stale = attached.remove(session);
      if (stale != null) {
        LOG.log(INFO, "Session {0} attached again; its old connection is let go", session);
        undelivered = stale.replaced();
      }
      OfflineBuffer kept = absent.remove(session);
      if (attached.isEmpty() && kept == null) {
        // Another page: what was kept for the one before belongs to cells it does not show.
        absent.clear();
      }
      attached.put(session, fresh);
      journal.came(session);
      undelivered.forEach(fresh::hand);
      if (kept != null) {
        for (Message message : kept.replay()) {
          fresh.hand(message);
        }
      }
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /** Hands an iopub message to everybody. */
  void publish(Message message, Header header, Header parent) {
    lock.lock();
    try {
      journal.published(message, header, parent);
      for (Attached listener : List.copyOf(attached.values())) {
        listener.hand(message);
      }
      if (!absent.isEmpty()) {
        keep(message, header, parent, List.copyOf(absent.values()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Hands a reply, or a question of the kernel, to the session whose request it is about. */
  void reply(Message message, Header header, Header parent) {
    lock.lock();
    try {
      journal.replied(message, header, parent);
      String session = sessionByRequest.getOrDefault(parent.msgId(), parent.session());
      Attached listener = attached.get(session);
      if (listener != null) {
        listener.hand(message);
        return;
      }
      OfflineBuffer buffer = absent.get(session);
      if (buffer != null) {
        keep(message, header, parent, List.of(buffer));
      }
    } finally {
      lock.unlock();
    }
  }

  /** What cells have put out, as far as it is not known to be saved. */
  List<CellExecution> executions() {
    lock.lock();
    try {
      return journal.executions();
    } finally {
      lock.unlock();
    }
  }

  /** Tells an attached session of a run from the beginning; false when either is not known. */
  boolean replay(String session, String msgId) {
    lock.lock();
    try {
      Attached listener = attached.get(session);
      if (listener == null) {
        return false;
      }
      Optional<List<Message>> messages = journal.replay(msgId, session);
      journal.owner(msgId).ifPresent(owner -> sessionByRequest.put(msgId, owner));
      messages.ifPresent(all -> all.forEach(listener::hand));
      return messages.isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** Somebody has read in its notebook what a run that is over has put out. */
  void read(String msgId) {
    lock.lock();
    try {
      journal.read(msgId);
    } finally {
      lock.unlock();
    }
  }

  /** What a run of a cell has put out is in its notebook. */
  void forget(String msgId) {
    lock.lock();
    try {
      journal.forget(msgId);
    } finally {
      lock.unlock();
    }
  }

  /** The kernel's process ended; what it ran does not run any more. */
  void processEnded() {
    lock.lock();
    try {
      journal.ended();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets go of everybody and of all that was kept in memory; nobody can attach afterwards. Waits
   * for the disk, for a few seconds at most.
   */
  void close(DetachReason reason) {
    try {
      if (!journal.closeFile(FLUSH_LIMIT)) {
        LOG.log(WARNING, "The disk is slow; what cells have put out last may be lost");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      closed = reason;
      journal.close();
      List<Attached> all = List.copyOf(attached.values());
      attached.clear();
      absent.clear();
      all.forEach(listener -> listener.letGo(reason));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what was kept for longer than the settings allow. */
  void expire() {
    Instant oldest = Instant.now().minus(buffering.time());
    lock.lock();
    try {
      absent.values().removeIf(buffer -> buffer.since().isBefore(oldest));
    } finally {
      lock.unlock();
    }
  }

  /** Begins to keep messages for a session that is away. */
  private Optional<OfflineBuffer> keepFor(String session) {
    if (!buffering.enabled() || buffering.bytes() <= 0) {
      return Optional.empty();
    }
    if (absent.size() >= MAX_ABSENT) {
      absent.remove(absent.keySet().iterator().next());
    }
    var buffer = new OfflineBuffer(session, Instant.now());
    absent.put(session, buffer);
    return Optional.of(buffer);
  }

  private void keep(Message message, Header header, Header parent, List<OfflineBuffer> buffers) {
    long bytes = buffering.bytes();
    int messages = buffering.messages();
    for (OfflineBuffer buffer : absent.values()) {
      bytes -= buffer.bytes();
      messages -= buffer.size();
    }
    for (OfflineBuffer buffer : buffers) {
      buffer.add(message, header, parent, bytes + buffer.bytes(), messages + buffer.size());
    }
  }

  /** Drops the oldest when there are too many. */
  private static final class BoundedMap<K, V> extends LinkedHashMap<K, V> {
    @java.io.Serial private static final long serialVersionUID = 1L;
    private final int limit;

    BoundedMap(int limit) {
      this.limit = limit;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > limit;
    }
  }

  private final class Attached implements Attachment {
    private final String session;
    private final KernelListener listener;
    private volatile boolean open = true;

    Attached(String session, KernelListener listener) {
      this.session = session;
      this.listener = listener;
    }

    @Override
    public void send(Message message) throws IOException {
      if (!open) {
        throw new IOException("This session is no longer attached to the kernel.");
      }
      Header header = message.parsedHeader();
      lock.lock();
      try {
        if (message.channel() == Channel.STDIN) {
          journal.answered();
        } else if (!header.msgId().isEmpty()) {
          sessionByRequest.put(header.msgId(), session);
          journal.asked(message, header, session);
        }
      } finally {
        lock.unlock();
      }
      outlet.send(message);
    }

    @Override
    public void close() {
      closeKeeping(List.of());
    }

    @Override
    public void closeKeeping(List<Message> undelivered) {
      lock.lock();
      try {
        open = false;
        if (!attached.remove(session, this)) {
          return;
        }
        journal.left(session);
        undelivered.forEach(message -> journal.missed(message.parsedParent()));
        keepFor(session)
            .ifPresent(buffer -> {
              for (Message message : undelivered) {
                keep(message, message.parsedHeader(), message.parsedParent(), List.of(buffer));
              }
            });
      } finally {
        lock.unlock();
      }
    }

    void hand(Message message) {
      if (!open) {
        return;
      }
      try {
        listener.message(message);
      } catch (RuntimeException e) {
        LOG.log(ERROR, "A listener of session " + session + " failed and is let go", e);
        close();
      }
    }

    List<Message> replaced() {
      open = false;
      try {
        return listener.replaced();
      } catch (RuntimeException e) {
        LOG.log(ERROR, "A listener of session " + session + " failed when it was let go", e);
        return List.of();
      }
    }

    void letGo(DetachReason reason) {
      open = false;
      try {
        listener.detached(reason);
      } catch (RuntimeException e) {
        LOG.log(ERROR, "A listener of session " + session + " failed when it was let go", e);
      }
    }
  }
}
