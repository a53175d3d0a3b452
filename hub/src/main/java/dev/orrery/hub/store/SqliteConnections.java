package dev.orrery.hub.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite: one connection that writes, a few that read beside it. Each belongs to a platform thread
 * of its own, because who waits inside SQLite would keep all virtual threads waiting; callers wait
 * in Java, where that costs nothing.
 */
final class SqliteConnections implements Database.Connections {

  private static final int READERS = 3;

  /** Callers that may wait for a thread; more of them than a hub ever has at once is a fault. */
  private static final int MOST_WAITING = 20_000;

  /** Another process at work on the file is waited for briefly; then the caller tries again. */
  private static final int BUSY_MILLIS = 250;

  private final Lane writing;
  private final List<Lane> all = new ArrayList<>();
  private final BlockingQueue<Task<?>> reads = new LinkedBlockingQueue<>(MOST_WAITING);
  private final boolean oneConnection;

  private SqliteConnections(String jdbc, boolean oneConnection) {
    this.oneConnection = oneConnection;
    // A transaction that reads first and then writes must not find another writer before it; one
    // that only reads must not keep writers waiting.
    Jdbi writes = jdbi(jdbc, !oneConnection, SQLiteConfig.TransactionMode.IMMEDIATE);
    writing = new Lane("hub database, writing", writes, new LinkedBlockingQueue<>(MOST_WAITING));
    all.add(writing);
    Jdbi reading = jdbi(jdbc, !oneConnection, SQLiteConfig.TransactionMode.DEFERRED);
    for (int i = 1; i <= READERS && !oneConnection; i++) {
      all.add(new Lane("hub database, reading " + i, reading, reads));
    }
  }

  static SqliteConnections ofFile(Path file) {
    return new SqliteConnections("jdbc:sqlite:" + file, false);
  }

  static SqliteConnections inMemory() {
    return new SqliteConnections("jdbc:sqlite::memory:", true);
  }

  private static Jdbi jdbi(String jdbc, boolean file, SQLiteConfig.TransactionMode mode) {
    var config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_MILLIS);
    // What was answered is on disk, also when the machine loses its power.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(mode);
    if (file) {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    }
    var source = new SQLiteDataSource(config);
    source.setUrl(jdbc);
    Jdbi jdbi = Jdbi.create(() -> source.getConnection());
    jdbi.setStatementBuilderFactory(_ -> new KeptStatements());
    return Transaction.configured(jdbi, Dialect.SQLITE);
  }

  @Override
  public <T> T read(Function<Handle, T> work) {
    return ask(oneConnection ? writing.waiting : reads, work);
  }

  @Override
  public <T> T write(Function<Handle, T> work) {
    return ask(writing.waiting, work);
  }

  private <T> T ask(BlockingQueue<Task<?>> queue, Function<Handle, T> work) {
    if (all.stream().anyMatch(lane -> lane.thread.equals(Thread.currentThread()))) {
      throw new IllegalStateException("A transaction inside a transaction");
    }
    if (all.stream().anyMatch(lane -> lane.closing)) {
      throw new DatabaseException("The database is closed");
    }
    var task = new Task<>(work, new CompletableFuture<>());
    if (!queue.offer(task)) {
      throw new DatabaseException("More than " + MOST_WAITING + " requests wait for the database");
    }
    try {
      return task.result.get(Database.LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (TimeoutException e) {
      task.result.cancel(false);
      throw new DatabaseException(
          "The database did not answer within " + Database.LIMIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      task.result.cancel(false);
      Thread.currentThread().interrupt();
      throw new DatabaseException("Interrupted while waiting for the database", e);
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  @Override
  public void close() {
    // Readers first: the last connection to close takes the journal away.
    all.reversed().forEach(Lane::close);
  }

  /** Work that waits for a connection; one whose caller has left is not begun. */
  private record Task<T>(Function<Handle, T> work, CompletableFuture<T> result) {

    void run(Handle handle) {
      if (result.isDone()) {
        return;
      }
      try {
        result.complete(work.apply(handle));
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }
  }

  /** One connection, its thread, and who waits for them. */
  private static final class Lane {

    private final Jdbi jdbi;
    private final BlockingQueue<Task<?>> waiting;
    private final Thread thread;
    private volatile boolean closing;

    Lane(String name, Jdbi jdbi, BlockingQueue<Task<?>> waiting) {
      this.jdbi = jdbi;
      this.waiting = waiting;
      this.thread = Thread.ofPlatform().name(name).daemon().start(this::work);
    }

    private void work() {
      while (!closing) {
        Task<?> first = next();
        if (first == null) {
          continue;
        }
        try (Handle handle = jdbi.open()) {
          first.run(handle);
          while (!closing) {
            Task<?> more = next();
            if (more != null) {
              more.run(handle);
            }
          }
        } catch (RuntimeException e) {
          // The file can't be opened; the next one who asks makes us try again.
          first.result.completeExceptionally(e);
        }
      }
    }

    private @Nullable Task<?> next() {
      try {
        return waiting.poll(200, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        closing = true;
        return null;
      }
    }

    void close() {
      closing = true;
      try {
        thread.join(Database.LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
