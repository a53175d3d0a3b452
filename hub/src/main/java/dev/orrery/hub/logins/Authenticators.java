package dev.orrery.hub.logins;

import dev.orrery.config.Settings;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.pam.PamAuthenticator;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.settings.AuthenticatorClass;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.PamSettings;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The ways to log in that a hub brings, by the names that settings give them. */
public final class Authenticators {

  private Authenticators() {}

  /** A way to log in, or why there is none. */
  public sealed interface Choice {
    /** It is there. */
    record Found(Authenticator authenticator) implements Choice {}

    /** The hub does not start: who may log in can't be decided otherwise. */
    record Refused(List<String> problems) implements Choice {}
  }

  /**
   * The way that {@code logins} name; PAM where they name none, as JupyterHub has it.
   *
   * @param settings what else is set for it
   */
  public static Choice choose(Settings settings, HubSettings.Logins logins, Database database) {
    String name = logins.authenticator().isEmpty() ? "pam" : logins.authenticator();
    return AuthenticatorClass.of(name)
        .map(known -> choose(known, settings, logins, database))
        .orElseGet(() ->
            new Choice.Refused(
                List.of(
                    "'"
                        + name
                        + "' is no way to log in that this hub has; it has "
                        + Arrays.stream(AuthenticatorClass.values())
                            .map(AuthenticatorClass::shortName)
                            .collect(Collectors.joining(", ")))));
  }

  private static Choice choose(
      AuthenticatorClass known, Settings settings, HubSettings.Logins logins, Database database) {
    return switch (known) {
      case PAM ->
          PamAuthenticator.open(PamSettings.from(settings))
              .<Choice>map(Choice.Found::new)
              .orElse(
                  new Choice.Refused(
                      List.of("this machine has no libpam.so.0, which pam logins need")));
      case DUMMY -> new Choice.Found(new DummyAuthenticator(logins.dummyPassword()));
      case NULL -> new Choice.Found(new NullAuthenticator());
      case SHARED_PASSWORD -> shared(logins);
      case TEMPORARY -> new Choice.Found(new TemporaryAuthenticator());
      case ACCOUNTS -> own("accounts", AccountSettings.ofOwn(settings), database);
      case FIRST_USE ->
          AccountSettings.fileOfFirstUse(settings)
              .<Choice>map(file ->
                  new Choice.Refused(
                      List.of(
                          "the passwords in '"
                              + file
                              + "' can't be read here, and whoever comes first would choose new"
                              + " ones; move the file away if that is to be")))
              .orElseGet(() ->
                  own(
                      "firstuseauthenticator.firstuseauthenticator.FirstUseAuthenticator",
                      AccountSettings.ofFirstUse(settings),
                      database));
      case NATIVE ->
          new Choice.Found(
              new AccountAuthenticator(
                  "nativeauthenticator.nativeauthenticator.NativeAuthenticator",
                  Accounts.Kind.NATIVE,
                  database,
                  AccountSettings.ofNative(settings),
                  Clock.systemUTC()));
    };
  }

  private static Choice own(String className, AccountSettings rules, Database database) {
    return new Choice.Found(
        new AccountAuthenticator(className, Accounts.Kind.OWN, database, rules, Clock.systemUTC()));
  }

  private static Choice shared(HubSettings.Logins settings) {
    List<String> problems =
        SharedPasswordAuthenticator.problems(
            settings.sharedUserPassword(), settings.sharedAdminPassword());
    return problems.isEmpty()
        ? new Choice.Found(
            new SharedPasswordAuthenticator(
                settings.sharedUserPassword(),
                settings.sharedAdminPassword(),
                settings.admins(),
                settings.passwordGroups()))
        : new Choice.Refused(problems);
  }
}
