package dev.orrery.hub;

import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.store.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Takes out of the database, once an hour, what no longer counts. Nothing waits for it. */
final class Housekeeping implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final Duration PAUSE = Duration.ofHours(1);

  private final Database database;
  private final Clock clock;
  private final Thread thread = Thread.ofVirtual().name("housekeeping").unstarted(this::keep);

  Housekeeping(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void begin() {
    thread.start();
  }

  private void keep() {
    try {
      while (true) {
        sweep();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // The hub ends.
    }
  }

  /**
   * Expired tokens, codes, shares and links; what goes with them goes by the database's own rules.
   */
  void sweep() {
    Instant now = clock.instant();
    try {
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
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        // The hub ends.
        return;
      }
      LOG.log(System.Logger.Level.WARNING, "What has expired is removed later", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
