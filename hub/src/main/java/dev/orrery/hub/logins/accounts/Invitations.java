package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Invitations.Invitation;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Links by which somebody makes an account, or chooses the password of one that there is, once. The
 * database has only their hashes.
 */
public final class Invitations {

  private final Database database;
  private final AccountAuthenticator accounts;
  private final HubSettings.Logins logins;
  private final People people;
  private final UserNames names;
  private final Clock clock;

  /** Makes {@code accounts} of people in {@code database}. */
  public Invitations(
      Database database,
      AccountAuthenticator accounts,
      HubSettings.Logins logins,
      People people,
      UserNames names,
      Clock clock) {
    this.database = database;
    this.accounts = accounts;
    this.logins = logins;
    this.people = people;
    this.names = names;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** The account has this password, and the link is used up. */
    record Made(String name) implements Outcome {}

    /** It has not; the link is still good. */
    record Refused(Objection objection) implements Outcome {}
  }

  /**
   * Makes a link; those for whoever comes that were made before are worth nothing from now on.
   *
   * @return the secret of the link
   */
  public String inviteFirstAdmin(Duration lasts) {
    return add(new Invitation("", true), lasts, true);
  }

  /**
   * Makes a link by which one person makes an account of their own.
   *
   * @return the secret of the link
   */
  public String invite(Duration lasts) {
    return add(new Invitation("", false), lasts, false);
  }

  /**
   * Makes a link by which somebody whom the database knows chooses a new password; earlier ones for
   * them are worth nothing from now on.
   *
   * @return the secret of the link
   */
  public String inviteToChoose(String name, Duration lasts) {
    return add(new Invitation(name, false), lasts, true);
  }

  private String add(Invitation invitation, Duration lasts, boolean only) {
    String secret = TokenHash.newToken();
    Instant expires = clock.instant().plus(lasts);
    database.change(tx -> {
      if (only) {
        tx.invitations().deleteFor(invitation.name());
      }
      tx.invitations().add(hash(secret), invitation, expires);
    });
    return secret;
  }

  /** What a link is worth; nothing when it is used up, too old, or never was. */
  public Optional<Invitation> find(String secret) {
    return database.read(tx -> tx.invitations().find(hash(secret), clock.instant()));
  }

  /**
   * Does what a link is for.
   *
   * @param given what who comes wants to be called, where the link does not say it
   */
  public Outcome accept(String secret, String given, String password) {
    Optional<Invitation> link = find(secret);
    if (link.isEmpty()) {
      return new Outcome.Refused(Objection.LINK);
    }
    boolean named = !link.get().name().isEmpty();
    String name = named ? link.get().name() : names.normalised(given.strip());
    if (!named && (!names.isValid(name) || logins.blocked().contains(name))) {
      return new Outcome.Refused(Objection.NAME);
    }
    Optional<Objection> objection = accounts.rules().objection(name, password);
    if (objection.isPresent()) {
      return new Outcome.Refused(objection.get());
    }
    String hashed = accounts.hashing().hash(password);
    return database.write(tx -> {
      Optional<User> user = tx.users().find(name);
      boolean taken =
          !named && (user.isPresent() || tx.accounts(accounts.kind()).find(name).isPresent());
      if (taken) {
        return new Outcome.Refused(Objection.TAKEN);
      }
      if (named && user.isEmpty()
          || tx.invitations().find(hash(secret), clock.instant()).isEmpty()) {
        return new Outcome.Refused(Objection.LINK);
      }
      tx.invitations().take(hash(secret));
      if (named) {
        choose(tx, user.orElseThrow(), hashed);
      } else {
        people.add(tx, name, link.get().admin());
        tx.accounts(accounts.kind()).add(new Account(name, hashed, true, ""), clock.instant());
      }
      return new Outcome.Made(name);
    });
  }

  /** Gives an account a password that an administrator let somebody choose. */
  private void choose(Transaction tx, User user, String hashed) {
    Accounts kept = tx.accounts(accounts.kind());
    if (kept.find(user.name()).isPresent()) {
      kept.setPassword(user.name(), hashed, clock.instant());
      kept.approve(user.name());
    } else {
      kept.add(new Account(user.name(), hashed, true, ""), clock.instant());
    }
    tx.failedLogins().forget(user.name());
    tx.users().setCookieId(user.id(), TokenHash.newToken());
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
