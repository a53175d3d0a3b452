package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table and the statements that make it. Constraints get the names that JupyterHub's migrations
 * know them by.
 */
final class Table {

  private final String name;
  private final List<Column> columns = new ArrayList<>();
  private final List<String> primaryKey = new ArrayList<>();
  private final List<String> uniques = new ArrayList<>();
  private final List<String> indexes = new ArrayList<>();

  /** What a column holds. */
  private enum Type {
    ID,
    INTEGER,
    TEXT,
    TIME,
    BYTES,
    BOOLEAN
  }

  private record Reference(String table, String column, String onDelete) {}

  private record Column(
      String name, Type type, int length, boolean required, Optional<Reference> reference) {}

  private Table(String name) {
    this.name = name;
  }

  static Table named(String name) {
    return new Table(name);
  }

  String name() {
    return name;
  }

  Table id() {
    primaryKey.add("id");
    return add("id", Type.ID, 0, true);
  }

  Table integer(String column) {
    return add(column, Type.INTEGER, 0, false);
  }

  Table requiredInteger(String column) {
    return add(column, Type.INTEGER, 0, true);
  }

  /** Text without a limit, mostly JSON. */
  Table text(String column) {
    return add(column, Type.TEXT, 0, false);
  }

  Table text(String column, int length) {
    return add(column, Type.TEXT, length, false);
  }

  Table requiredText(String column, int length) {
    return add(column, Type.TEXT, length, true);
  }

  Table time(String column) {
    return add(column, Type.TIME, 0, false);
  }

  Table requiredTime(String column) {
    return add(column, Type.TIME, 0, true);
  }

  Table bytes(String column) {
    return add(column, Type.BYTES, 0, false);
  }

  Table requiredBytes(String column) {
    return add(column, Type.BYTES, 0, true);
  }

  Table bool(String column) {
    return add(column, Type.BOOLEAN, 0, false);
  }

  Table requiredBool(String column) {
    return add(column, Type.BOOLEAN, 0, true);
  }

  /** A row that goes with the row it names. */
  Table goesWith(String column, String table) {
    return refer(column, Type.INTEGER, false, new Reference(table, "id", "CASCADE"));
  }

  /** Part of the primary key, going with the row it names. */
  Table keyGoesWith(String column, String table) {
    primaryKey.add(column);
    return refer(column, Type.INTEGER, true, new Reference(table, "id", "CASCADE"));
  }

  /** The number of another row; none once that is gone. */
  Table mayName(String column, String table) {
    return refer(column, Type.INTEGER, false, new Reference(table, "id", "SET NULL"));
  }

  /** The identifier of an OAuth client. */
  Table client(String column, String onDelete) {
    return refer(column, Type.TEXT, false, new Reference("oauth_clients", "identifier", onDelete));
  }

  Table unique(String column) {
    uniques.add(column);
    return this;
  }

  Table index(String column) {
    indexes.add(column);
    return this;
  }

  private Table refer(String column, Type type, boolean required, Reference reference) {
    int length = type == Type.TEXT ? 255 : 0;
    columns.add(new Column(column, type, length, required, Optional.of(reference)));
    return this;
  }

  private Table add(String column, Type type, int length, boolean required) {
    columns.add(new Column(column, type, length, required, Optional.empty()));
    return this;
  }

  /** The statements that make this table and its indexes. */
  List<String> statements(Dialect dialect) {
    var lines = new ArrayList<String>();
    for (Column column : columns) {
      lines.add(
          quoted(column.name) + " " + type(column, dialect) + (column.required ? " NOT NULL" : ""));
    }
    if (!primaryKey.isEmpty()) {
      lines.add("CONSTRAINT pk_" + name + " PRIMARY KEY (" + String.join(", ", primaryKey) + ")");
    }
    uniques.forEach(
        column -> lines.add("CONSTRAINT uq_" + name + "_" + column + " UNIQUE (" + column + ")"));
    for (Column column : columns) {
      column.reference.ifPresent(to ->
          lines.add(
              "CONSTRAINT fk_"
                  + name
                  + "_"
                  + column.name
                  + "_"
                  + to.table
                  + " FOREIGN KEY("
                  + column.name
                  + ") REFERENCES "
                  + to.table
                  + " ("
                  + to.column
                  + ") ON DELETE "
                  + to.onDelete));
    }
    var statements = new ArrayList<String>();
    statements.add("CREATE TABLE " + name + " (" + String.join(", ", lines) + ")");
    indexes.forEach(column ->
        statements.add(
            "CREATE INDEX ix_" + name + "_" + column + " ON " + name + " (" + column + ")"));
    return statements;
  }

  private static String quoted(String column) {
    // A word of PostgreSQL's own.
    return column.equals("user") ? "\"user\"" : column;
  }

  private static String type(Column column, Dialect dialect) {
    return switch (column.type) {
      case ID -> dialect.idType();
      case INTEGER -> "INTEGER";
      case TEXT -> column.length == 0 ? "TEXT" : "VARCHAR(" + column.length + ")";
      case TIME -> dialect.timeType();
      case BYTES -> dialect.bytesType();
      case BOOLEAN -> "BOOLEAN";
    };
  }
}
