package dev.orrery.server.settings;

import dev.orrery.config.Trait;
import dev.orrery.http.Passwords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The settings of the server itself: {@code ServerApp}, who may come in, files. Names and defaults
 * are those of jupyter_server 2.21; the words are ours.
 */
final class ServerTraits {

  private static final String NO_PYTHON_CLASSES =
      "classes written in Python can't be loaded; the built-in one is used";

  static final Trait<String> IP =
      Trait.string(
          "ServerApp.ip", "localhost", "The address to listen on; '*', '' or 0.0.0.0 for all.");
  static final Trait<Integer> PORT =
      Trait.integer("ServerApp.port", 8888, "The port to listen on; 0 for any free one.")
          .env("JUPYTER_PORT")
          .check(between(0, 65_535));
  static final Trait<Integer> PORT_RETRIES =
      Trait.integer(
              "ServerApp.port_retries",
              50,
              "How many other ports are tried when the port is taken.")
          .env("JUPYTER_PORT_RETRIES")
          .check(between(0, 10_000));
  static final Trait<String> SOCK =
      Trait.string("ServerApp.sock", "", "A unix socket to listen on instead of a port.");
  static final Trait<String> SOCK_MODE =
      Trait.string("ServerApp.sock_mode", "0600", "The permissions of the unix socket, in octal.")
          .check(mode ->
              mode.matches("0?[0-7]{3}")
                  ? Optional.empty()
                  : Optional.of("it needs three octal digits such as 0600"));
  static final Trait<String> BASE_URL =
      Trait.string(
          "ServerApp.base_url", "/", "The path that all addresses of the server begin with.");
  static final Trait<String> DEFAULT_URL =
      Trait.string("ServerApp.default_url", "/", "Where / leads to.")
          .computed("/lab for 'orrery lab', /tree for 'orrery notebook'");
  static final Trait<String> ROOT_DIR =
      Trait.string("ServerApp.root_dir", "", "The folder of the user's files.")
          .computed("the working folder");
  static final Trait<String> NOTEBOOK_DIR =
      Trait.string("ServerApp.notebook_dir", "", "The older name of root_dir.")
          .deprecatedFor("ServerApp.root_dir");
  static final Trait<String> PREFERRED_DIR =
      Trait.string("ServerApp.preferred_dir", "", "The folder the file browser opens first.");
  static final Trait<String> FILE_TO_RUN =
      Trait.string("ServerApp.file_to_run", "", "A file to open at the start.");
  static final Trait<Boolean> OPEN_BROWSER =
      Trait.bool("ServerApp.open_browser", true, "Open a browser at the start.")
          .computed("true for 'lab' and 'notebook', false for 'server'");
  static final Trait<String> BROWSER =
      Trait.string(
          "ServerApp.browser", "", "The command that opens a browser, with %s for the address.");
  static final Trait<Boolean> USE_REDIRECT_FILE =
      Trait.bool(
          "ServerApp.use_redirect_file",
          true,
          "Open a browser through a file, so that the token is in no list of processes.");
  static final Trait<Boolean> ALLOW_ROOT =
      Trait.bool(
          "ServerApp.allow_root", false, "Run as root, which gives root to whoever can log in.");
  static final Trait<Boolean> ANSWER_YES =
      Trait.bool("ServerApp.answer_yes", false, "Answer yes to all questions.");
  static final Trait<String> ALLOW_ORIGIN =
      Trait.string(
          "ServerApp.allow_origin",
          "",
          "An origin that may use the API from its own pages; '*' for all.");
  static final Trait<String> ALLOW_ORIGIN_PAT =
      Trait.string(
              "ServerApp.allow_origin_pat",
              "",
              "A regular expression for origins that may use the API; the whole origin has to match.")
          .check(ServerTraits::isPattern);
  static final Trait<Boolean> ALLOW_CREDENTIALS =
      Trait.bool("ServerApp.allow_credentials", false, "Let allowed origins send cookies.");
  static final Trait<Optional<Boolean>> ALLOW_REMOTE_ACCESS =
      Trait.bool("ServerApp.allow_remote_access", false, "Accept requests that name any host.")
          .orNone()
          .computed("true when ip is not a local address");
  static final Trait<List<String>> LOCAL_HOSTNAMES =
      Trait.strings(
          "ServerApp.local_hostnames", List.of("localhost"), "Names that count as local.");
  static final Trait<Boolean> DISABLE_CHECK_XSRF =
      Trait.bool(
          "ServerApp.disable_check_xsrf",
          false,
          "Do not check requests for forgery. Only safe where every request carries the token.");
  static final Trait<String> COOKIE_SECRET_FILE =
      Trait.string(
              "ServerApp.cookie_secret_file", "", "The file with the key of the login cookies.")
          .computed("jupyter_cookie_secret in the runtime folder");
  static final Trait<String> CUSTOM_DISPLAY_URL =
      Trait.string(
          "ServerApp.custom_display_url",
          "",
          "The address shown at the start instead of the real one.");
  static final Trait<String> WEBSOCKET_URL =
      Trait.string(
          "ServerApp.websocket_url",
          "",
          "The address pages use for WebSockets instead of their own.");
  static final Trait<Integer> WEBSOCKET_PING_INTERVAL =
      Trait.integer(
              "ServerApp.websocket_ping_interval",
              0,
              "Seconds between pings; 0 for the built-in 30.")
          .check(between(0, 86_400));
  static final Trait<Integer> WEBSOCKET_PING_TIMEOUT =
      Trait.integer(
              "ServerApp.websocket_ping_timeout",
              0,
              "Seconds without pong that end a WebSocket; 0 for the built-in 90.")
          .check(between(0, 86_400));
  static final Trait<Long> MAX_BODY_SIZE =
      Trait.longInteger(
              "ServerApp.max_body_size", 536_870_912L, "The largest request body, in bytes.")
          .check(ServerTraits::isPositive);
  static final Trait<Long> MAX_BUFFER_SIZE =
      Trait.longInteger(
          "ServerApp.max_buffer_size",
          536_870_912L,
          "Upstream's buffer limit; max_body_size is what counts here.");
  static final Trait<Boolean> QUIT_BUTTON =
      Trait.bool("ServerApp.quit_button", true, "Show 'Shut Down' in the pages.");
  static final Trait<Boolean> TERMINALS_ENABLED =
      Trait.bool("ServerApp.terminals_enabled", true, "Offer terminals.");
  static final Trait<Map<String, Object>> TERMINADO_SETTINGS =
      Trait.dict(
          "ServerApp.terminado_settings",
          Map.of(),
          "Settings of terminals; shell_command is a list of words.");
  static final Trait<Map<String, Object>> TORNADO_SETTINGS =
      Trait.dict(
          "ServerApp.tornado_settings",
          Map.of(),
          "Of these, 'headers' (added to each answer), 'websocket_max_message_size' and 'ws_ping_interval' are used.");
  static final Trait<Integer> SHUTDOWN_NO_ACTIVITY_TIMEOUT =
      Trait.integer(
              "ServerApp.shutdown_no_activity_timeout",
              0,
              "Stop after this many seconds without activity; 0 for never.")
          .check(between(0, Integer.MAX_VALUE));
  static final Trait<Boolean> AUTHENTICATE_PROMETHEUS =
      Trait.bool("ServerApp.authenticate_prometheus", true, "Ask for a login before /metrics.");
  static final Trait<List<String>> EXTRA_LOG_SCRUB_PARAM_KEYS =
      Trait.strings(
          "ServerApp.extra_log_scrub_param_keys",
          List.of(),
          "Further query fields whose values are kept out of the log.");
  static final Trait<Map<String, Object>> JPSERVER_EXTENSIONS =
      Trait.dict("ServerApp.jpserver_extensions", Map.of(), "Python extensions of jupyter_server.");

  static final Trait<String> TOKEN =
      Trait.string(
              "IdentityProvider.token",
              "<generated>",
              "The token that lets a visitor in; '' for none.")
          .computed("JUPYTER_TOKEN, the file JUPYTER_TOKEN_FILE names, or a random one")
          .secret();
  static final Trait<String> SERVER_TOKEN =
      Trait.string("ServerApp.token", "", "The older name.")
          .deprecatedFor("IdentityProvider.token")
          .secret();
  static final Trait<String> HASHED_PASSWORD =
      Trait.string(
              "PasswordIdentityProvider.hashed_password",
              "",
              "The hash that 'orrery password' makes.")
          .secret()
          .check(hash -> hash.isEmpty() ? Optional.empty() : Passwords.problem(hash));
  static final Trait<String> SERVER_PASSWORD =
      Trait.string("ServerApp.password", "", "The older name.")
          .deprecatedFor("PasswordIdentityProvider.hashed_password")
          .secret();
  static final Trait<Boolean> PASSWORD_REQUIRED =
      Trait.bool(
          "PasswordIdentityProvider.password_required",
          false,
          "Refuse to start without a password.");
  static final Trait<Boolean> SERVER_PASSWORD_REQUIRED =
      Trait.bool("ServerApp.password_required", false, "The older name.")
          .deprecatedFor("PasswordIdentityProvider.password_required");
  static final Trait<Boolean> ALLOW_PASSWORD_CHANGE =
      Trait.bool(
              "PasswordIdentityProvider.allow_password_change",
              true,
              "Let the login page set a password.")
          .unsupported("the login page never sets a password; 'orrery password' does");
  static final Trait<Boolean> SERVER_ALLOW_PASSWORD_CHANGE =
      Trait.bool("ServerApp.allow_password_change", true, "The older name.")
          .deprecatedFor("PasswordIdentityProvider.allow_password_change");
  static final Trait<String> COOKIE_NAME =
      Trait.string("IdentityProvider.cookie_name", "", "The name of the login cookie.")
          .computed("username- and the host of the request")
          .check(name ->
              name.matches("[A-Za-z0-9_.-]*")
                  ? Optional.empty()
                  : Optional.of("a cookie's name has letters, digits, '-', '_' and '.' only"));
  static final Trait<Optional<Boolean>> SECURE_COOKIE =
      Trait.bool("IdentityProvider.secure_cookie", false, "Send login cookies over HTTPS only.")
          .orNone()
          .computed("true when the request came over HTTPS");

  static final Trait<Boolean> ALLOW_HIDDEN =
      Trait.bool(
          "ContentsManager.allow_hidden",
          false,
          "Let files be reached whose names begin with a dot.");
  static final Trait<List<String>> HIDE_GLOBS =
      Trait.strings(
          "ContentsManager.hide_globs",
          List.of("__pycache__", "*.pyc", "*.pyo", ".DS_Store", "*~"),
          "Names that listings leave out.");
  static final Trait<String> CONTENTS_ROOT_DIR =
      Trait.string("FileContentsManager.root_dir", "", "The older name.")
          .deprecatedFor("ServerApp.root_dir");
  static final Trait<Boolean> DELETE_TO_TRASH =
      Trait.bool("FileContentsManager.delete_to_trash", true, "Move deleted files to the trash.");
  static final Trait<Boolean> ALWAYS_DELETE_DIR =
      Trait.bool(
          "FileContentsManager.always_delete_dir",
          false,
          "Delete folders that are not empty, without trash.");
  static final Trait<Integer> MAX_COPY_FOLDER_SIZE_MB =
      Trait.integer(
              "FileContentsManager.max_copy_folder_size_mb", 500, "Larger folders are not copied.")
          .check(between(0, Integer.MAX_VALUE));

  static final Trait<String> CERTFILE =
      Trait.string("ServerApp.certfile", "", "The certificate for HTTPS.")
          .unsupportedStops("HTTPS is not served yet; put a proxy that speaks it in front");

  static final Trait<String> KEYFILE =
      Trait.string("ServerApp.keyfile", "", "The key of the certificate.")
          .unsupportedStops("HTTPS is not served yet; put a proxy that speaks it in front");

  static final Trait<String> CLIENT_CA =
      Trait.string("ServerApp.client_ca", "", "The authority of client certificates.")
          .unsupportedStops("client certificates are not checked yet");

  static final Trait<Boolean> AUTORELOAD =
      Trait.bool("ServerApp.autoreload", false, "Restart when Python sources change.")
          .unsupported("nothing happens");

  /** Known to upstream, not to us yet: named when they are set. */
  static final List<Trait<?>> NOT_YET =
      List.of(
          CERTFILE,
          KEYFILE,
          CLIENT_CA,
          Trait.dict("ServerApp.ssl_options", Map.of(), "Further options of HTTPS.")
              .unsupportedStops("HTTPS is not served yet"),
          Trait.bool(
                  "ServerApp.allow_unauthenticated_access",
                  true,
                  "Let handlers without a login rule answer everyone.")
              .env("JUPYTER_SERVER_ALLOW_UNAUTHENTICATED_ACCESS")
              .unsupported(
                  "every page and API asks for a login except the login page, static files and /api"),
          Trait.string(
                  "ServerApp.authorizer_class",
                  "AllowAllAuthorizer",
                  "Decides what a visitor may do.")
              .unsupportedStops("only AllowAllAuthorizer is there yet"),
          Trait.string(
                  "ServerApp.identity_provider_class",
                  "PasswordIdentityProvider",
                  "Decides who a visitor is.")
              .unsupportedStops("only PasswordIdentityProvider is there yet"),
          Trait.string("ServerApp.login_handler_class", "", "Replaces the login page.")
              .unsupportedStops(NO_PYTHON_CLASSES),
          Trait.string("ServerApp.logout_handler_class", "", "Replaces the logout page.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string("IdentityProvider.login_handler_class", "", "Replaces the login page.")
              .unsupportedStops(NO_PYTHON_CLASSES),
          Trait.string("IdentityProvider.logout_handler_class", "", "Replaces the logout page.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.dict(
                  "IdentityProvider.cookie_options",
                  Map.of(),
                  "Further attributes of login cookies.")
              .unsupported("cookies have the built-in attributes"),
          Trait.dict(
                  "IdentityProvider.get_secure_cookie_kwargs",
                  Map.of(),
                  "How login cookies are read.")
              .unsupported("login cookies last 30 days"),
          Trait.strings(
                  "IdentityProvider.updatable_fields",
                  List.of("color"),
                  "What visitors can change about themselves.")
              .unsupported("all five fields can be changed"),
          Trait.bytes("ServerApp.cookie_secret", new byte[0], "The key of the login cookies.")
              .secret()
              .unsupported("the key is kept in cookie_secret_file"),
          Trait.string(
                  "ServerApp.contents_manager_class", "AsyncLargeFileManager", "Where files are.")
              .unsupportedStops("only files below root_dir can be served"),
          Trait.string(
                  "ServerApp.kernel_manager_class", "AsyncMappingKernelManager", "Starts kernels.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string("ServerApp.session_manager_class", "SessionManager", "Keeps sessions.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string(
                  "ServerApp.kernel_spec_manager_class", "KernelSpecManager", "Finds kernelspecs.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string(
                  "ServerApp.kernel_websocket_connection_class",
                  "ZMQChannelsWebsocketConnection",
                  "Connects pages.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string(
                  "ServerApp.config_manager_class", "ConfigManager", "Keeps the pages' settings.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.string(
                  "ContentsManager.checkpoints_class", "AsyncCheckpoints", "Keeps checkpoints.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.bool("ServerApp.trust_xheaders", false, "Believe a proxy's X-Forwarded headers.")
              .unsupported("the headers are not looked at"),
          Trait.string(
                  "ServerApp.external_connection_dir",
                  "",
                  "Connection files of kernels others started.")
              .unsupported("kernels of others are not shown"),
          Trait.bool("ServerApp.allow_external_kernels", false, "Show kernels others started.")
              .unsupported("kernels of others are not shown"),
          AUTORELOAD,
          Trait.integer("ServerApp.min_open_files_limit", 4096, "Raises the limit of open files.")
              .unsupported("the limit of the process counts"),
          Trait.integer("ServerApp.webbrowser_open_new", 2, "How the browser opens the page.")
              .unsupported("the browser decides"),
          Trait.string("ServerApp.file_url_prefix", "notebooks", "How addresses of files begin.")
              .unsupported("the pages decide"),
          Trait.dict(
                  "ServerApp.websocket_compression_options", Map.of(), "Compression of WebSockets.")
              .orNone()
              .unsupported("WebSockets are not compressed"),
          Trait.dict(
                  "ServerApp.jinja_environment_options",
                  Map.of(),
                  "For templates of Python extensions.")
              .unsupported("there are no such templates"),
          Trait.dict(
                  "ServerApp.jinja_template_vars", Map.of(), "For templates of Python extensions.")
              .unsupported("there are no such templates"),
          Trait.strings(
                  "ServerApp.extra_static_paths", List.of(), "Further folders of static files.")
              .unsupported("they are not served"),
          Trait.strings(
                  "ServerApp.extra_template_paths", List.of(), "Further folders of templates.")
              .unsupported("there are no templates"),
          Trait.strings("ServerApp.extra_services", List.of(), "Python modules with more handlers.")
              .unsupported(NO_PYTHON_CLASSES),
          Trait.strings(
                  "ServerApp.static_immutable_cache", List.of(), "Files that browsers may keep.")
              .unsupported("files with a hash in their name are kept"),
          Trait.bool("ServerApp.nbconvert_csp_sandbox", true, "Sandbox converted notebooks.")
              .unsupported("notebooks are not converted yet"),
          Trait.bool(
                  "ServerApp.reraise_server_extension_failures",
                  false,
                  "Stop when a Python extension fails.")
              .unsupported("there are no Python extensions"),
          Trait.bool("ServerApp.record_http_request_metrics", true, "Measure requests.")
              .unsupported("requests are always measured"));

  private ServerTraits() {}

  static Function<Integer, Optional<String>> between(int least, int most) {
    return value ->
        value >= least && value <= most
            ? Optional.empty()
            : Optional.of("it has to be between " + least + " and " + most);
  }

  private static Optional<String> isPositive(long value) {
    return value > 0 ? Optional.empty() : Optional.of("it has to be positive");
  }

  private static Optional<String> isPattern(String pattern) {
    try {
      Pattern.compile(pattern);
      return Optional.empty();
    } catch (PatternSyntaxException e) {
      return Optional.of("it is not a regular expression: " + e.getDescription());
    }
  }

  /** The spec: values of {@code ServerApp.log_level} by name or number. */
  static final Set<String> LOG_LEVELS =
      Set.of(
          "DEBUG",
          "INFO",
          "WARN",
          "WARNING",
          "ERROR",
          "CRITICAL",
          "10",
          "20",
          "30",
          "40",
          "50",
          "0");
}
