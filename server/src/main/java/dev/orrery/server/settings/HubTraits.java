package dev.orrery.server.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;

/**
 * The settings of a server behind a hub, by the names of jupyterhub 6.1. The hub passes nearly all
 * of them in the environment; {@link HubReader} says which variable stands for which.
 */
final class HubTraits {

  static final String DESCRIPTION =
      """
      The notebook server of one user of a JupyterHub: JupyterLab, Notebook, terminals and kernels,
      with the hub's logins. The hub starts it: in jupyterhub_config.py write
      c.Spawner.cmd = ["orrery", "singleuser"]. All it has to know comes from the hub in variables
      JUPYTERHUB_…; options are for c.Spawner.args, and win over the variables.\
      """;

  static final Trait<String> API_URL = text("api_url", "The hub's API, as this server reaches it.");
  static final Trait<String> API_TOKEN =
      text("api_token", "This server's own token at the hub.").secret();
  static final Trait<String> HUB_HOST =
      text("hub_host", "The hub's public address where it has a host of its own.");
  static final Trait<String> HUB_PREFIX = text("hub_prefix", "The path of the hub's pages.");
  static final Trait<String> CLIENT_ID = text("oauth_client_id", "What this server is to OAuth.");
  static final Trait<String> REDIRECT_URI =
      text("oauth_redirect_uri", "Where the hub sends browsers back to.");
  static final Trait<List<String>> ACCESS_SCOPES =
      Trait.strings("HubOAuth.access_scopes", List.of(), "Any one of these scopes lets one in.")
          .computed("JUPYTERHUB_OAUTH_ACCESS_SCOPES");
  static final Trait<Boolean> TOKEN_IN_URL =
      Trait.bool("HubOAuth.allow_token_in_url", false, "Let ?token=… open pages.")
          .computed("JUPYTERHUB_ALLOW_TOKEN_IN_URL");
  static final Trait<Boolean> SOCKET_COOKIES =
      Trait.bool(
              "HubOAuth.allow_websocket_cookie_auth",
              true,
              "Let WebSockets in that have a cookie and no token.")
          .computed("JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH");
  static final Trait<Boolean> HOST_PREFIX =
      Trait.bool(
              "HubOAuth.cookie_host_prefix_enabled",
              false,
              "Begin the names of cookies with __Host-.")
          .computed("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED");
  static final Trait<Map<String, Object>> COOKIE_OPTIONS =
      Trait.dict(
              "HubOAuth.cookie_options",
              Map.of(),
              "Attributes of cookies: expires_days, max_age, secure, path, domain, samesite.")
          .computed("JUPYTERHUB_COOKIE_OPTIONS");
  static final Trait<Integer> CACHE_MAX_AGE =
      Trait.integer(
              "HubOAuth.cache_max_age",
              300,
              "How many seconds the hub's answer about a token is believed.")
          .check(ServerTraits.between(1, 86_400));

  static final Trait<String> ACTIVITY_URL =
      Trait.string("JupyterHubSingleUser.hub_activity_url", "", "Where activity is reported.")
          .computed("JUPYTERHUB_ACTIVITY_URL");
  static final Trait<Integer> ACTIVITY_INTERVAL =
      Trait.integer(
              "JupyterHubSingleUser.hub_activity_interval",
              300,
              "Every how many seconds; 0 for never.")
          .computed("JUPYTERHUB_ACTIVITY_INTERVAL, else 300")
          .check(ServerTraits.between(0, 86_400));
  static final Trait<Boolean> DISABLE_USER_CONFIG =
      Trait.bool(
              "JupyterHubSingleUser.disable_user_config",
              false,
              "Read no settings, kernels and extensions from the user's home; not from a file.")
          .computed("JUPYTERHUB_DISABLE_USER_CONFIG");

  private static final Trait<String> OLD_HOST = old("hub_host", "HubOAuth.hub_host");
  private static final Trait<String> OLD_PREFIX = old("hub_prefix", "HubOAuth.hub_prefix");
  private static final Trait<String> OLD_API = old("hub_api_url", "HubOAuth.api_url");

  private static final List<Trait<?>> NOT_YET =
      List.of(
          Trait.string("HubOAuth.keyfile", "", "The key for talking to the hub.")
              .unsupportedStops("the connection to the hub has no client certificates yet"),
          Trait.string("HubOAuth.certfile", "", "The certificate for talking to the hub.")
              .unsupportedStops("the connection to the hub has no client certificates yet"),
          Trait.string("HubOAuth.client_ca", "", "The authority the hub is checked with.")
              .unsupportedStops("the hub is checked with the authorities of the Java runtime"),
          Trait.bool("HubOAuth.pkce_enabled", true, "Use PKCE in logins.")
              .unsupported("it is always used; a hub that does not know it ignores it"),
          Trait.string("HubOAuth.oauth_authorization_url", "", "Where logins begin.")
              .unsupportedStops("logins begin at the hub that hub_host and hub_prefix name"),
          Trait.string("HubOAuth.oauth_token_url", "", "Where codes are exchanged.")
              .unsupportedStops("codes are exchanged at the hub that api_url names"),
          Trait.string("HubOAuth.login_url", "", "Where logins begin.")
              .unsupportedStops("logins begin at the hub that hub_host and hub_prefix name"),
          Trait.string("HubOAuth.base_url", "", "The path of this server.")
              .unsupported("ServerApp.base_url is what counts"),
          Trait.integer("HubOAuth.oauth_state_max_age", 600, "Seconds a login may take.")
              .unsupported("a login may take ten minutes"));

  private HubTraits() {}

  private static Trait<String> text(String name, String help) {
    return Trait.string("HubOAuth." + name, "", help).computed("from the hub's variables");
  }

  private static Trait<String> old(String name, String newName) {
    return Trait.string("SingleUserNotebookApp." + name, "", "The older name.")
        .deprecatedFor(newName);
  }

  static void declare(Declarations.Builder builder) {
    builder.add(
        API_URL,
        API_TOKEN,
        HUB_HOST,
        HUB_PREFIX,
        CLIENT_ID,
        REDIRECT_URI,
        ACCESS_SCOPES,
        TOKEN_IN_URL,
        SOCKET_COOKIES,
        HOST_PREFIX,
        COOKIE_OPTIONS,
        CACHE_MAX_AGE,
        ACTIVITY_URL,
        ACTIVITY_INTERVAL,
        DISABLE_USER_CONFIG,
        OLD_HOST,
        OLD_PREFIX,
        OLD_API);
    NOT_YET.forEach(builder::add);
    builder
        .ignoreUnknownOptions()
        .inherits("JupyterHubSingleUser", "ExtensionApp", "JupyterApp", "Application")
        .moved("SingleUserNotebookApp", "ServerApp")
        .moved("SingleUserLabApp", "ServerApp")
        .moved("SingleUserServerApp", "ServerApp")
        .alias("base-url", ServerTraits.BASE_URL)
        .alias("hub-host", HUB_HOST)
        .alias("hub-prefix", HUB_PREFIX)
        .alias("hub-api-url", API_URL)
        .flag(
            "disable-user-config",
            DISABLE_USER_CONFIG,
            true,
            "Read no settings, kernels and extensions from the user's home.");
  }
}
