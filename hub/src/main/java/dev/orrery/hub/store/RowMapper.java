package dev.orrery.hub.store;

import java.sql.SQLException;

/** Makes something of a row of an answer. */
@FunctionalInterface
interface RowMapper<T> {

  /** The first column, a number. */
  RowMapper<Long> NUMBER = row -> row.getLong(1);

  /** The first column, a text. */
  RowMapper<String> TEXT = row -> row.getString(1);

  T map(Row row) throws SQLException;
}
