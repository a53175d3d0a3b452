package dev.orrery.hub.logins.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.logins.AuthenticatorContract;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.store.Account;
import dev.orrery.hub.store.Accounts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What holds of accounts besides, wherever they are kept. */
abstract class AccountContract extends AuthenticatorContract {

  private static final String PASSWORD = "seven green owls";
  private final AtomicInteger work = new AtomicInteger();

  abstract Accounts.Kind kind();

  /** As the remembering one, but it counts. */
  private final class Counting implements Hashing {

    private final Hashing remembering = new Remembering(kind());

    @Override
    public String hash(String password) {
      return remembering.hash(password);
    }

    @Override
    public boolean matches(String hash, String password) {
      work.incrementAndGet();
      return remembering.matches(hash, password);
    }

    @Override
    public int mostBytes() {
      return remembering.mostBytes();
    }

    @Override
    public String nobody() {
      return remembering.nobody();
    }
  }

  private AccountAuthenticator open(int mostFailures) {
    var settings =
        new AccountSettings(
            true,
            false,
            8,
            true,
            mostFailures,
            Duration.ofMinutes(10),
            false,
            false,
            Optional.empty());
    return new AccountAuthenticator(
        "test", kind(), database, settings, new Counting(), Clock.systemUTC());
  }

  private void add(String name, boolean approved, Optional<String> secondFactor) {
    String hash = new Remembering(kind()).hash(PASSWORD);
    database.change(tx ->
        tx.accounts(kind())
            .add(new Account(name, hash, approved, "", secondFactor), Instant.EPOCH));
  }

  @Override
  protected Authenticator open() {
    AccountAuthenticator opened = open(0);
    add("ann", true, Optional.empty());
    return opened;
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known("ann", PASSWORD));
  }

  @Test
  void theWorkIsTheSameWhoeverItIsAndWhateverComesOut() {
    try (var accounts = open(3)) {
      add("new", false, Optional.empty());
      for (String name : List.of("ann", "new", "nobody", "x".repeat(10_000))) {
        for (String password : List.of(PASSWORD, "wrong", "")) {
          work.set(0);
          accounts.authenticate(name, password, Map.of());
          assertThat(work).as(name.length() + " " + password).hasValue(1);
        }
      }
      for (int i = 0; i < 5; i++) {
        work.set(0);
        assertThat(accounts.authenticate("ann", "wrong", Map.of()))
            .isEqualTo(new Authenticator.Refused(Authenticator.WRONG));
        assertThat(work).as("in a pause, too").hasValue(1);
      }
      assertThat(accounts.authenticate("ann", PASSWORD, Map.of()))
          .isEqualTo(new Authenticator.Refused(Authenticator.WRONG));
    }
    assertThat(Hashing.of(kind()).nobody().substring(0, 7))
        .as("a hash of nobody costs what another one does")
        .isEqualTo(Hashing.of(kind()).hash(PASSWORD).substring(0, 7));
  }

  @Test
  void whoIsNotApprovedIsToldSoOnlyWithTheRightPassword() {
    try (var accounts = open(0)) {
      add("new", false, Optional.empty());
      assertThat(accounts.authenticate("new", PASSWORD, Map.of()))
          .isEqualTo(new Authenticator.Refused(AccountAuthenticator.WAITING));
      assertThat(accounts.authenticate("new", "wrong", Map.of()))
          .isEqualTo(new Authenticator.Refused(Authenticator.WRONG));
    }
  }
}
