package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;

/** What a hub remembers, for how long, and how much of it is told at once. */
final class SessionTraits {

  static final Trait<String> DB_URL =
      Trait.string("JupyterHub.db_url", "sqlite:///jupyterhub.sqlite", "The database.").secret();
  static final Trait<Boolean> UPGRADE_DB =
      Trait.bool("JupyterHub.upgrade_db", false, "Upgrade an older database at the start.");
  static final Trait<byte[]> COOKIE_SECRET =
      Trait.bytes("JupyterHub.cookie_secret", new byte[0], "The key of the login cookies.")
          .computed("JPY_COOKIE_SECRET, or what is in cookie_secret_file")
          .secret();
  static final Trait<String> COOKIE_SECRET_FILE =
      Trait.string(
          "JupyterHub.cookie_secret_file",
          "jupyterhub_cookie_secret",
          "The file that keeps the key of the login cookies.");
  static final Trait<Double> COOKIE_MAX_AGE_DAYS =
      Trait.number("JupyterHub.cookie_max_age_days", 14, "Days a login lasts.");
  static final Trait<Integer> OAUTH_TOKEN_EXPIRES_IN =
      Trait.integer(
              "JupyterHub.oauth_token_expires_in", 0, "Seconds a browser is let into a server.")
          .computed("as long as a login lasts");
  static final Trait<Boolean> OAUTH_REQUIRE_PKCE =
      Trait.bool("JupyterHub.oauth_require_pkce", false, "Take no login without PKCE.");
  static final Trait<Integer> TOKEN_EXPIRES_IN_MAX_SECONDS =
      Trait.integer(
          "JupyterHub.token_expires_in_max_seconds", 0, "Seconds a token may last; 0 for ever.");
  static final Trait<Integer> ACTIVITY_RESOLUTION =
      Trait.integer(
          "JupyterHub.activity_resolution", 30, "Seconds between notes that somebody was seen.");
  static final Trait<Integer> API_PAGE_DEFAULT_LIMIT =
      Trait.integer("JupyterHub.api_page_default_limit", 50, "Items of a page by default.");
  static final Trait<Integer> API_PAGE_MAX_LIMIT =
      Trait.integer("JupyterHub.api_page_max_limit", 200, "Items of a page at most.");
  static final Trait<Boolean> AUTHENTICATE_PROMETHEUS =
      Trait.bool("JupyterHub.authenticate_prometheus", true, "Ask for a scope before /metrics.");

  static final Trait<Boolean> HOST_PREFIX =
      Trait.bool(
          "JupyterHub.cookie_host_prefix_enabled",
          false,
          "Give cookies names that begin with __Host-, which no other host can set; with HTTPS.");
  static final Trait<String> INVALID_NAMES =
      Trait.choice(
              "JupyterHub.allow_existing_invalid_named_servers",
              List.of("allow-start", "allow-delete", "autorename"),
              "allow-start",
              "What may be done with servers of names that are not valid any more.")
          .unsupported("they can be started, stopped, renamed and deleted");

  static final List<Trait<?>> ALL =
      List.of(
          HOST_PREFIX,
          INVALID_NAMES,
          DB_URL,
          UPGRADE_DB,
          COOKIE_SECRET,
          COOKIE_SECRET_FILE,
          COOKIE_MAX_AGE_DAYS,
          OAUTH_TOKEN_EXPIRES_IN,
          OAUTH_REQUIRE_PKCE,
          TOKEN_EXPIRES_IN_MAX_SECONDS,
          ACTIVITY_RESOLUTION,
          API_PAGE_DEFAULT_LIMIT,
          API_PAGE_MAX_LIMIT,
          AUTHENTICATE_PROMETHEUS);

  private SessionTraits() {}
}
