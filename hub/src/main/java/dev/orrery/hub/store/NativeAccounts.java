package dev.orrery.hub.store;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Accounts as nativeauthenticator keeps them; a row knows its person by name alone. */
final class NativeAccounts implements Accounts {

  private static final String COLUMNS =
      "SELECT username, password, is_authorized, email, has_2fa, otp_secret FROM users_info";

  private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int KEY_DIGITS = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final RowMapper<Account> ACCOUNT =
      row ->
          new Account(
              row.getString("username"),
              new String(row.bytes("password").orElseThrow(), StandardCharsets.US_ASCII),
              row.getBoolean("is_authorized"),
              row.text("email").orElse(""),
              row.getBoolean("has_2fa")
                  ? Optional.of(row.text("otp_secret").orElse(""))
                  : Optional.empty());

  private final Sql sql;

  NativeAccounts(Sql sql) {
    this.sql = sql;
  }

  @Override
  public void prepare() {
    new Migrations(sql.dialect()).addNativeAccounts(sql);
  }

  @Override
  public Optional<Account> find(String name) {
    // The table does not keep two rows from having one name; the first one counts for both hubs.
    return sql.select(COLUMNS + " WHERE username = ? ORDER BY id LIMIT 1", name)
        .map(ACCOUNT)
        .findOne();
  }

  @Override
  public void add(Account account, Instant now) {
    sql.execute(
        "INSERT INTO users_info (username, password, is_authorized, login_email_sent, email,"
            + " has_2fa, otp_secret) VALUES (?, ?, ?, FALSE, ?, FALSE, ?)",
        account.name(),
        account.password().getBytes(StandardCharsets.US_ASCII),
        account.approved(),
        account.email().isEmpty() ? null : account.email(),
        newKey());
  }

  /** Every row has the key of a second factor, though few use it. */
  private static String newKey() {
    var key = new StringBuilder(KEY_DIGITS);
    RANDOM
        .ints(KEY_DIGITS, 0, DIGITS.length())
        .forEach(position -> key.append(DIGITS.charAt(position)));
    return key.toString();
  }

  @Override
  public void setPassword(String name, String hash, Instant now) {
    sql.execute(
        "UPDATE users_info SET password = ? WHERE username = ?",
        hash.getBytes(StandardCharsets.US_ASCII),
        name);
  }

  @Override
  public void approve(String name) {
    sql.execute("UPDATE users_info SET is_authorized = TRUE WHERE username = ?", name);
  }

  @Override
  public void delete(String name) {
    sql.execute("DELETE FROM users_info WHERE username = ?", name);
  }

  @Override
  public void rename(String before, String now) {
    // A row of who was called so before would let them in as this person.
    delete(now);
    sql.execute("UPDATE users_info SET username = ? WHERE username = ?", now, before);
  }

  @Override
  public boolean areUsed() {
    return sql.select("SELECT EXISTS (SELECT 1 FROM users_info)")
        .map(row -> row.getBoolean(1))
        .one();
  }

  @Override
  public long countWaiting() {
    return sql.select("SELECT count(*) FROM users_info WHERE is_authorized IS NOT TRUE")
        .map(RowMapper.NUMBER)
        .one();
  }

  @Override
  public List<Account> waiting(int offset, int limit) {
    return sql.select(
            COLUMNS + " WHERE is_authorized IS NOT TRUE ORDER BY id LIMIT ? OFFSET ?",
            limit,
            offset)
        .map(ACCOUNT)
        .list();
  }
}
