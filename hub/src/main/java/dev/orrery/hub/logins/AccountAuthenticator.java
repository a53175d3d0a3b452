package dev.orrery.hub.logins;

import dev.orrery.http.Passwords;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import java.util.Map;
import java.util.Optional;

/**
 * Accounts of this hub: a name, and a password of which the database has the Argon2 hash. An
 * account is made by an invitation of an administrator.
 */
public final class AccountAuthenticator implements Authenticator {

  /** What the settings call it. */
  public static final String NAME = "accounts";

  /** Compared with where there is no account, so that both take the same time. */
  private static final String NOBODY = Passwords.hash("nobody has this password");

  private final Database database;

  /** Knows the accounts in {@code database}. */
  public AccountAuthenticator(Database database) {
    this.database = database;
  }

  @Override
  public String className() {
    return NAME;
  }

  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    record Found(User user, Accounts.Account account) {}
    Optional<Found> found =
        database.read(tx ->
            tx.users()
                .find(username)
                .flatMap(user ->
                    tx.accounts().find(user.id()).map(account -> new Found(user, account))));
    String hash = found.map(known -> known.account().password()).orElse(NOBODY);
    if (!Passwords.matches(hash, password) || found.isEmpty()) {
      return new Refused(WRONG);
    }
    return found.get().account().approved()
        ? new Accepted(username, Admin.UNKNOWN)
        : new Refused("Your account is not approved yet");
  }
}
