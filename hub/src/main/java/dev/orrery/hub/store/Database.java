package dev.orrery.hub.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The database of a hub. All work on it is a function of a {@link Transaction} that happens whole
 * or not at all, and that may be called again when another hub was in the way: it does nothing but
 * ask and change the database. Thread-safe; made for virtual threads.
 */
public final class Database implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Database.class.getName());

  /** How long one transaction may wait for its turn and take. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  /** How long PostgreSQL may take to let us in, or all connections may be taken. */
  private static final Duration CONNECTING = Duration.ofSeconds(5);

  /** Connections to PostgreSQL. */
  private static final int READERS = 6;

  private static final int WRITERS = 4;

  /** Waits between attempts get longer up to 5 ms times two to the power of this. */
  private static final int MOST_DOUBLINGS = 6;

  private final DatabaseUrl url;
  private final Dialect dialect;
  private final Connections connections;

  private Database(DatabaseUrl url, Dialect dialect, Connections connections) {
    this.url = url;
    this.dialect = dialect;
    this.connections = connections;
  }

  /**
   * Runs work in a transaction, on a thread that may wait in native code. An exception of the work
   * undoes what it did; a {@link SqlFailure} says that the database did not do it.
   */
  interface Connections extends AutoCloseable {
    /** Sees one state of the database throughout, and changes nothing. */
    <T> T read(Function<Sql, T> work);

    /** As if no other work went on at the same time; done when it returns. */
    <T> T write(Function<Sql, T> work);

    @Override
    void close();
  }

  /**
   * Opens a database, and makes or upgrades its tables.
   *
   * @param upgrade whether tables of an older revision may be changed; a file is copied before
   * @throws DatabaseException when it can't be reached, or is of a revision that is not ours; the
   *     message is for the operator
   */
  public static Database open(DatabaseUrl url, boolean upgrade) {
    Database database =
        switch (url) {
          case DatabaseUrl.SqliteFile(Path file) ->
              new Database(url, Dialect.SQLITE, SqliteConnections.ofFile(file));
          case DatabaseUrl.SqliteMemory() ->
              new Database(url, Dialect.SQLITE, SqliteConnections.inMemory());
          case DatabaseUrl.Postgresql server ->
              new Database(url, Dialect.POSTGRESQL, new Pool(server));
        };
    try {
      database.prepare(upgrade);
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Asks without changing anything; sees one state of the database throughout. */
  public <T> T read(Function<Transaction, T> work) {
    Attempt<T> attempt = () -> connections.read(sql -> work.apply(new Transaction(sql)));
    return retried(() -> {
      try {
        return attempt.run();
      } catch (SqlFailure e) {
        // To ask once more does no harm, and a server that was started anew may be there by now.
        if (isCut(e.said())) {
          return attempt.run();
        }
        throw e;
      }
    });
  }

  /** Asks and changes; what it returns is true once it has returned. */
  public <T> T write(Function<Transaction, T> work) {
    return retried(() -> connections.write(sql -> work.apply(new Transaction(sql))));
  }

  /** Changes, with no answer. */
  public void change(Consumer<Transaction> work) {
    write(transaction -> {
      work.accept(transaction);
      return Optional.empty();
    });
  }

  private interface Attempt<T> {
    T run();
  }

  private <T> T retried(Attempt<T> attempt) {
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int tried = 1; ; tried++) {
      try {
        return attempt.run();
      } catch (SqlFailure e) {
        if (!isPassing(e) || System.nanoTime() > end) {
          throw new DatabaseException("The database " + url.shown() + " failed: " + said(e), e);
        }
        LOG.log(System.Logger.Level.DEBUG, "A transaction is tried again: " + said(e));
        pause(tried);
      }
    }
  }

  private static void pause(int tried) {
    try {
      Thread.sleep(
          Duration.ofMillis(
              1 + ThreadLocalRandom.current().nextLong(5L << Math.min(tried, MOST_DOUBLINGS))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("Interrupted while waiting for the database", e);
    }
  }

  /** Whether the connection broke in the middle: PostgreSQL is stopping, or the network is gone. */
  private static boolean isCut(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** Whether somebody else was in the way, and the same may succeed in a moment. */
  private static boolean isPassing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException said) {
        String state = said.getSQLState();
        // Serialization failure and deadlock of PostgreSQL; SQLITE_BUSY and SQLITE_LOCKED.
        return "40001".equals(state)
            || "40P01".equals(state)
            || state == null
                && ((said.getErrorCode() & 0xff) == 5 || (said.getErrorCode() & 0xff) == 6);
      }
    }
    return false;
  }

  private static String said(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  private void prepare(boolean upgrade) {
    var migrations = new Migrations(dialect);
    boolean older =
        retried(() ->
            connections.read(sql ->
                !migrations.isEmpty(sql)
                    && !migrations.revision(sql).equals(Optional.of(Schema.REVISION))));
    if (older && upgrade && url instanceof DatabaseUrl.SqliteFile(Path file)) {
      keepCopy(file);
    }
    // In one transaction: of two hubs that start at once, one makes the tables.
    retried(() ->
        connections.write(sql -> {
          if (dialect == Dialect.POSTGRESQL) {
            // Creating a table that is being created fails; any number that all hubs use will do.
            sql.select("SELECT 1 FROM pg_advisory_xact_lock(7038211)").map(RowMapper.NUMBER).one();
          }
          prepare(sql, migrations, upgrade);
          return true;
        }));
  }

  private void prepare(Sql sql, Migrations migrations, boolean upgrade) {
    if (migrations.isEmpty(sql)) {
      migrations.create(sql);
      return;
    }
    String revision =
        migrations
            .revision(sql)
            .orElseThrow(() ->
                new DatabaseException(
                    "The database "
                        + url.shown()
                        + " has tables, but not JupyterHub's mark of their version"
                        + " (alembic_version); name another one in JupyterHub.db_url"));
    if (!revision.equals(Schema.REVISION)) {
      if (!migrations.canUpgrade(revision)) {
        throw new DatabaseException(
            "The database "
                + url.shown()
                + " is of revision "
                + revision
                + ", which is newer than JupyterHub 6.1 or older than 5: upgrade it to 6.1 with"
                + " 'jupyterhub upgrade-db' first");
      }
      if (!upgrade) {
        throw new DatabaseException(
            "The database "
                + url.shown()
                + " is of revision "
                + revision
                + ", this hub needs "
                + Schema.REVISION
                + ": back it up, then run 'orrery hub upgrade-db', or set JupyterHub.upgrade_db");
      }
      List<String> reached = migrations.upgrade(sql, revision);
      LOG.log(System.Logger.Level.INFO, "Upgraded the database by " + String.join(", ", reached));
    }
    migrations.addOurs(sql);
  }

  private static void keepCopy(Path file) {
    String now =
        DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT)
            .format(LocalDateTime.now(ZoneId.systemDefault()));
    Path copy = file.resolveSibling(file.getFileName() + "." + now);
    try {
      Files.copy(file, copy);
      LOG.log(System.Logger.Level.INFO, "Kept the database as it was in " + copy);
    } catch (IOException e) {
      throw new DatabaseException(
          "The database was not upgraded, because it can't be copied to " + copy, e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  /** Connections to PostgreSQL, whose driver waits without holding up other threads. */
  private static final class Pool implements Connections {

    // Two pools, for to change how a connection is isolated is a question of its own each time.
    private final HikariDataSource reading;
    private final HikariDataSource writing;

    Pool(DatabaseUrl.Postgresql server) {
      writing = pool(server, "hub database, writing", "TRANSACTION_SERIALIZABLE", WRITERS);
      try {
        reading = pool(server, "hub database, reading", "TRANSACTION_REPEATABLE_READ", READERS);
      } catch (DatabaseException e) {
        writing.close();
        throw e;
      }
    }

    private static HikariDataSource pool(
        DatabaseUrl.Postgresql server, String name, String isolation, int most) {
      var config = new HikariConfig();
      config.setJdbcUrl(server.jdbc());
      server.user().ifPresent(config::setUsername);
      server.password().ifPresent(config::setPassword);
      config.setMaximumPoolSize(most);
      config.setMinimumIdle(1);
      config.setAutoCommit(false);
      config.setTransactionIsolation(isolation);
      config.setConnectionTimeout(CONNECTING.toMillis());
      config.setInitializationFailTimeout(LIMIT.toMillis());
      config.setPoolName(name);
      // A backend that does not answer must not hold a request for ever.
      config.addDataSourceProperty("socketTimeout", Long.toString(LIMIT.toSeconds()));
      config.addDataSourceProperty("tcpKeepAlive", "true");
      try {
        return new HikariDataSource(config);
      } catch (RuntimeException e) {
        throw new DatabaseException(
            "The database " + server.shown() + " can't be reached: " + said(e), e);
      }
    }

    @Override
    public <T> T read(Function<Sql, T> work) {
      return in(reading, work);
    }

    @Override
    public <T> T write(Function<Sql, T> work) {
      return in(writing, work);
    }

    private static <T> T in(HikariDataSource pool, Function<Sql, T> work) {
      try (Connection connection = pool.getConnection();
          Sql sql = new Sql(connection, Dialect.POSTGRESQL)) {
        try {
          T done = work.apply(sql);
          connection.commit();
          return done;
        } catch (RuntimeException | Error e) {
          undo(connection, e);
          throw e;
        }
      } catch (SQLException e) {
        throw new SqlFailure(e);
      }
    }

    private static void undo(Connection connection, Throwable cause) {
      try {
        connection.rollback();
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }

    @Override
    public void close() {
      reading.close();
      writing.close();
    }
  }
}
