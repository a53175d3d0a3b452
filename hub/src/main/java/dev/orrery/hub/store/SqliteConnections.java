package dev.orrery.hub.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite: one connection that writes, a few that read beside it. Each belongs to a platform thread
 * of its own, because who waits inside SQLite would keep all virtual threads waiting; callers wait
 * in Java, where that costs nothing.
 *
 * <p>What is to be written at the same time is written together: each work is a savepoint within
 * one transaction, and nobody hears that theirs is done before all of it is on disk, which is what
 * takes the time.
 */
final class SqliteConnections implements Database.Connections {

  private static final int READERS = 3;

  /** Callers that may wait for a thread; more of them than a hub ever has at once is a fault. */
  private static final int MOST_WAITING = 20_000;

  /** Works in one transaction. */
  private static final int MOST_TOGETHER = 100;

  /** Another process at work on the file is waited for briefly; then the caller tries again. */
  private static final int BUSY_MILLIS = 250;

  private final SQLiteDataSource source;
  private final Lane writing;
  private final List<Lane> all = new ArrayList<>();
  private final BlockingQueue<Task<?>> reads = new LinkedBlockingQueue<>(MOST_WAITING);
  private final boolean oneConnection;

  private SqliteConnections(String jdbc, boolean oneConnection) {
    this.oneConnection = oneConnection;
    source = source(jdbc, !oneConnection);
    // A transaction that reads first and then writes must not find another writer before it; one
    // that only reads must not keep writers waiting.
    writing =
        new Lane(
            "hub database, writing",
            source,
            "BEGIN IMMEDIATE",
            MOST_TOGETHER,
            new LinkedBlockingQueue<>(MOST_WAITING));
    all.add(writing);
    for (int i = 1; i <= READERS && !oneConnection; i++) {
      all.add(new Lane("hub database, reading " + i, source, "BEGIN", 1, reads));
    }
  }

  static SqliteConnections ofFile(Path file) {
    return new SqliteConnections("jdbc:sqlite:" + file, false);
  }

  static SqliteConnections inMemory() {
    return new SqliteConnections("jdbc:sqlite::memory:", true);
  }

  private static SQLiteDataSource source(String jdbc, boolean file) {
    var config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_MILLIS);
    // What was answered is on disk, also when the machine loses its power.
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    if (file) {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    }
    var source = new SQLiteDataSource(config);
    source.setUrl(jdbc);
    return source;
  }

  @Override
  public <T> T read(Function<Sql, T> work) {
    return ask(oneConnection ? writing.waiting : reads, work);
  }

  @Override
  public <T> T write(Function<Sql, T> work) {
    return ask(writing.waiting, work);
  }

  private <T> T ask(BlockingQueue<Task<?>> queue, Function<Sql, T> work) {
    if (all.stream().anyMatch(lane -> lane.thread.equals(Thread.currentThread()))) {
      throw new IllegalStateException("A transaction inside a transaction");
    }
    if (all.stream().anyMatch(lane -> lane.closing)) {
      throw new DatabaseException("The database is closed");
    }
    var task = new Task<>(work);
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
  private static final class Task<T> {

    private final Function<Sql, T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** Tells the caller how it came out, once that is certain. */
    private Runnable told = () -> {};

    Task(Function<Sql, T> work) {
      this.work = work;
    }

    boolean isLeft() {
      return result.isDone();
    }

    /** Does the work, and tells nobody yet; returns whether it went well. */
    boolean run(Sql sql) {
      try {
        T done = work.apply(sql);
        told = () -> result.complete(done);
        return true;
      } catch (RuntimeException | Error e) {
        told = () -> result.completeExceptionally(e);
        return false;
      }
    }

    void tell() {
      told.run();
    }

    void fail(RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  /** One connection, its thread, and who waits for them. */
  private static final class Lane {

    private final SQLiteDataSource source;
    private final String begin;
    private final int most;
    private final BlockingQueue<Task<?>> waiting;
    private final Thread thread;
    private volatile boolean closing;

    Lane(
        String name,
        SQLiteDataSource source,
        String begin,
        int most,
        BlockingQueue<Task<?>> waiting) {
      this.source = source;
      this.begin = begin;
      this.most = most;
      this.waiting = waiting;
      this.thread = Thread.ofPlatform().name(name).daemon().start(this::work);
    }

    private void work() {
      while (!closing) {
        List<Task<?>> first = next();
        if (first.isEmpty()) {
          continue;
        }
        try (Sql sql = open()) {
          run(sql, first);
          while (!closing) {
            run(sql, next());
          }
        } catch (SqlFailure e) {
          // The file can't be opened; the next one who asks makes us try again.
          first.forEach(task -> task.fail(e));
        }
      }
    }

    private Sql open() {
      try {
        var connection = source.getConnection();
        // Transactions are ours to begin and end; otherwise the driver looks after each statement
        // whether there is one.
        connection.setAutoCommit(false);
        var sql = new Sql(connection, Dialect.SQLITE);
        sql.execute("COMMIT");
        return sql;
      } catch (SQLException e) {
        throw new SqlFailure(e);
      }
    }

    private List<Task<?>> next() {
      try {
        Task<?> first = waiting.poll(200, TimeUnit.MILLISECONDS);
        if (first == null) {
          return List.of();
        }
        if (most == 1 || waiting.isEmpty()) {
          return List.of(first);
        }
        var tasks = new ArrayList<Task<?>>();
        tasks.add(first);
        waiting.drainTo(tasks, most - 1);
        return tasks;
      } catch (InterruptedException e) {
        closing = true;
        return List.of();
      }
    }

    private void run(Sql sql, List<Task<?>> tasks) {
      if (tasks.size() > 1 && together(sql, tasks)) {
        return;
      }
      for (Task<?> task : tasks) {
        if (!task.isLeft()) {
          alone(sql, task);
        }
      }
    }

    private void alone(Sql sql, Task<?> task) {
      try {
        sql.execute(begin);
        if (task.run(sql)) {
          sql.execute("COMMIT");
        } else {
          undo(sql);
        }
        task.tell();
      } catch (SqlFailure e) {
        undo(sql);
        task.fail(e);
      }
    }

    /** Returns false when nothing was done, because one of them spoiled it for all. */
    private boolean together(Sql sql, List<Task<?>> tasks) {
      try {
        sql.execute(begin);
      } catch (SqlFailure e) {
        // Another process is writing, for all of them.
        tasks.forEach(task -> task.fail(e));
        return true;
      }
      try {
        for (Task<?> task : tasks) {
          if (!task.isLeft()) {
            sql.execute("SAVEPOINT work");
            if (!task.run(sql)) {
              sql.execute("ROLLBACK TO work");
            }
            sql.execute("RELEASE work");
          }
        }
        sql.execute("COMMIT");
      } catch (SqlFailure e) {
        undo(sql);
        return false;
      }
      tasks.forEach(Task::tell);
      return true;
    }

    /** SQLite itself gives up a whole transaction after some errors; then there is nothing left. */
    private static void undo(Sql sql) {
      try {
        sql.execute("ROLLBACK");
      } catch (SqlFailure e) {
        // There is no transaction any more.
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
