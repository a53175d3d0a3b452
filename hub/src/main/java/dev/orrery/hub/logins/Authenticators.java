package dev.orrery.hub.logins;

import dev.orrery.hub.logins.pam.PamAuthenticator;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.PamSettings;
import java.util.List;

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

  /** The way that {@code settings} name; PAM where they name none, as JupyterHub has it. */
  public static Choice choose(HubSettings.Logins settings, PamSettings pam) {
    String name = settings.authenticator();
    return switch (name) {
      case "", "pam", "default", "jupyterhub.auth.PAMAuthenticator" ->
          PamAuthenticator.open(pam)
              .<Choice>map(Choice.Found::new)
              .orElse(
                  new Choice.Refused(
                      List.of("this machine has no libpam.so.0, which pam logins need")));
      case "dummy",
          "jupyterhub.auth.DummyAuthenticator",
          "jupyterhub.authenticators.dummy.DummyAuthenticator" ->
          new Choice.Found(new DummyAuthenticator(settings.dummyPassword()));
      case "null", "jupyterhub.auth.NullAuthenticator" -> new Choice.Found(new NullAuthenticator());
      case "shared-password", "jupyterhub.authenticators.shared.SharedPasswordAuthenticator" ->
          shared(settings);
      default ->
          new Choice.Refused(
              List.of(
                  "'"
                      + name
                      + "' is no way to log in that this hub has; it has pam, dummy, null,"
                      + " shared-password and accounts"));
    };
  }

  private static Choice shared(HubSettings.Logins settings) {
    List<String> problems =
        SharedPasswordAuthenticator.problems(
            settings.sharedUserPassword(), settings.sharedAdminPassword());
    return problems.isEmpty()
        ? new Choice.Found(
            new SharedPasswordAuthenticator(
                settings.sharedUserPassword(), settings.sharedAdminPassword(), settings.admins()))
        : new Choice.Refused(problems);
  }
}
