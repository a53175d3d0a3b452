package dev.orrery.hub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements on one connection. Those that are asked often are kept compiled, each with the numbers
 * of its columns: to compile one takes longer than most take to run. Answers are read whole, so
 * that none keeps a transaction open. Used by one thread at a time; closes the connection with it.
 */
final class Sql implements AutoCloseable {

  /** A value that is none. */
  enum None {
    NULL
  }

  private static final int MOST_KEPT = 200;

  private final Connection connection;
  private final Dialect dialect;

  /** By their text, the one that was not used for the longest time first. */
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** A compiled statement; its columns are known once it has answered. */
  private static final class Kept {
    private final PreparedStatement statement;
    private @Nullable Map<String, Integer> columns;

    Kept(PreparedStatement statement) {
      this.statement = statement;
    }
  }

  Sql(Connection connection, Dialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  Dialect dialect() {
    return dialect;
  }

  /** Asks, with values for the question marks. */
  Query select(String sql, @Nullable Object... values) {
    return new Query(this, sql, values(values));
  }

  /** Asks, or changes, with values by name. */
  Query createQuery(String sql) {
    return new Query(this, sql, List.of());
  }

  /** Changes, with values for the question marks; returns how many rows. */
  int execute(String sql, @Nullable Object... values) {
    return update(sql, values(values));
  }

  private static List<Object> values(@Nullable Object[] values) {
    return Arrays.stream(values).map(value -> value == null ? None.NULL : value).toList();
  }

  /** Changes, and gives no rows. */
  int update(String sql, List<Object> values) {
    return run(sql, values, kept -> kept.statement.executeUpdate());
  }

  /** All rows of an answer. */
  <T> List<T> rows(String sql, List<Object> values, RowMapper<T> mapper) {
    return run(
        sql,
        values,
        kept -> {
          try (ResultSet result = kept.statement.executeQuery()) {
            Map<String, Integer> columns = kept.columns;
            if (columns == null) {
              columns = columns(result.getMetaData());
              kept.columns = columns;
            }
            var row = new Row(result, columns, dialect);
            var rows = new ArrayList<T>();
            while (result.next()) {
              rows.add(mapper.map(row));
            }
            return rows;
          }
        });
  }

  private static Map<String, Integer> columns(ResultSetMetaData about) throws SQLException {
    var columns = new HashMap<String, Integer>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      columns.putIfAbsent(about.getColumnLabel(i), i);
    }
    return columns;
  }

  private interface Run<T> {
    T of(Kept kept) throws SQLException;
  }

  private <T> T run(String sql, List<Object> values, Run<T> run) {
    try {
      Kept statement = compiled(sql);
      for (int i = 0; i < values.size(); i++) {
        bind(statement.statement, i + 1, values.get(i));
      }
      T done = run.of(statement);
      // What it was asked with may be secret.
      statement.statement.clearParameters();
      return done;
    } catch (SQLException | RuntimeException e) {
      // A statement that failed is of no more use with some drivers.
      drop(sql, e);
      throw e instanceof SQLException said ? new SqlFailure(said) : (RuntimeException) e;
    }
  }

  private void drop(String sql, Exception cause) {
    Kept failed = kept.remove(sql);
    if (failed != null) {
      try {
        failed.statement.close();
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private Kept compiled(String sql) throws SQLException {
    Kept found = kept.get(sql);
    if (found != null) {
      return found;
    }
    var made = new Kept(connection.prepareStatement(sql));
    kept.put(sql, made);
    if (kept.size() > MOST_KEPT) {
      Iterator<Kept> oldest = kept.values().iterator();
      Kept last = oldest.next();
      oldest.remove();
      last.statement.close();
    }
    return made;
  }

  private void bind(PreparedStatement statement, int position, Object value) throws SQLException {
    switch (value) {
      case String text -> statement.setString(position, text);
      case Long number -> statement.setLong(position, number);
      case Integer number -> statement.setInt(position, number);
      case Boolean yes -> statement.setBoolean(position, yes);
      case Instant time -> dialect.bind(statement, position, time);
      case byte[] bytes -> statement.setBytes(position, bytes);
      case None _ -> statement.setNull(position, Types.NULL);
      default -> throw new IllegalArgumentException("no value of a database: " + value.getClass());
    }
  }

  @Override
  public void close() {
    try {
      for (Kept statement : kept.values()) {
        statement.statement.close();
      }
      kept.clear();
      connection.close();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }
}
