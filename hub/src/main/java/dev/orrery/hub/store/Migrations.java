package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings a database to the revision of this hub. JupyterHub's history is the history of its tables:
 * what it would do to them is done here, and {@code alembic_version} says so to both hubs.
 */
final class Migrations {

  /** One step of JupyterHub's history; the same statements fit both databases. */
  private record Step(String from, String to, List<String> statements) {}

  /** From the last revision of JupyterHub 5 on. */
  private static final List<Step> STEPS =
      List.of(
          new Step(
              "4621fec11365",
              "be8ecf03ddac",
              List.of("ALTER TABLE services ADD COLUMN timeout INTEGER DEFAULT 30 NOT NULL")),
          new Step(
              "be8ecf03ddac",
              "afd65840b69e",
              List.of(
                  "ALTER TABLE oauth_codes ADD COLUMN code_challenge VARCHAR(255)",
                  "ALTER TABLE oauth_codes ADD COLUMN code_challenge_method VARCHAR(64)")),
          new Step(
              "afd65840b69e",
              "ff1860e38070",
              List.of("ALTER TABLE users ADD COLUMN user_info TEXT")),
          new Step(
              "ff1860e38070",
              Schema.REVISION,
              List.of("ALTER TABLE spawners ADD COLUMN display_name VARCHAR(255)")));

  private final Dialect dialect;

  Migrations(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Whether there is a hub's database at all. */
  boolean isEmpty(Sql sql) {
    return !hasTable(sql, "users") && !hasTable(sql, "alembic_version");
  }

  /** Makes all tables in an empty database. */
  void create(Sql sql) {
    Schema.JUPYTERHUB.forEach(table -> make(sql, table));
    sql.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
            + " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))");
    sql.execute("INSERT INTO alembic_version (version_num) VALUES (?)", Schema.REVISION);
    addOurs(sql);
  }

  /** Makes those of our own tables that are missing. */
  void addOurs(Sql sql) {
    Schema.OURS.stream()
        .filter(table -> !hasTable(sql, table.name()))
        .forEach(table -> make(sql, table));
    if (hasTable(sql, "orrery_accounts")) {
      // The former place of passwords, which had none for who is not here yet.
      sql.execute(
          "INSERT INTO orrery_passwords (user_id, password, approved, changed)"
              + " SELECT user_id, password, approved, changed FROM orrery_accounts");
      sql.execute("DROP TABLE orrery_accounts");
    }
  }

  /** Makes nativeauthenticator's table where it is missing. */
  void addNativeAccounts(Sql sql) {
    if (!hasTable(sql, Schema.NATIVE_ACCOUNTS.name())) {
      make(sql, Schema.NATIVE_ACCOUNTS);
    }
  }

  private void make(Sql sql, Table table) {
    table.statements(dialect).forEach(text -> sql.execute(text));
  }

  /** The revision the database is at; nothing when it does not say. */
  Optional<String> revision(Sql sql) {
    if (!hasTable(sql, "alembic_version")) {
      return Optional.empty();
    }
    return sql.createQuery("SELECT version_num FROM alembic_version")
        .map(RowMapper.TEXT)
        .findFirst();
  }

  /** Whether {@link #upgrade} knows the way from this revision to ours. */
  boolean canUpgrade(String revision) {
    return STEPS.stream().anyMatch(step -> step.from.equals(revision));
  }

  /**
   * Takes all steps from a revision on.
   *
   * @return the revisions that were reached
   */
  List<String> upgrade(Sql sql, String from) {
    var reached = new ArrayList<String>();
    String at = from;
    for (Step step : STEPS) {
      if (step.from.equals(at)) {
        step.statements.forEach(text -> sql.execute(text));
        sql.execute("UPDATE alembic_version SET version_num = ?", step.to);
        at = step.to;
        reached.add(at);
      }
    }
    return reached;
  }

  private boolean hasTable(Sql sql, String name) {
    String text =
        switch (dialect) {
          case SQLITE -> "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
          case POSTGRESQL ->
              "SELECT count(*) FROM information_schema.tables"
                  + " WHERE table_schema = current_schema() AND table_name = ?";
        };
    return sql.select(text, name).map(RowMapper.NUMBER).one() > 0;
  }
}
