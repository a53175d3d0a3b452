package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who may log in, and how they prove who they are. */
final class LoginTraits {

  private static final String NOTHING_TO_REFRESH =
      "a login is good until it ends, for none of this hub's ways to log in learns more later";

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

  static final Trait<Map<String, Object>> PASSWORD_GROUPS =
      Trait.dict(
              "SharedPasswordAuthenticator.password_groups",
              Map.of(),
              "Groups by the password that puts people into them; with manage_groups.")
          .secret();
  static final Trait<Boolean> ANY_ALLOW_CONFIG =
      Trait.bool("Authenticator.any_allow_config", false, "Somebody may log in by other rules.");
  static final Trait<Boolean> MANAGE_GROUPS =
      Trait.bool("Authenticator.manage_groups", false, "Logins say who is in which group.");
  static final Trait<Boolean> AUTO_LOGIN =
      Trait.bool("Authenticator.auto_login", false, "Log in without asking, where that can be.")
          .computed("true with tmp");
  static final Trait<Boolean> AUTO_LOGIN_OAUTH =
      Trait.bool(
          "Authenticator.auto_login_oauth2_authorize",
          false,
          "The same for who comes from a server or a service.");
  static final Trait<Boolean> DELETE_INVALID_USERS =
      Trait.bool(
          "Authenticator.delete_invalid_users",
          false,
          "At the start, delete people whose names are not valid any more and who have no server"
              + " running.");
  private static final Trait<String> LOGIN_SERVICE =
      Trait.string("TmpAuthenticator.login_service", "", "What the login page calls it.")
          .unsupported("the page says it in its own words");
  static final Trait<Boolean> REQUEST_OTP =
      Trait.bool("Authenticator.request_otp", false, "Ask for a one-time password, too.");
  static final Trait<String> OTP_PROMPT =
      Trait.string("Authenticator.otp_prompt", "OTP:", "How the page asks for it.");
  static final Trait<Boolean> ENABLE_AUTH_STATE =
      Trait.bool("Authenticator.enable_auth_state", false, "Keep what logins tell, encrypted.");
  static final Trait<Integer> AUTH_REFRESH_AGE =
      Trait.integer("Authenticator.auth_refresh_age", 300, "Seconds until a login is asked anew.")
          .unsupported(NOTHING_TO_REFRESH);
  static final Trait<Boolean> AUTH_REFRESH_STRICT =
      Trait.bool("Authenticator.auth_refresh_strict", false, "Refuse what can't be refreshed.")
          .unsupported(NOTHING_TO_REFRESH);
  static final Trait<Boolean> REFRESH_PRE_SPAWN =
      Trait.bool("Authenticator.refresh_pre_spawn", false, "Ask anew before a start.")
          .unsupported(NOTHING_TO_REFRESH);
  static final Trait<Boolean> REFRESH_PRE_STOP =
      Trait.bool("Authenticator.refresh_pre_stop", false, "Ask anew before a stop.")
          .unsupported(NOTHING_TO_REFRESH);
  static final Trait<List<Object>> CRYPT_KEYS =
      Trait.list("CryptKeeper.keys", List.of(), "Keys of 32 bytes, the newest first.")
          .computed("those in JUPYTERHUB_CRYPT_KEY")
          .secret();
  private static final List<Trait<?>> FORMER =
      List.of(
          Trait.strings("Authenticator.whitelist", List.of(), "Former name.")
              .deprecatedFor("Authenticator.allowed_users"),
          Trait.strings("JupyterHub.admin_users", List.of(), "Former name.")
              .deprecatedFor("Authenticator.admin_users"),
          Trait.strings("LocalAuthenticator.group_whitelist", List.of(), "Former name.")
              .deprecatedFor("LocalAuthenticator.allowed_groups"));

  static final List<Trait<?>> ALL =
      Stream.concat(
              FORMER.stream(),
              Stream.<Trait<?>>of(
                  PASSWORD_GROUPS,
                  ANY_ALLOW_CONFIG,
                  MANAGE_GROUPS,
                  AUTO_LOGIN,
                  AUTO_LOGIN_OAUTH,
                  DELETE_INVALID_USERS,
                  LOGIN_SERVICE,
                  REQUEST_OTP,
                  OTP_PROMPT,
                  ENABLE_AUTH_STATE,
                  AUTH_REFRESH_AGE,
                  AUTH_REFRESH_STRICT,
                  REFRESH_PRE_SPAWN,
                  REFRESH_PRE_STOP,
                  CRYPT_KEYS,
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
                  SHARED_ADMIN_PASSWORD))
          .toList();

  private LoginTraits() {}
}
