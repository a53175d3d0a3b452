package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;

/** Who may log in, and how they prove who they are. */
final class LoginTraits {

  static final Trait<String> AUTHENTICATOR_CLASS =
      Trait.string("JupyterHub.authenticator_class", "", "How people log in.")
          .computed("pam; accounts of this hub where there is neither a file nor a database");
  static final Trait<Boolean> ALLOW_ALL =
      Trait.bool("Authenticator.allow_all", false, "Let everybody in who proves who they are.");
  static final Trait<List<String>> ALLOWED_USERS =
      Trait.strings("Authenticator.allowed_users", List.of(), "Who may log in.");
  static final Trait<Boolean> ALLOW_EXISTING_USERS =
      Trait.bool(
              "Authenticator.allow_existing_users",
              false,
              "Let everybody in whom the database knows.")
          .computed("true when allowed_users names somebody");
  static final Trait<List<String>> ADMIN_USERS =
      Trait.strings("Authenticator.admin_users", List.of(), "Who is an administrator.");
  static final Trait<List<String>> BLOCKED_USERS =
      Trait.strings("Authenticator.blocked_users", List.of(), "Who may never log in.");
  static final Trait<String> USERNAME_PATTERN =
      Trait.string("Authenticator.username_pattern", "", "What names have to look like.");
  static final Trait<Map<String, Object>> USERNAME_MAP =
      Trait.dict("Authenticator.username_map", Map.of(), "Names to be replaced by others.");
  static final Trait<String> DUMMY_PASSWORD =
      Trait.string("DummyAuthenticator.password", "", "The one password; '' for any.").secret();
  static final Trait<String> SHARED_USER_PASSWORD =
      Trait.string("SharedPasswordAuthenticator.user_password", "", "The password of users.")
          .secret();
  static final Trait<String> SHARED_ADMIN_PASSWORD =
      Trait.string(
              "SharedPasswordAuthenticator.admin_password", "", "The password of administrators.")
          .secret();

  static final List<Trait<?>> ALL =
      List.of(
          AUTHENTICATOR_CLASS,
          ALLOW_ALL,
          ALLOWED_USERS,
          ALLOW_EXISTING_USERS,
          ADMIN_USERS,
          BLOCKED_USERS,
          USERNAME_PATTERN,
          USERNAME_MAP,
          DUMMY_PASSWORD,
          SHARED_USER_PASSWORD,
          SHARED_ADMIN_PASSWORD);

  private LoginTraits() {}
}
