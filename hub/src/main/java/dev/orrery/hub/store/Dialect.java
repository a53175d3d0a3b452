package dev.orrery.hub.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What the two databases write differently. Times are in UTC, without a zone, in both. */
enum Dialect {
  SQLITE("INTEGER", "DATETIME", "BLOB") {
    @Override
    void bind(PreparedStatement statement, int position, Instant time) throws SQLException {
      statement.setString(position, TimeText.of(time));
    }

    @Override
    Optional<Instant> time(ResultSet row, int column) throws SQLException {
      return Optional.ofNullable(row.getString(column)).map(TimeText::parse);
    }
  },
  POSTGRESQL("SERIAL", "TIMESTAMP WITHOUT TIME ZONE", "BYTEA") {
    @Override
    void bind(PreparedStatement statement, int position, Instant time) throws SQLException {
      statement.setObject(
          position, LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));
    }

    @Override
    Optional<Instant> time(ResultSet row, int column) throws SQLException {
      return Optional.ofNullable(row.getObject(column, LocalDateTime.class))
          .map(time -> time.toInstant(ZoneOffset.UTC));
    }
  };

  private final String id;
  private final String time;
  private final String bytes;

  Dialect(String id, String time, String bytes) {
    this.id = id;
    this.time = time;
    this.bytes = bytes;
  }

  /** The type of a number that the database counts up. */
  String idType() {
    return id;
  }

  String timeType() {
    return time;
  }

  String bytesType() {
    return bytes;
  }

  abstract void bind(PreparedStatement statement, int position, Instant time) throws SQLException;

  abstract Optional<Instant> time(ResultSet row, int column) throws SQLException;
}
