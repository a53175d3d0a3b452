package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Accounts in a table of our own. One belongs to a person of the database and goes with them, under
 * whatever name; before there is such a person it has a name of its own.
 */
final class OwnAccounts implements Accounts {

  private static final String COLUMNS =
      "SELECT coalesce(users.name, orrery_passwords.name) AS name, orrery_passwords.password,"
          + " orrery_passwords.approved, orrery_passwords.email FROM orrery_passwords"
          + " LEFT JOIN users ON users.id = orrery_passwords.user_id";

  /** The row of a name, given twice. */
  private static final String NAMED =
      " WHERE orrery_passwords.name = ? OR orrery_passwords.user_id ="
          + " (SELECT id FROM users WHERE users.name = ?)";

  private static final RowMapper<Account> ACCOUNT =
      row ->
          new Account(
              row.getString("name"),
              row.getString("password"),
              row.getBoolean("approved"),
              row.text("email").orElse(""));

  private final Sql sql;

  OwnAccounts(Sql sql) {
    this.sql = sql;
  }

  @Override
  public void prepare() {
    // The database has our tables from its opening on.
  }

  @Override
  public Optional<Account> find(String name) {
    // JupyterHub may have named a person like one that is waiting; the person's own row counts.
    return sql.select(
            COLUMNS + NAMED + " ORDER BY orrery_passwords.user_id IS NULL LIMIT 1", name, name)
        .map(ACCOUNT)
        .findOne();
  }

  @Override
  public void add(Account account, Instant now) {
    sql.execute(
        "INSERT INTO orrery_passwords (name, password, approved, email, changed)"
            + " VALUES (?, ?, ?, ?, ?)",
        account.name(),
        account.password(),
        account.approved(),
        account.email(),
        now);
    sql.select("SELECT id FROM users WHERE name = ?", account.name())
        .map(RowMapper.NUMBER)
        .findOne()
        .ifPresent(user -> belongsTo(account.name(), user));
  }

  /** Notes that there is a person now to whom an account of this name belongs, if there is one. */
  void belongsTo(String name, long user) {
    sql.execute("UPDATE orrery_passwords SET user_id = ?, name = NULL WHERE name = ?", user, name);
  }

  @Override
  public void setPassword(String name, String hash, Instant now) {
    sql.execute(
        "UPDATE orrery_passwords SET password = ?, changed = ?" + NAMED, hash, now, name, name);
  }

  @Override
  public void approve(String name) {
    sql.execute("UPDATE orrery_passwords SET approved = TRUE" + NAMED, name, name);
  }

  @Override
  public void delete(String name) {
    sql.execute("DELETE FROM orrery_passwords" + NAMED, name, name);
  }

  @Override
  public void rename(String before, String now) {
    // It belongs to the person, whatever they are called.
  }

  @Override
  public boolean areUsed() {
    return sql.select("SELECT EXISTS (SELECT 1 FROM orrery_passwords)")
        .map(row -> row.getBoolean(1))
        .one();
  }

  @Override
  public long countWaiting() {
    return sql.select("SELECT count(*) FROM orrery_passwords WHERE NOT approved")
        .map(RowMapper.NUMBER)
        .one();
  }

  @Override
  public List<Account> waiting(int offset, int limit) {
    return sql.select(
            COLUMNS
                + " WHERE NOT orrery_passwords.approved ORDER BY orrery_passwords.id"
                + " LIMIT ? OFFSET ?",
            limit,
            offset)
        .map(ACCOUNT)
        .list();
  }
}
