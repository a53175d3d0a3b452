package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides who may come in of those who have proved who they are, in JupyterHub's order: names are
 * normalised and checked, the blocked are out, everybody or the allowed are in; administrators are
 * those the settings name and those whom the way to log in calls so.
 */
public final class Admittance {

  private static final System.Logger LOG = System.getLogger(Admittance.class.getName());

  private final Authenticator authenticator;
  private final HubSettings.Logins settings;
  private final UserNames names;
  private final People people;
  private final Database database;
  private final Throttle throttle;

  /** Admits by {@code settings} whom {@code authenticator} knows. */
  public Admittance(
      Authenticator authenticator,
      HubSettings.Logins settings,
      UserNames names,
      People people,
      Database database,
      Throttle throttle) {
    this.authenticator = authenticator;
    this.settings = settings;
    this.names = names;
    this.people = people;
    this.database = database;
    this.throttle = throttle;
  }

  /** What a login came to. */
  public sealed interface Outcome {
    /** They are in. */
    record In(User user) implements Outcome {}

    /**
     * They are not.
     *
     * @param status of the answer
     * @param sentence for them
     */
    record Out(int status, String sentence) implements Outcome {}
  }

  /**
   * Tries to log somebody in.
   *
   * @param form the fields of the login form
   * @param from where the request comes from, to slow down who guesses
   */
  public Outcome logIn(Map<String, String> form, String from) {
    return authenticated(form, from, this::admit);
  }

  /**
   * Finds out who somebody is that has been here before. It is no login: nothing is noted of them.
   *
   * @param form as for {@link #logIn}
   */
  public Outcome recognise(Map<String, String> form, String from) {
    return authenticated(form, from, this::find);
  }

  private Outcome authenticated(
      Map<String, String> form, String from, Function<Authenticator.Accepted, Outcome> admitted) {
    String name = names.normalised(form.getOrDefault("username", "").strip());
    if (!throttle.mayTry(name, from)) {
      return new Outcome.Out(429, "Too many attempts. Wait a minute, then try again.");
    }
    if (!names.isValid(name)) {
      throttle.failed(name, from);
      return refused(name, Authenticator.WRONG, "the name is not valid");
    }
    return switch (authenticator.authenticate(name, form.getOrDefault("password", ""), form)) {
      case Authenticator.Refused(String sentence) -> {
        throttle.failed(name, from);
        yield refused(name, sentence, "not authenticated");
      }
      case Authenticator.Accepted accepted -> admitted.apply(accepted);
    };
  }

  private Outcome find(Authenticator.Accepted accepted) {
    String name = names.normalised(accepted.name());
    if (settings.blocked().contains(name) || !mayComeIn(name, true)) {
      return refused(name, "You may not log in to this hub", "not allowed");
    }
    return database
        .read(tx -> tx.users().find(name))
        .<Outcome>map(Outcome.In::new)
        .orElseGet(() -> refused(name, "Log in to this hub once first", "not known yet"));
  }

  private static Outcome refused(String name, String sentence, String why) {
    LOG.log(System.Logger.Level.WARNING, "Failed login for " + UserNames.shown(name) + ": " + why);
    return new Outcome.Out(403, sentence);
  }

  private Outcome admit(Authenticator.Accepted accepted) {
    String name = names.normalised(accepted.name());
    if (!names.isValid(name)) {
      return refused(name, "This name can't be used here", "the name is not valid");
    }
    if (settings.blocked().contains(name)) {
      return refused(name, "You may not log in to this hub", "blocked");
    }
    // Asked outside of the transaction: it may take its time.
    boolean let = !settings.allowAll() && authenticator.lets(name);
    Optional<User> admitted =
        database.write(tx -> {
          Optional<User> known = tx.users().find(name);
          return let || mayComeIn(name, known.isPresent())
              ? Optional.of(enter(tx, name, known, accepted.admin()))
              : Optional.empty();
        });
    if (admitted.isEmpty()) {
      return refused(name, "You may not log in to this hub", "not allowed");
    }
    LOG.log(System.Logger.Level.INFO, "User logged in: " + name);
    return new Outcome.In(admitted.get());
  }

  private boolean mayComeIn(String name, boolean known) {
    return settings.allowAll()
        || settings.allowed().contains(name)
        || !settings.allowed().isEmpty() && settings.admins().contains(name)
        || settings.allowExisting() && known;
  }

  private User enter(Transaction tx, String name, Optional<User> known, Authenticator.Admin admin) {
    boolean named = settings.admins().contains(name);
    if (known.isEmpty()) {
      return people.add(tx, name, named || admin == Authenticator.Admin.YES);
    }
    User user = known.get();
    Optional<Boolean> told =
        switch (admin) {
          case YES -> Optional.of(true);
          case NO -> Optional.of(named);
          case UNKNOWN -> named ? Optional.of(true) : Optional.empty();
        };
    told.filter(now -> now != user.admin()).ifPresent(now -> people.setAdmin(tx, user, now));
    return tx.users().byId(user.id()).orElseThrow();
  }
}
