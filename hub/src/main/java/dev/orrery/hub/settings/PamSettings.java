package dev.orrery.hub.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How accounts of the machine log in.
 *
 * @param service the name of a file in {@code /etc/pam.d}
 * @param checkAccount whether an account must be in order, too
 * @param adminGroups whoever is in one of these groups of the machine is an administrator
 * @param allowedGroups whoever is in one of these may come in
 * @param threads how many logins are checked at a time
 */
public record PamSettings(
    String service,
    boolean checkAccount,
    Set<String> adminGroups,
    Set<String> allowedGroups,
    int threads) {

  private static final Trait<String> SERVICE =
      Trait.string("PAMAuthenticator.service", "login", "The PAM service that is asked.");
  private static final Trait<Boolean> CHECK_ACCOUNT =
      Trait.bool(
          "PAMAuthenticator.check_account",
          true,
          "Let in only accounts that are in order, not expired ones, say.");
  private static final Trait<List<String>> ADMIN_GROUPS =
      Trait.strings(
          "PAMAuthenticator.admin_groups",
          List.of(),
          "Groups of the machine whose members are administrators.");
  private static final Trait<List<String>> ALLOWED_GROUPS =
      Trait.strings(
          "LocalAuthenticator.allowed_groups",
          List.of(),
          "Groups of the machine whose members may log in.");
  private static final Trait<Integer> EXECUTOR_THREADS =
      Trait.integer("PAMAuthenticator.executor_threads", 4, "Logins that are checked at a time.");
  private static final Trait<String> ENCODING =
      Trait.string("PAMAuthenticator.encoding", "utf8", "The encoding of names and passwords.")
          .check(name ->
              name.replace("-", "").equalsIgnoreCase("utf8")
                  ? Optional.empty()
                  : Optional.of("this hub knows utf8 only"));
  private static final Trait<Boolean> OPEN_SESSIONS =
      Trait.bool("PAMAuthenticator.open_sessions", false, "Open a PAM session for each server.")
          .check(open ->
              open ? Optional.of("this hub opens none; leave it at False") : Optional.empty());

  public PamSettings {
    adminGroups = Set.copyOf(adminGroups);
    allowedGroups = Set.copyOf(allowedGroups);
  }

  /** Adds what can be set. */
  public static void declare(Declarations.Builder builder) {
    builder.add(SERVICE, CHECK_ACCOUNT, ADMIN_GROUPS, ALLOWED_GROUPS, EXECUTOR_THREADS);
    builder.add(ENCODING, OPEN_SESSIONS);
  }

  /** What is set. */
  public static PamSettings from(Settings settings) {
    return new PamSettings(
        settings.get(SERVICE),
        settings.get(CHECK_ACCOUNT),
        Set.copyOf(settings.get(ADMIN_GROUPS)),
        Set.copyOf(settings.get(ALLOWED_GROUPS)),
        Math.clamp(settings.get(EXECUTOR_THREADS), 1, 64));
  }
}
