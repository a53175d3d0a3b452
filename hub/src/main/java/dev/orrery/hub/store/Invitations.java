package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Links that let somebody in once. */
public final class Invitations {

  private final Handle handle;

  Invitations(Handle handle) {
    this.handle = handle;
  }

  /**
   * What a link is worth.
   *
   * @param name for whom; empty for whoever comes
   */
  public record Invitation(String name, boolean admin) {}

  /** Keeps a link; the secret in it is random, so one plain hash does. */
  public void add(String hashed, Invitation invitation, Instant expiresAt) {
    handle.execute(
        "INSERT INTO orrery_invitations (hashed, name, admin, expires_at) VALUES (?, ?, ?, ?)",
        hashed,
        invitation.name(),
        invitation.admin(),
        expiresAt);
  }

  /** What a link is worth, without using it up. */
  public Optional<Invitation> find(String hashed, Instant now) {
    return handle
        .select(
            "SELECT name, admin FROM orrery_invitations WHERE hashed = ? AND expires_at > ?",
            hashed,
            now)
        .map((row, _) -> new Invitation(row.getString(1), row.getBoolean(2)))
        .findOne();
  }

  /** Uses a link up; whoever gets true is the one it let in. */
  public boolean take(String hashed) {
    return handle.execute("DELETE FROM orrery_invitations WHERE hashed = ?", hashed) == 1;
  }

  /** Whether there are any. */
  public boolean areUsed() {
    return handle
        .select("SELECT EXISTS (SELECT 1 FROM orrery_invitations)")
        .mapTo(Boolean.class)
        .one();
  }

  /** Takes back those for one name; the empty name is for whoever comes. */
  public void deleteFor(String name) {
    handle.execute("DELETE FROM orrery_invitations WHERE name = ?", name);
  }

  /** Forgets those nobody used in time. */
  public int deleteExpired(Instant now) {
    return handle.execute("DELETE FROM orrery_invitations WHERE expires_at <= ?", now);
  }
}
