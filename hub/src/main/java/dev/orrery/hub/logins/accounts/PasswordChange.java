package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.util.Optional;

/** How people choose another password themselves, by which all their other logins end. */
public final class PasswordChange {

  private final Database database;
  private final AccountAuthenticator accounts;
  private final Clock clock;

  /** Changes passwords of {@code accounts} in {@code database}. */
  public PasswordChange(Database database, AccountAuthenticator accounts, Clock clock) {
    this.database = database;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * The password is another one.
     *
     * @param user with what cookies hold from now on
     */
    record Changed(User user) implements Outcome {}

    /** It is the same. */
    record Refused(Objection objection) implements Outcome {}
  }

  /**
   * Changes a password.
   *
   * @param before the one that counts until now
   */
  public Outcome change(User user, String before, String password) {
    Optional<Account> account = database.read(tx -> tx.accounts(accounts.kind()).find(user.name()));
    String kept = account.map(Account::password).orElse(accounts.hashing().nobody());
    if (!accounts.hashing().matches(kept, before) || account.isEmpty()) {
      return new Outcome.Refused(Objection.OLD);
    }
    Optional<Objection> objection = accounts.rules().objection(user.name(), password);
    if (objection.isPresent()) {
      return new Outcome.Refused(objection.get());
    }
    String hash = accounts.hashing().hash(password);
    return database.write(tx -> {
      // Somebody else may have changed it meanwhile: an administrator, say.
      boolean same =
          tx.accounts(accounts.kind())
              .find(user.name())
              .map(Account::password)
              .filter(kept::equals)
              .isPresent();
      if (!same) {
        return new Outcome.Refused(Objection.OLD);
      }
      tx.accounts(accounts.kind()).setPassword(user.name(), hash, clock.instant());
      tx.users().setCookieId(user.id(), TokenHash.newToken());
      return new Outcome.Changed(tx.users().byId(user.id()).orElseThrow());
    });
  }
}
