package dev.orrery.hub.logins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.User;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds of every way to log in. One that knows nobody by a password has no {@link #known}
 * person, and lets nobody in by any.
 */
public abstract class AuthenticatorContract {

  /** Somebody who can log in. */
  public record Known(String name, String password) {}

  private static final String WRONG = "wrong-password-4711";

  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          ".",
          "..",
          "../etc/passwd",
          "a/b",
          "a\0b",
          "a\nb",
          "\u202Ebad",
          "\uD800",
          "-rf",
          "'; DROP TABLE users; --",
          "x".repeat(10_000));

  private static final List<String> WRONG_PASSWORDS =
      List.of(WRONG, " ", "\0", "한글 ☃ é", "\uD800", "x".repeat(10_000), "' OR 1=1 --");

  protected final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  private Authenticator authenticator;

  /** A new one, which may keep what it has in {@link #database}. */
  protected abstract Authenticator open();

  protected abstract Optional<Known> known();

  /** Whether an empty password, or any, is right because the settings want it so. */
  protected boolean takesAnyPassword() {
    return false;
  }

  @BeforeEach
  void begin() {
    database.change(tx ->
        RoleDefinition.defaults()
            .forEach(role -> tx.roles().put(role.name(), "", role.scopes(), false)));
    authenticator = open();
  }

  @AfterEach
  void end() {
    authenticator.close();
    authenticator.close();
    database.close();
  }

  private Admittance admittance(Set<String> allowed, Set<String> admins, Set<String> blocked) {
    var clock = Clock.systemUTC();
    var settings =
        new HubSettings.Logins(
            "",
            allowed.isEmpty(),
            false,
            allowed,
            admins,
            blocked,
            "",
            Map.of(),
            "",
            "",
            "",
            Map.of(),
            false,
            new HubSettings.LoginForm(false, false, Optional.empty()),
            new HubSettings.Told(false, Optional.empty()));
    return new Admittance(
        authenticator,
        settings,
        new UserNames("", Map.of()),
        new People(clock),
        database,
        new Throttle(clock),
        clock);
  }

  private Admittance everybody() {
    return admittance(Set.of(), Set.of(), Set.of());
  }

  private static Map<String, String> form(String name, String password) {
    return Map.of("username", name, "password", password);
  }

  private static boolean isIn(Admittance admittance, String name, String password) {
    return admittance.logIn(form(name, password), "192.0.2.1") instanceof Admittance.Outcome.In;
  }

  private Optional<User> find(String name) {
    return database.read(tx -> tx.users().find(name));
  }

  private Authenticator.Result ask(String name, String password) {
    return authenticator.authenticate(name, password, form(name, password));
  }

  @Test
  void aRightPasswordLetsInUnderTheOneSpellingOfTheName() {
    known()
        .ifPresent(known -> {
          String written = " " + known.name().toUpperCase(Locale.ROOT) + " ";
          var outcome = everybody().logIn(form(written, known.password()), "192.0.2.1");
          assertThat(outcome)
              .isInstanceOfSatisfying(
                  Admittance.Outcome.In.class,
                  in -> assertThat(in.user().name()).isEqualTo(known.name()));
          assertThat(find(known.name())).isPresent();
          assertThat(database.<Long>read(tx -> tx.users().count())).isEqualTo(1);
        });
  }

  @Test
  void wrongPasswordsAreRefusedAlikeForWhoIsThereAndWhoIsNot() {
    if (takesAnyPassword()) {
      return;
    }
    for (String password : WRONG_PASSWORDS) {
      Authenticator.Result nobody = ask("nobody-of-that-name", password);
      assertThat(nobody).as(shown(password)).isInstanceOf(Authenticator.Refused.class);
      known()
          .ifPresent(known ->
              assertThat(ask(known.name(), password)).as(shown(password)).isEqualTo(nobody));
    }
    known()
        .ifPresent(known -> {
          assertThat(ask(known.name(), known.password() + "x"))
              .isInstanceOf(Authenticator.Refused.class);
          assertThat(ask(known.name(), known.password() + "\0"))
              .as("a password does not end at a NUL")
              .isInstanceOf(Authenticator.Refused.class);
        });
  }

  @Test
  void anEmptyPasswordIsNobodys() {
    if (!takesAnyPassword()) {
      assertThat(ask("nobody-of-that-name", "")).isInstanceOf(Authenticator.Refused.class);
      known()
          .ifPresent(
              known -> assertThat(ask(known.name(), "")).isInstanceOf(Authenticator.Refused.class));
    }
  }

  @Test
  void hostileNamesAreNobodys() {
    for (String name : HOSTILE) {
      String password = known().map(Known::password).orElse(WRONG);
      // It is asked itself, too: what comes before it may be another one day.
      ask(name, WRONG);
      if (new UserNames("", Map.of()).isValid(name)) {
        continue;
      }
      assertThat(isIn(everybody(), name, password)).as(shown(name)).isFalse();
    }
    assertThat(database.<Long>read(tx -> tx.users().count())).isZero();
  }

  private static String shown(String text) {
    return text.length() > 30 ? text.substring(0, 30) + "…" : text;
  }

  @Test
  void whoIsBlockedOrNotAllowedStaysOutWithTheRightPassword() {
    known()
        .ifPresent(known -> {
          assertThat(
                  isIn(
                      admittance(Set.of(), Set.of(), Set.of(known.name())),
                      known.name(),
                      known.password()))
              .as("blocked")
              .isFalse();
          assertThat(
                  isIn(
                      admittance(Set.of("somebody-else"), Set.of(), Set.of()),
                      known.name(),
                      known.password()))
              .as("not allowed")
              .isFalse();
          assertThat(find(known.name())).isEmpty();
          assertThat(
                  isIn(
                      admittance(Set.of(known.name()), Set.of(), Set.of()),
                      known.name(),
                      known.password()))
              .as("allowed")
              .isTrue();
        });
  }

  @Test
  void whomTheSettingsCallAnAdministratorIsOne() {
    known()
        .ifPresent(known -> {
          isIn(everybody(), known.name(), known.password());
          assertThat(find(known.name()).map(User::admin)).contains(false);
          isIn(
              admittance(Set.of(), Set.of(known.name()), Set.of()), known.name(), known.password());
          assertThat(find(known.name()).map(User::admin)).contains(true);
        });
  }

  @Test
  void passwordsAreNotInLogsNorInTexts() {
    String right = known().map(Known::password).orElse(WRONG);
    String name = known().map(Known::name).orElse("ann");
    var said = new ConcurrentLinkedQueue<String>();
    var listener =
        new Handler() {
          @Override
          public void publish(LogRecord told) {
            said.add(told.getMessage() + " " + told.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger root = Logger.getLogger("dev.orrery");
    Level before = root.getLevel();
    listener.setLevel(Level.ALL);
    root.setLevel(Level.ALL);
    root.addHandler(listener);
    try {
      isIn(everybody(), name, right);
      isIn(everybody(), name, WRONG);
      isIn(everybody(), "../" + name, right);
    } finally {
      root.removeHandler(listener);
      root.setLevel(before);
    }
    assertThat(said).as("the listener listens").isNotEmpty();
    said.add(authenticator.toString());
    said.add(ask(name, right).toString());
    said.add(ask(name, WRONG).toString());
    assertThat(said).allSatisfy(text -> assertThat(text).doesNotContain(right, WRONG));
  }

  @Test
  void manyAtOnceGetEachTheirOwnAnswer() throws Exception {
    if (known().isEmpty() || takesAnyPassword()) {
      return;
    }
    Known known = known().get();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < 12; i++) {
        String password = i % 3 == 0 ? known.password() : WRONG + i;
        asked.add(() -> ask(known.name(), password) instanceof Authenticator.Accepted);
      }
      List<Future<Boolean>> answers = threads.invokeAll(asked);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).as("login %d", i).isEqualTo(i % 3 == 0);
      }
    }
  }

  @Test
  void whoNeedsNoPasswordIsSomebodyElseEachTime() {
    authenticator
        .automatic()
        .ifPresent(first -> {
          assertThat(authenticator.automatic()).isPresent().isNotEqualTo(Optional.of(first));
          assertThat(new UserNames("", Map.of()).isValid(first.name())).isTrue();
        });
  }
}
