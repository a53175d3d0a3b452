package dev.orrery.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row of an answer; columns go by number, the first is 1, or by name. */
final class Row {

  private final ResultSet result;
  private final Map<String, Integer> columns;
  private final Dialect dialect;

  Row(ResultSet result, Map<String, Integer> columns, Dialect dialect) {
    this.result = result;
    this.columns = columns;
    this.dialect = dialect;
  }

  private int number(String column) throws SQLException {
    @Nullable Integer number = columns.get(column);
    if (number == null) {
      throw new SQLException("No column " + column + " among " + columns.keySet());
    }
    return number;
  }

  boolean isNull(String column) throws SQLException {
    return result.getObject(number(column)) == null;
  }

  long getLong(int column) throws SQLException {
    return result.getLong(column);
  }

  long getLong(String column) throws SQLException {
    return result.getLong(number(column));
  }

  int getInt(int column) throws SQLException {
    return result.getInt(column);
  }

  int getInt(String column) throws SQLException {
    return result.getInt(number(column));
  }

  boolean getBoolean(int column) throws SQLException {
    return result.getBoolean(column);
  }

  boolean getBoolean(String column) throws SQLException {
    return result.getBoolean(number(column));
  }

  /** A text that is there. */
  String getString(int column) throws SQLException {
    return result.getString(column);
  }

  /** A text that is there. */
  String getString(String column) throws SQLException {
    return result.getString(number(column));
  }

  Optional<String> text(String column) throws SQLException {
    return Optional.ofNullable(result.getString(number(column)));
  }

  Optional<byte[]> bytes(String column) throws SQLException {
    return Optional.ofNullable(result.getBytes(number(column)));
  }

  Optional<byte[]> bytes(int column) throws SQLException {
    return Optional.ofNullable(result.getBytes(column));
  }

  Optional<Instant> time(String column) throws SQLException {
    return dialect.time(result, number(column));
  }
}
