package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Accounts of this hub: a name, and a password of which the database has the hash, in a table of
 * ours or in nativeauthenticator's.
 */
public final class AccountAuthenticator implements Authenticator {

  /** What is said to who has given the right password too early. */
  public static final String WAITING = "Your account is not approved yet";

  /** What is said to who chooses a password by their first login, and a short one. */
  public static final String TOO_SHORT = "This password is too short";

  private final String className;
  private final Accounts.Kind kind;
  private final Database database;
  private final AccountSettings settings;
  private final Hashing hashing;
  private final Clock clock;

  /**
   * Knows the accounts in {@code database}.
   *
   * @param className what JupyterHub's settings call it
   * @param kind where they are kept
   */
  public AccountAuthenticator(
      String className,
      Accounts.Kind kind,
      Database database,
      AccountSettings settings,
      Clock clock) {
    this(className, kind, database, settings, Hashing.of(kind), clock);
  }

  AccountAuthenticator(
      String className,
      Accounts.Kind kind,
      Database database,
      AccountSettings settings,
      Hashing hashing,
      Clock clock) {
    this.className = className;
    this.kind = kind;
    this.database = database;
    this.settings = settings;
    this.hashing = hashing;
    this.clock = clock;
    database.change(tx -> tx.accounts(kind).prepare());
  }

  @Override
  public String className() {
    return className;
  }

  /** Where its accounts are kept. */
  public Accounts.Kind kind() {
    return kind;
  }

  /** The rules for its accounts. */
  public AccountSettings settings() {
    return settings;
  }

  Hashing hashing() {
    return hashing;
  }

  /** What a new password has to be. */
  public PasswordRules rules() {
    return PasswordRules.of(settings, hashing);
  }

  /**
   * An account that may be tried now.
   *
   * @param mayTry whether there is no pause after too many failures
   */
  private record Found(Optional<Account> account, boolean mayTry) {}

  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    Found found = settings.mostFailures() > 0 ? counted(username) : found(username);
    if (found.account().isEmpty() && settings.firstUse().isPresent()) {
      return firstUse(username, password, settings.firstUse().get());
    }
    // What is told, and the work that is done, is the same for a name that nobody has, and in a
    // pause.
    String hash = found.account().map(Account::password).orElse(hashing.nobody());
    boolean right = hashing.matches(hash, password);
    boolean second =
        found.account().flatMap(Account::secondFactor).map(key -> isRight(key, form)).orElse(true);
    if (!right || !second || !found.mayTry() || found.account().isEmpty()) {
      return new Refused(WRONG);
    }
    if (settings.mostFailures() > 0) {
      database.change(tx -> tx.failedLogins().forget(username));
    }
    return found.account().get().approved()
        ? new Accepted(username, Admin.UNKNOWN)
        : new Refused(WAITING);
  }

  private Found found(String username) {
    return new Found(database.read(tx -> tx.accounts(kind).find(username)), true);
  }

  /** The same where failures are counted, by which nothing is told of names that nobody has. */
  private Found counted(String username) {
    return database.write(tx -> {
      Optional<Account> account = tx.accounts(kind).find(username);
      return new Found(account, account.isPresent() && mayTry(tx, username));
    });
  }

  private boolean mayTry(Transaction tx, String username) {
    return tx.failedLogins()
        .mayTry(username, settings.mostFailures(), settings.pause(), clock.instant());
  }

  /** By nativeauthenticator's field, or that of our page. */
  private boolean isRight(String key, Map<String, String> form) {
    String given = form.getOrDefault("2fa", form.getOrDefault("otp", ""));
    return OneTimePassword.isRight(key, given, clock.instant());
  }

  private Result firstUse(String username, String password, AccountSettings.FirstUse firstUse) {
    if (!firstUse.anybody() && database.read(tx -> tx.users().find(username)).isEmpty()) {
      hashing.matches(hashing.nobody(), password);
      return new Refused(WRONG);
    }
    if (rules().objection(username, password).isPresent()) {
      return new Refused(TOO_SHORT);
    }
    var account = new Account(username, hashing.hash(password), true, "");
    Instant now = clock.instant();
    boolean first =
        database.write(tx -> {
          boolean free = tx.accounts(kind).find(username).isEmpty();
          if (free) {
            tx.accounts(kind).add(account, now);
          }
          return free;
        });
    return first ? new Accepted(username, Admin.UNKNOWN) : new Refused(WRONG);
  }

  @Override
  public String toString() {
    return className + " in " + kind;
  }
}
