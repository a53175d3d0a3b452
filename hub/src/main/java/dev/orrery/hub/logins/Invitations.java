package dev.orrery.hub.logins;

import dev.orrery.http.Passwords;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** Links that let somebody make an account, once. The database has only their hashes. */
public final class Invitations {

  /** The shortest password an account may have. */
  public static final int LEAST_CHARACTERS = 8;

  private static final int MOST_CHARACTERS = 1_000;

  private final Database database;
  private final People people;
  private final UserNames names;
  private final Clock clock;

  /** Makes accounts of people in {@code database}. */
  public Invitations(Database database, People people, UserNames names, Clock clock) {
    this.database = database;
    this.people = people;
    this.names = names;
    this.clock = clock;
  }

  /** What came of it. */
  public sealed interface Outcome {
    /** There is an account, and the link is used up. */
    record Made(User user) implements Outcome {}

    /** There is none; the link is still good. */
    record Refused(String sentence) implements Outcome {}
  }

  /**
   * Makes a link; those for administrators that were made before are worth nothing from now on.
   *
   * @return the secret of the link
   */
  public String inviteFirstAdmin(Duration lasts) {
    String secret = TokenHash.newToken();
    database.change(tx -> {
      tx.accounts().deleteInvitations();
      tx.accounts()
          .invite(hash(secret), new Accounts.Invitation("", true), clock.instant().plus(lasts));
    });
    return secret;
  }

  /**
   * Makes a link by which one person makes an account of their own.
   *
   * @return the secret of the link
   */
  public String invite(Duration lasts) {
    String secret = TokenHash.newToken();
    database.change(tx ->
        tx.accounts()
            .invite(hash(secret), new Accounts.Invitation("", false), clock.instant().plus(lasts)));
    return secret;
  }

  /** What a link is worth; nothing when it is used up, too old, or never was. */
  public Optional<Accounts.Invitation> find(String secret) {
    return database.read(tx -> tx.accounts().invitation(hash(secret), clock.instant()));
  }

  /** Makes the account that a link is for. */
  public Outcome accept(String secret, String name, String password) {
    String normalised = names.normalised(name.strip());
    if (!names.isValid(normalised)) {
      return new Outcome.Refused("This name can't be used; choose letters and digits.");
    }
    if (password.length() < LEAST_CHARACTERS || password.length() > MOST_CHARACTERS) {
      return new Outcome.Refused("A password has at least " + LEAST_CHARACTERS + " characters.");
    }
    String hashed = Passwords.hash(password);
    return database.write(tx -> {
      Optional<Accounts.Invitation> worth = tx.accounts().invitation(hash(secret), clock.instant());
      if (worth.isEmpty()) {
        return new Outcome.Refused("This link was used before, or is too old.");
      }
      if (tx.users().find(normalised).isPresent()) {
        return new Outcome.Refused("Somebody has this name already.");
      }
      tx.accounts().take(hash(secret));
      User user = people.add(tx, normalised, worth.get().admin());
      tx.accounts().put(user.id(), new Accounts.Account(hashed, true), clock.instant());
      return new Outcome.Made(user);
    });
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
