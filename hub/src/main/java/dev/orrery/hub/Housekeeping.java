package dev.orrery.hub;

import dev.orrery.hub.servers.Rounds;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Takes out of the database, once an hour, what no longer counts. Nothing waits for it. */
final class Housekeeping implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final String NAME = "removing what has expired";
  private static final Duration PAUSE = Duration.ofHours(1);

  private final Database database;
  private final Clock clock;
  private final Rounds rounds = new Rounds();

  Housekeeping(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void begin() {
    rounds.once(NAME, this::sweep);
    rounds.every(PAUSE, NAME, this::sweep);
  }

  /**
   * Expired tokens, codes, shares and links; what goes with them goes by the database's own rules.
   */
  void sweep() {
    Instant now = clock.instant();
    int gone =
        database.write(tx ->
            tx.tokens().deleteExpired(now)
                + tx.oauth().deleteExpiredCodes(now)
                + tx.shares().deleteExpired(now)
                + tx.shareCodes().deleteExpired(now)
                + tx.invitations().deleteExpired(now)
                + tx.failedLogins().deleteBefore(now.minus(AccountSettings.LONGEST_PAUSE)));
    LOG.log(
        gone > 0 ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
        "Removed " + gone + " tokens, codes, shares and links that had expired");
  }

  @Override
  public void close() {
    rounds.close();
  }
}
