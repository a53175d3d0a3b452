package dev.orrery.hub.store;

import java.sql.SQLException;

/** What a driver said against a statement; {@link Database} decides what becomes of it. */
final class SqlFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final SQLException said;

  SqlFailure(SQLException said) {
    super(said);
    this.said = said;
  }

  SQLException said() {
    return said;
  }
}
