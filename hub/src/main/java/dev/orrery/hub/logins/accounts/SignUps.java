package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.users.UserNames;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** How whoever comes gets an account: by asking for one, and by an administrator's yes. */
public final class SignUps {

  private static final System.Logger LOG = System.getLogger(SignUps.class.getName());

  private static final int MOST_WAITING = 5_000;

  /** Longer ones do not fit into nativeauthenticator's table. */
  private static final int MOST_OF_NAME = 128;

  private static final int MOST_OF_EMAIL = 128;
  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9.+_-]+@[A-Za-z0-9._-]+\\.[A-Za-z]+");

  private final Database database;
  private final AccountAuthenticator accounts;
  private final HubSettings.Logins logins;
  private final UserNames names;
  private final Clock clock;

  /** Asks for {@code accounts} in {@code database}. */
  public SignUps(
      Database database,
      AccountAuthenticator accounts,
      HubSettings.Logins logins,
      UserNames names,
      Clock clock) {
    this.database = database;
    this.accounts = accounts;
    this.logins = logins;
    this.names = names;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /**
     * There is an account.
     *
     * @param approved whether it can be used already
     */
    record Made(String name, boolean approved) implements Outcome {}

    /** There is none. */
    record Refused(Objection objection) implements Outcome {}
  }

  private static String told(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Made made -> made.approved() ? "may log in" : "waits for approval";
      case Outcome.Refused refused -> "refused, " + refused.objection();
    };
  }

  /** Makes an account, which mostly waits to be approved. */
  public Outcome signUp(String given, String password, String email) {
    String name = names.normalised(given.strip());
    Optional<Objection> objection = objection(name, password, email);
    if (objection.isPresent()) {
      return new Outcome.Refused(objection.get());
    }
    String hash = accounts.hashing().hash(password);
    Instant now = clock.instant();
    Outcome outcome =
        database.write(tx -> {
          Accounts kept = tx.accounts(accounts.kind());
          if (kept.find(name).isPresent()) {
            return new Outcome.Refused(Objection.TAKEN);
          }
          boolean approved = isApproved(tx, name);
          if (!approved && kept.countWaiting() >= MOST_WAITING) {
            return new Outcome.Refused(Objection.FULL);
          }
          kept.add(new Account(name, hash, approved, email), now);
          return new Outcome.Made(name, approved);
        });
    LOG.log(System.Logger.Level.INFO, UserNames.shown(name) + " signed up: " + told(outcome));
    return outcome;
  }

  private Optional<Objection> objection(String name, String password, String email) {
    if (!names.isValid(name)
        || name.length() > MOST_OF_NAME
        || name.indexOf(',') >= 0
        || name.indexOf(' ') >= 0
        || logins.blocked().contains(name)) {
      return Optional.of(Objection.NAME);
    }
    boolean isEmail = email.length() <= MOST_OF_EMAIL && EMAIL.matcher(email).matches();
    if (accounts.settings().asksEmail() ? !isEmail : !email.isEmpty()) {
      return Optional.of(Objection.EMAIL);
    }
    return accounts.rules().objection(name, password);
  }

  private boolean isApproved(Transaction tx, String name) {
    return switch (accounts.kind()) {
      // Who is known here already may be somebody else than who asks for their account.
      case OWN -> accounts.settings().open() && tx.users().find(name).isEmpty();
      case NATIVE ->
          accounts.settings().open()
              || logins.admins().contains(name)
              || logins.allowed().contains(name);
    };
  }

  /** One page of those who wait for an administrator's yes. */
  public record Page(List<Account> accounts, long total) {}

  /** Those who wait for an administrator's yes, the first ones first. */
  public Page waiting(int offset, int limit) {
    return database.read(tx -> {
      Accounts kept = tx.accounts(accounts.kind());
      return new Page(kept.waiting(offset, limit), kept.countWaiting());
    });
  }

  /** The one of that name who waits. */
  public Optional<Account> waiting(String name) {
    return database.read(tx -> waiting(tx, name));
  }

  private Optional<Account> waiting(Transaction tx, String name) {
    return tx.accounts(accounts.kind()).find(name).filter(account -> !account.approved());
  }

  /** Lets an account be used; false when there is none that waits. */
  public boolean approve(String name) {
    return database.write(tx -> {
      Optional<Account> found = waiting(tx, name);
      found.ifPresent(_ -> tx.accounts(accounts.kind()).approve(name));
      return found.isPresent();
    });
  }

  /** Removes an account that waits; false when there is none. */
  public boolean discard(String name) {
    return database.write(tx -> {
      Optional<Account> found = waiting(tx, name);
      found.ifPresent(_ -> tx.accounts(accounts.kind()).delete(name));
      return found.isPresent();
    });
  }
}
