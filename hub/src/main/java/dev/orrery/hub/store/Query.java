package dev.orrery.hub.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement and its values. */
final class Query {

  private final Sql sql;
  private final String text;
  private final List<Object> values;
  private final Map<String, Object> named = new HashMap<>();

  Query(Sql sql, String text, List<Object> values) {
    this.sql = sql;
    this.text = text;
    this.values = values;
  }

  /** Gives the value that the text calls {@code :name}. */
  Query bind(String name, @Nullable Object value) {
    named.put(name, value == null ? Sql.None.NULL : value);
    return this;
  }

  /** Gives the values that the text calls {@code <name>}; there is at least one. */
  Query bindList(String name, List<?> list) {
    named.put(name, list);
    return this;
  }

  /** Asks, once one of the methods of the result is called. */
  <T> Rows<T> map(RowMapper<T> mapper) {
    NamedSql ready = ready();
    return new Rows<>(() -> sql.rows(ready.text(), ready.values(), mapper));
  }

  /** Changes; returns how many rows. */
  int execute() {
    NamedSql ready = ready();
    return sql.update(ready.text(), ready.values());
  }

  private NamedSql ready() {
    return named.isEmpty() ? new NamedSql(text, values) : NamedSql.of(text, named);
  }
}
