package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Optional;

/** Links that let somebody in once. */
public final class Invitations {

  private final Sql sql;

  Invitations(Sql sql) {
    this.sql = sql;
  }

  /**
   * What a link is worth.
   *
   * @param name for whom; empty for whoever comes
   */
  public record Invitation(String name, boolean admin) {}

  /** Keeps a link; the secret in it is random, so one plain hash does. */
  public void add(String hashed, Invitation invitation, Instant expiresAt) {
    sql.execute(
        "INSERT INTO orrery_invitations (hashed, name, admin, expires_at) VALUES (?, ?, ?, ?)",
        hashed,
        invitation.name(),
        invitation.admin(),
        expiresAt);
  }

  /** What a link is worth, without using it up. */
  public Optional<Invitation> find(String hashed, Instant now) {
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

  /** Whether there are any. */
  public boolean areUsed() {
    return sql.select("SELECT EXISTS (SELECT 1 FROM orrery_invitations)")
        .map(row -> row.getBoolean(1))
        .one();
  }

  /** Takes back those for one name; the empty name is for whoever comes. */
  public void deleteFor(String name) {
    sql.execute("DELETE FROM orrery_invitations WHERE name = ?", name);
  }

  /** Forgets those nobody used in time. */
  public int deleteExpired(Instant now) {
    return sql.execute("DELETE FROM orrery_invitations WHERE expires_at <= ?", now);
  }
}
