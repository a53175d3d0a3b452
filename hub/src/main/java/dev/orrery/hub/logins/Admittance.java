package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides who may come in of those who have proved who they are, in JupyterHub's order: names are
 * normalised and checked, the blocked are out, everybody or the allowed are in; administrators are
 * those the settings name and those whom the way to log in calls so.
 */
public final class Admittance {

  private static final System.Logger LOG = System.getLogger(Admittance.class.getName());

  private static final Outcome TOO_MANY =
      new Outcome.Out(429, "Too many attempts. Wait a minute, then try again.");

  private final Authenticator authenticator;
  private final HubSettings.Logins settings;
  private final UserNames names;
  private final People people;
  private final Database database;
  private final Throttle throttle;
  private final Clock clock;
  private final boolean automatic;

  /** Admits by {@code settings} whom {@code authenticator} knows. */
  public Admittance(
      Authenticator authenticator,
      HubSettings.Logins settings,
      UserNames names,
      People people,
      Database database,
      Throttle throttle,
      Clock clock) {
    this.authenticator = authenticator;
    this.settings = settings;
    this.names = names;
    this.people = people;
    this.database = database;
    this.throttle = throttle;
    this.clock = clock;
    this.automatic = authenticator.automatic().isPresent();
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

  /** Whether nobody is asked who they are. */
  public boolean isAutomatic() {
    return automatic;
  }

  /** Logs somebody in who was asked nothing. */
  public Outcome logInUnasked(String from) {
    if (!throttle.mayArrive(from)) {
      return TOO_MANY;
    }
    return authenticator
        .automatic()
        .map(this::admit)
        .orElseGet(() -> new Outcome.Out(403, Authenticator.WRONG));
  }

  /**
   * Logs somebody in who has proved who they are in another way: by a link, say.
   *
   * @param name normalised
   */
  public Outcome logInProved(String name) {
    return admit(new Authenticator.Accepted(name, Authenticator.Admin.UNKNOWN));
  }

  private Outcome authenticated(
      Map<String, String> form, String from, Function<Authenticator.Accepted, Outcome> admitted) {
    String name = names.normalised(form.getOrDefault("username", "").strip());
    if (!throttle.mayTry(name, from)) {
      return TOO_MANY;
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
      case Authenticator.Accepted accepted -> {
        Outcome outcome = admitted.apply(accepted);
        if (outcome instanceof Outcome.Out) {
          throttle.failed(name, from);
        }
        yield outcome;
      }
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
              ? Optional.of(enter(tx, name, known, accepted))
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

  private User enter(
      Transaction tx, String name, Optional<User> known, Authenticator.Accepted accepted) {
    boolean named = settings.admins().contains(name);
    User user =
        known.orElseGet(
            () -> people.add(tx, name, named || accepted.admin() == Authenticator.Admin.YES));
    Optional<Boolean> told =
        switch (accepted.admin()) {
          case YES -> Optional.of(true);
          case NO -> Optional.of(named);
          case UNKNOWN -> named ? Optional.of(true) : Optional.empty();
        };
    told.filter(now -> now != user.admin()).ifPresent(now -> people.setAdmin(tx, user, now));
    if (settings.told().groups()) {
      accepted.groups().ifPresent(groups -> putInto(tx, user, groups));
    }
    settings
        .told()
        .keys()
        .ifPresent(keys ->
            tx.users()
                .setAuthState(
                    user.id(),
                    accepted.state().map(state -> keys.encrypt(state, clock.instant()))));
    accepted.userInfo().ifPresent(info -> tx.users().setUserInfo(user.id(), info));
    return tx.users().byId(user.id()).orElseThrow();
  }

  /** Has somebody be in these groups, and in no others. */
  private static void putInto(Transaction tx, User user, Set<String> groups) {
    List<String> before = tx.users().groups(List.of(user.id())).getOrDefault(user.id(), List.of());
    for (String name : before) {
      if (!groups.contains(name)) {
        tx.groups().find(name).ifPresent(group -> tx.groups().remove(group.id(), user.id()));
      }
    }
    for (String name : groups) {
      Group group = tx.groups().find(name).orElseGet(() -> tx.groups().create(name, "{}"));
      if (!before.contains(name)) {
        tx.groups().add(group.id(), user.id());
      }
    }
  }
}
