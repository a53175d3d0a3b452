package dev.orrery.hub.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How often in a row wrong passwords were given for accounts. */
public final class FailedLogins {

  private final Sql sql;

  FailedLogins(Sql sql) {
    this.sql = sql;
  }

  private record Failures(int count, Instant last) {}

  /**
   * Counts one more login as failed, before it is known whether it does: so no number of logins at
   * once is more than are allowed.
   *
   * @param most failures in a row after which there is a pause
   * @return false when it is a pause now, which nothing makes longer
   */
  public boolean mayTry(String name, int most, Duration pause, Instant now) {
    Optional<Failures> known =
        sql.select("SELECT failures, last FROM orrery_failed_logins WHERE name = ?", name)
            .map(row -> new Failures(row.getInt(1), row.time("last").orElseThrow()))
            .findOne();
    boolean over = known.filter(failures -> !failures.last().plus(pause).isAfter(now)).isPresent();
    int before = over ? 0 : known.map(Failures::count).orElse(0);
    if (before >= most) {
      return false;
    }
    sql.execute(
        "INSERT INTO orrery_failed_logins (name, failures, last) VALUES (?, ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET failures = excluded.failures,"
            + " last = excluded.last",
        name,
        before + 1,
        now);
    return true;
  }

  /** Forgets all failures of an account. */
  public void forget(String name) {
    sql.execute("DELETE FROM orrery_failed_logins WHERE name = ?", name);
  }

  /** Forgets those before a time. */
  public int deleteBefore(Instant time) {
    return sql.execute("DELETE FROM orrery_failed_logins WHERE last < ?", time);
  }
}
