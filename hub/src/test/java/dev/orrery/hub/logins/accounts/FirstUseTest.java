package dev.orrery.hub.logins.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.logins.AuthenticatorContract;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.logins.spi.Authenticator.Accepted;
import dev.orrery.hub.logins.spi.Authenticator.Refused;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.users.People;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Passwords that are chosen by using them. */
class FirstUseTest extends AuthenticatorContract {

  private static final String PASSWORD = "seven green owls";

  private AccountAuthenticator open(boolean anybody) {
    var settings =
        new AccountSettings(
            false,
            false,
            7,
            false,
            0,
            Duration.ZERO,
            false,
            false,
            Optional.of(new AccountSettings.FirstUse(anybody)));
    return new AccountAuthenticator(
        "test",
        Accounts.Kind.OWN,
        database,
        settings,
        new Remembering(Accounts.Kind.OWN),
        Clock.systemUTC());
  }

  @Override
  protected Authenticator open() {
    String hash = new Remembering(Accounts.Kind.OWN).hash(PASSWORD);
    database.change(tx ->
        tx.accounts(Accounts.Kind.OWN).add(new Account("ann", hash, true, ""), Instant.EPOCH));
    return open(false);
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known("ann", PASSWORD));
  }

  @Test
  void theFirstPasswordIsTheOneFromThenOn() {
    try (var anybody = open(true)) {
      assertThat(anybody.authenticate("bob", "short", Map.of()))
          .isEqualTo(new Refused(AccountAuthenticator.TOO_SHORT));
      assertThat(anybody.authenticate("bob", "bob's own", Map.of())).isInstanceOf(Accepted.class);
      assertThat(anybody.authenticate("bob", "another", Map.of())).isInstanceOf(Refused.class);
      assertThat(anybody.authenticate("bob", "bob's own", Map.of())).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void onlyWhoIsKnownChoosesOneWhereTheSettingsSaySo() {
    try (var known = open(false)) {
      assertThat(known.authenticate("bob", "bob's own", Map.of()))
          .isEqualTo(new Refused(Authenticator.WRONG));
      database.change(tx -> new People(Clock.systemUTC()).add(tx, "bob", false));
      assertThat(known.authenticate("bob", "bob's own", Map.of())).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void ofManyAtOnceOneIsTheFirst() throws Exception {
    try (var anybody = open(true);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < 6; i++) {
        String password = "password of " + i;
        asked.add(() -> anybody.authenticate("bob", password, Map.of()) instanceof Accepted);
      }
      var in = new ArrayList<Boolean>();
      for (Future<Boolean> answer : threads.invokeAll(asked)) {
        in.add(answer.get());
      }
      assertThat(Collections.frequency(in, true)).isEqualTo(1);
    }
  }
}
