package dev.orrery.kernel.journal;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a journal in a file that only its owner can read, so that another server can go on
 * with it after this one was killed. It is written by a thread of its own: who has something to be
 * written never waits. When that thread falls behind, or the disk takes nothing, and when the file
 * has grown to much more than what the journal knows, all of it is written anew. Nothing is synced:
 * what a dead process has written is there, and a machine that goes down takes its kernels along.
 * Thread-safe.
 */
final class JournalFile {

  /** Runs an action with the journal's present state while nothing changes it. */
  interface Source {
    /** Calls {@code taker} once, before it returns. */
    void take(Consumer<List<JournalEvent>> taker);
  }

  private static final System.Logger LOG = System.getLogger(JournalFile.class.getName());
  private static final byte[] VERSION = {'O', 'R', 'J', '1'};
  private static final long MAX_QUEUED = 8L << 20;
  private static final long SPARE = 4L << 20;
  private static final int BUFFER = 64 * 1024;

  private final Path file;
  private final Source source;
  private final Duration retry;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private List<JournalEvent> queue = new ArrayList<>();
  private long queued;
  private boolean anew = true;
  private boolean started;
  private boolean closed;
  private boolean over;

  // Of the writing thread.
  private @Nullable DataOutputStream out;
  private long known;
  private boolean broken;

  /**
   * A file that is made when there is something to be written.
   *
   * @param retry the pause after the disk has failed
   */
  JournalFile(Path file, Source source, Duration retry) {
    this.file = file;
    this.source = source;
    this.retry = retry;
  }

  /** Has an event written after those before it. */
  void append(JournalEvent event) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (!started) {
        started = true;
        Thread.ofVirtual().name("journal " + file.getParent()).start(this::writeForever);
      }
      if (anew) {
        // Whoever writes all of it anew has this one in it.
        changed.signalAll();
        return;
      }
      queue.add(event);
      queued += event.size();
      if (queued > MAX_QUEUED) {
        rewrite();
      } else if (queue.size() == 1) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void rewrite() {
    anew = true;
    queue = new ArrayList<>();
    queued = 0;
  }

  /**
   * Writes what there is and no more.
   *
   * @return false when that took longer than {@code limit}
   */
  boolean close(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      long left = limit.toNanos();
      while (started && !over && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !started || over;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands out what a file has, as far as it can be read; a file that is not there has nothing.
   *
   * @throws IOException when the disk can't be read
   */
  static void read(Path file, Consumer<JournalEvent> reader) throws IOException {
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      long size = Files.size(file);
      if (!Arrays.equals(in.readNBytes(VERSION.length), VERSION)) {
        return;
      }
      JournalEvent event = JournalCodec.read(in, size);
      while (event != null) {
        reader.accept(event);
        event = JournalCodec.read(in, size);
      }
    } catch (NoSuchFileException e) {
      // The kernel has run no cell.
      return;
    }
  }

  private void writeForever() {
    try {
      while (awaitWork()) {
        try {
          write();
          if (broken) {
            broken = false;
            LOG.log(INFO, "What cells put out is kept in {0} again", file);
          }
        } catch (IOException e) {
          failed(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeFile();
      lock.lock();
      try {
        over = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** False when there will be no more. */
  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (!anew && queue.isEmpty()) {
        if (closed) {
          return false;
        }
        changed.await(1, TimeUnit.MINUTES);
      }
      return !(closed && broken);
    } finally {
      lock.unlock();
    }
  }

  private void write() throws IOException {
    var events = new ArrayList<List<JournalEvent>>(1);
    if (isAnew()) {
      source.take(state -> {
        lock.lock();
        try {
          rewrite();
          anew = false;
        } finally {
          lock.unlock();
        }
        events.add(state);
      });
      replace(events.getFirst());
      return;
    }
    lock.lock();
    try {
      events.add(queue);
      queue = new ArrayList<>();
      queued = 0;
    } finally {
      lock.unlock();
    }
    DataOutputStream to = out;
    if (to != null) {
      append(events.getFirst(), to);
      // What it takes is known when it is written anew.
      if (to.size() > 2 * known + SPARE) {
        lock.lock();
        try {
          rewrite();
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private boolean isAnew() {
    lock.lock();
    try {
      return anew;
    } finally {
      lock.unlock();
    }
  }

  private void replace(List<JournalEvent> events) throws IOException {
    closeFile();
    Path partial =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "journal",
            ".part",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      OutputStream bytes = Files.newOutputStream(partial, StandardOpenOption.WRITE);
      var to = new DataOutputStream(new BufferedOutputStream(bytes, BUFFER));
      out = to;
      to.write(VERSION);
      append(events, to);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      known = to.size();
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void append(List<JournalEvent> events, DataOutputStream to) throws IOException {
    for (JournalEvent event : events) {
      JournalCodec.write(event, to);
    }
    to.flush();
  }

  /** The journal is still in memory; another try is made later. */
  private void failed(IOException cause) throws InterruptedException {
    if (!broken) {
      LOG.log(
          WARNING,
          "What cells put out can't be kept in " + file + ", so a crash would lose it: " + cause);
    }
    broken = true;
    closeFile();
    lock.lock();
    try {
      rewrite();
      long left = retry.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeFile() {
    DataOutputStream open = out;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "A journal could not be closed", e);
      }
    }
  }
}
