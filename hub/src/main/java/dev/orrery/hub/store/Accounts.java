package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Optional;

/** Passwords of people who log in with one of this hub, and links that let somebody in once. */
public final class Accounts {

  private final Sql sql;

  Accounts(Sql sql) {
    this.sql = sql;
  }

  /**
   * How somebody logs in.
   *
   * @param password its Argon2 hash
   * @param approved whether an administrator said yes
   */
  public record Account(String password, boolean approved) {}

  /**
   * What a link is worth.
   *
   * @param name for whom; empty for whoever comes
   */
  public record Invitation(String name, boolean admin) {}

  public Optional<Account> find(long user) {
    return sql.select("SELECT password, approved FROM orrery_accounts WHERE user_id = ?", user)
        .map(row -> new Account(row.getString(1), row.getBoolean(2)))
        .findOne();
  }

  /** Whether anybody ever made an account, or was to make one. */
  public boolean areUsed() {
    return sql.select(
                "SELECT (SELECT count(*) FROM orrery_accounts)"
                    + " + (SELECT count(*) FROM orrery_invitations)")
            .map(RowMapper.NUMBER)
            .one()
        > 0;
  }

  public void put(long user, Account account, Instant now) {
    sql.execute(
        "INSERT INTO orrery_accounts (user_id, password, approved, changed) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (user_id) DO UPDATE SET password = excluded.password,"
            + " approved = excluded.approved, changed = excluded.changed",
        user,
        account.password(),
        account.approved(),
        now);
  }

  /** Keeps a link; the secret in it is random, so one plain hash does. */
  public void invite(String hashed, Invitation invitation, Instant expiresAt) {
    sql.execute(
        "INSERT INTO orrery_invitations (hashed, name, admin, expires_at) VALUES (?, ?, ?, ?)",
        hashed,
        invitation.name(),
        invitation.admin(),
        expiresAt);
  }

  /** What a link is worth, without using it up. */
  public Optional<Invitation> invitation(String hashed, Instant now) {
    return sql.select(
            "SELECT name, admin FROM orrery_invitations WHERE hashed = ? AND expires_at > ?",
            hashed,
            now)
        .map(row -> new Invitation(row.getString(1), row.getBoolean(2)))
        .findOne();
  }

  /** Uses a link up; whoever gets true is the one it let in. */
  public boolean take(String hashed) {
    return sql.execute("DELETE FROM orrery_invitations WHERE hashed = ?", hashed) == 1;
  }

  /** Takes back the links nobody used. */
  public void deleteInvitations() {
    sql.execute("DELETE FROM orrery_invitations");
  }
}
