package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What JupyterHub can be told and this hub can't, and what happens instead. What would let somebody
 * in, or leave something open, if it were passed over stops the start.
 */
final class UnsupportedTraits {

  private static final String OWN_CERTIFICATES = "the hub makes no certificates of its own";
  private static final String OWN_PAGES = "pages are drawn by the hub itself";
  private static final String EVENTS =
      "events are lines of the hub's log, by the name dev.orrery.hub.events, each a JSON object";
  private static final String FLAG = "nothing happens";
  private static final String OWN_PROXY =
      "the proxy is the hub's own; with Proxy.should_start = False it is yours";
  private static final String OWN_CLIENT = "the hub asks the proxy in its own way";

  static final List<Trait<?>> ALL =
      List.of(
          // Who gets in, and what is left open.
          stops(
              Trait.bool("JupyterHub.internal_ssl", false, "TLS between hub, proxy and servers."),
              "what hub, proxy and servers say to each other would not be encrypted"),
          stops(
              Trait.string("JupyterHub.subdomain_host", "", "A host of its own for each person."),
              "servers of different people would share one origin"),
          stops(
              callable("Authenticator.post_auth_hook", "Looks at each login."),
              "logins that it refuses would be let in"),
          stops(
              Trait.bool("Authenticator.manage_roles", false, "Roles come from the login."),
              "roles that a login takes away would stay"),
          stops(
              callable("Spawner.pre_spawn_hook", "Is called before each start."),
              "servers would start without what it prepares or refuses"),
          stops(
              object("Spawner.group_overrides", "Other settings of servers for some groups."),
              "members of these groups would get the limits of everybody"),
          // Certificates within the hub.
          warns(
              Trait.string(
                  "JupyterHub.internal_certs_location", "internal-ssl", "Where certificates are."),
              OWN_CERTIFICATES),
          warns(
              Trait.bool("JupyterHub.generate_certs", false, "Make certificates and end."),
              OWN_CERTIFICATES),
          warns(
              Trait.bool("JupyterHub.recreate_internal_certs", false, "Make certificates anew."),
              OWN_CERTIFICATES),
          warns(
              Trait.strings("JupyterHub.trusted_alt_names", List.of(), "Names in certificates."),
              OWN_CERTIFICATES),
          warns(
              Trait.dict("JupyterHub.external_ssl_authorities", Map.of(), "Other authorities."),
              OWN_CERTIFICATES),
          warns(object("Spawner.ssl_alt_names", "Names in certificates."), OWN_CERTIFICATES),
          warns(
              Trait.bool(
                  "Spawner.ssl_alt_names_include_local", true, "Names of this machine in them."),
              OWN_CERTIFICATES),
          // Addresses.
          warns(
              object("JupyterHub.subdomain_hook", "How hosts of people are called."),
              "all servers are below one host"),
          warns(
              Trait.string("JupyterHub.forwarded_host_header", "", "A header with the host."),
              "the host is that of the Host header; public_url says another one"),
          warns(
              Trait.string("JupyterHub.hub_routespec", "/", "What the proxy leads to the hub."),
              "the proxy leads everything to the hub that has no route of its own"),
          warns(
              Trait.integer("JupyterHub.hub_socket_mode", 0600, "The mode of a Unix socket."),
              "the hub listens on a port"),
          warns(
              Trait.string("JupyterHub.proxy_api_ip", "", "Where the proxy's API is."),
              "ConfigurableHTTPProxy.api_url says where it is"),
          warns(
              Trait.integer("JupyterHub.proxy_api_port", 0, "Where the proxy's API is."),
              "ConfigurableHTTPProxy.api_url says where it is"),
          // The database.
          warns(
              Trait.bool("JupyterHub.reset_db", false, "Delete the database at the start."),
              "nothing is deleted; remove the file yourself"),
          warns(
              Trait.dict("JupyterHub.db_kwargs", Map.of(), "Arguments for SQLAlchemy."),
              "the database is opened by db_url alone"),
          warns(
              Trait.bool("JupyterHub.debug_db", false, "Log each statement."),
              "statements are not logged"),
          // Pages.
          warns(
              Trait.strings("JupyterHub.template_paths", List.of(), "Templates of your own."),
              OWN_PAGES + "; template_vars has what can be said on them"),
          warns(
              Trait.dict("JupyterHub.jinja_environment_options", Map.of(), "Options of Jinja."),
              OWN_PAGES),
          warns(
              Trait.string("JupyterHub.data_files_path", "", "Where pages and pictures are.")
                  .computed("in the program"),
              OWN_PAGES),
          warns(
              Trait.list("JupyterHub.extra_handlers", List.of(), "Pages written in Python."),
              OWN_PAGES + "; a service can have pages of its own"),
          warns(
              callable("JupyterHub.user_redirect_hook", "Where /user-redirect leads."),
              "it leads to one's own server"),
          warns(
              Trait.integer("JupyterHub.active_user_window", 1800, "Seconds somebody is active."),
              "people are counted for a day, a week and a month"),
          // The command.
          warns(Trait.bool("JupyterHub.answer_yes", false, "Ask nothing; -y."), FLAG),
          warns(Trait.bool("JupyterHub.confirm_no_ssl", false, "Of former versions."), FLAG),
          warns(
              Trait.bool("JupyterHub.generate_config", false, "Write a settings file and end."),
              "the option --generate-config does it"),
          warns(
              Trait.string("JupyterHub.extra_log_file", "", "A second place for the log."),
              "the log goes to the standard error output"),
          warns(
              Trait.list("JupyterHub.extra_log_handlers", List.of(), "Where else the log goes."),
              "the log goes to the standard error output"),
          warns(Trait.list("EventLogger.handlers", List.of(), "Where events go."), EVENTS),
          warns(Trait.list("EventLog.handlers", List.of(), "Where events went."), EVENTS),
          warns(Trait.list("EventLog.allowed_schemas", List.of(), "Which events."), EVENTS),
          warns(
              Trait.integer(
                  "JupyterHub.init_spawners_timeout", 10, "Seconds to wait at the start."),
              "the start waits for no server"),
          warns(
              Trait.bool("JupyterHub.admin_access", false, "Let administrators into servers."),
              "roles say who may: give access:servers to the role admin"),
          // Servers.
          warns(
              object("Spawner.apply_user_options", "What choices of people mean."),
              "the spawner gets the choices as they are"),
          warns(
              object("Spawner.options_from_form", "What fields of the form mean."),
              "choices have the names of the fields"),
          warns(
              callable("Spawner.auth_state_hook", "Gets the state of the login."),
              "it is not called"),
          warns(callable("Spawner.post_stop_hook", "Is called after a stop."), "it is not called"),
          warns(
              callable("Spawner.progress_ready_hook", "Says what the last event is."),
              "the last event says that the server is ready"),
          warns(
              Trait.list("Spawner.oauth_roles", List.of(), "What servers may ask for, by roles."),
              "oauth_client_allowed_scopes says it by scopes"),
          warns(
              Trait.number("Spawner.poll_jitter", 0.1, "How irregular looks at servers are."),
              "looks are regular"),
          // Logins.
          warns(
              callable("Authenticator.reconcile_auth_state_hook", "Joins old and new state."),
              "the new state is kept"),
          warns(
              Trait.bool("Authenticator.reset_managed_roles_on_startup", false, "Forget roles."),
              "logins give no roles"),
          warns(
              Trait.bool("LocalAuthenticator.create_system_users", false, "Make accounts."),
              "accounts of the machine have to be there"),
          warns(
              Trait.strings("LocalAuthenticator.add_user_cmd", List.of(), "Makes accounts.")
                  .computed("the machine's"),
              "accounts of the machine have to be there"),
          warns(
              Trait.dict("LocalAuthenticator.uids", Map.of(), "Numbers of accounts."),
              "accounts of the machine have to be there"),
          warns(
              Trait.bool("PAMAuthenticator.pam_normalize_username", false, "Ask PAM for a name."),
              "names are taken in lower case"),
          // The proxy.
          warns(
              Trait.strings("ConfigurableHTTPProxy.command", List.of(), "The proxy's command.")
                  .computed("orrery proxy"),
              OWN_PROXY),
          Trait.strings("JupyterHub.proxy_cmd", List.of(), "Former name.")
              .deprecatedFor("ConfigurableHTTPProxy.command"),
          warns(
              Trait.integer("ConfigurableHTTPProxy.command_umask", 07, "The proxy's umask."),
              OWN_PROXY),
          warns(Trait.string("ConfigurableHTTPProxy.log_level", "info", "Its log."), OWN_PROXY),
          warns(Trait.bool("ConfigurableHTTPProxy.debug", false, "Its log."), OWN_PROXY),
          Trait.bool("JupyterHub.debug_proxy", false, "Former name.")
              .deprecatedFor("ConfigurableHTTPProxy.debug"),
          warns(
              Trait.integer(
                  "ConfigurableHTTPProxy.check_running_interval", 5, "Seconds between looks."),
              "the proxy is looked after in its own rhythm"),
          Trait.integer("JupyterHub.proxy_check_interval", 5, "Former name.")
              .deprecatedFor("ConfigurableHTTPProxy.check_running_interval"),
          warns(
              Trait.integer("ConfigurableHTTPProxy.concurrency", 10, "Requests at once."),
              OWN_CLIENT),
          warns(
              Trait.dict("JupyterHubHTTPClient.session_options", Map.of(), "Of its client."),
              OWN_CLIENT),
          warns(
              Trait.dict("JupyterHubHTTPClient.connector_options", Map.of(), "Of its client."),
              OWN_CLIENT),
          warns(
              Trait.integer("CryptKeeper.n_threads", 0, "Threads for encryption.")
                  .computed("as many as there are cores"),
              "who logs in encrypts"));

  private UnsupportedTraits() {}

  private static <T> Trait<T> warns(Trait<T> trait, String instead) {
    return trait.unsupported(instead);
  }

  private static <T> Trait<T> stops(Trait<T> trait, String why) {
    return trait.unsupportedStops(why);
  }

  /** For what is a function of Python: no value of it can be read. */
  private static Trait<Optional<String>> callable(String name, String help) {
    return Trait.string(name, "", help).orNone();
  }

  private static Trait<Map<String, Object>> object(String name, String help) {
    return Trait.dict(name, Map.of(), help);
  }
}
