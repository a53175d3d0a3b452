package dev.orrery.server.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Trait;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set for {@code orrery lab}, {@code server}, {@code notebook} and {@code
 * singleuser}.
 */
public final class ServerDeclarations {

  /** Level of the log, by Python's names or numbers. */
  public static final Trait<String> LOG_LEVEL =
      Trait.string("Application.log_level", "INFO", "DEBUG, INFO, WARN, ERROR or CRITICAL.")
          .check(level ->
              ServerTraits.LOG_LEVELS.contains(level.toUpperCase(Locale.ROOT))
                  ? Optional.empty()
                  : Optional.of("the levels are DEBUG, INFO, WARN, ERROR and CRITICAL"));

  /** Whether log records are lines or JSON objects. */
  public static final Trait<String> LOG_FORMAT =
      Trait.choice(
          "OrreryApp.log_format",
          List.of("line", "json"),
          "line",
          "Log lines for people or JSON for machines.");

  /** Whether a Python kernel is made when there is none. */
  public static final Trait<Boolean> PYTHON =
      Trait.bool(
          "OrreryApp.python",
          true,
          "Make a private Python environment when no Python kernel is installed.");

  /** A configuration file given by hand. */
  public static final Trait<String> CONFIG_FILE =
      Trait.string(
          "JupyterApp.config_file",
          "",
          "A configuration file to read instead of jupyter_server_config.");

  private ServerDeclarations() {}

  /** The declarations of one command. */
  public static Declarations of(App app) {
    Declarations.Builder builder =
        Declarations.builder(app.className())
            .description(
                app == App.SINGLEUSER
                    ? HubTraits.DESCRIPTION
                    : "Serves notebooks: JupyterLab, Notebook, terminals and kernels, for one person.");
    // Measured upstream: the application's own file is the weakest, the server's the strongest.
    switch (app) {
      case LAB, SINGLEUSER ->
          builder.configNames("jupyter_lab_config", "jupyter_config", "jupyter_server_config");
      case SERVER -> builder.configNames("jupyter_config", "jupyter_server_config");
      case NOTEBOOK ->
          builder.configNames("jupyter_notebook_config", "jupyter_config", "jupyter_server_config");
    }
    builder.inherits("LabApp", "LabServerApp", "ExtensionApp", "JupyterApp", "Application");
    builder.inherits(
        "JupyterNotebookApp", "LabServerApp", "ExtensionApp", "JupyterApp", "Application");
    builder.inherits("ServerApp", "JupyterApp", "Application");
    builder.inherits("PasswordIdentityProvider", "IdentityProvider");
    builder.inherits("MappingKernelManager", "MultiKernelManager");
    builder.inherits(
        "AsyncMappingKernelManager",
        "MappingKernelManager",
        "AsyncMultiKernelManager",
        "MultiKernelManager");
    builder.inherits("AsyncKernelManager", "KernelManager");
    builder.inherits("ServerKernelManager", "AsyncKernelManager", "KernelManager");
    builder.inherits("FileContentsManager", "ContentsManager");
    builder.inherits("LargeFileManager", "FileContentsManager", "ContentsManager");
    builder.inherits(
        "AsyncLargeFileManager",
        "LargeFileManager",
        "AsyncFileContentsManager",
        "FileContentsManager",
        "ContentsManager");
    builder.moved("NotebookApp", "ServerApp");
    server(builder);
    kernels(builder);
    lab(builder);
    aliases(builder);
    if (app == App.SINGLEUSER) {
      HubTraits.declare(builder);
    }
    return builder.build();
  }

  private static void server(Declarations.Builder builder) {
    builder.add(
        LOG_LEVEL,
        LOG_FORMAT,
        PYTHON,
        ServerTraits.IP,
        ServerTraits.PORT,
        ServerTraits.PORT_RETRIES,
        ServerTraits.SOCK,
        ServerTraits.SOCK_MODE,
        ServerTraits.BASE_URL,
        ServerTraits.DEFAULT_URL,
        ServerTraits.ROOT_DIR,
        ServerTraits.NOTEBOOK_DIR,
        ServerTraits.PREFERRED_DIR,
        ServerTraits.FILE_TO_RUN,
        ServerTraits.OPEN_BROWSER,
        ServerTraits.BROWSER,
        ServerTraits.USE_REDIRECT_FILE,
        ServerTraits.ALLOW_ROOT,
        ServerTraits.ANSWER_YES,
        ServerTraits.ALLOW_ORIGIN,
        ServerTraits.ALLOW_ORIGIN_PAT,
        ServerTraits.ALLOW_CREDENTIALS,
        ServerTraits.ALLOW_REMOTE_ACCESS,
        ServerTraits.LOCAL_HOSTNAMES,
        ServerTraits.DISABLE_CHECK_XSRF,
        ServerTraits.COOKIE_SECRET_FILE,
        ServerTraits.CUSTOM_DISPLAY_URL,
        ServerTraits.WEBSOCKET_URL,
        ServerTraits.WEBSOCKET_PING_INTERVAL,
        ServerTraits.WEBSOCKET_PING_TIMEOUT,
        ServerTraits.MAX_BODY_SIZE,
        ServerTraits.MAX_BUFFER_SIZE,
        ServerTraits.QUIT_BUTTON,
        ServerTraits.TERMINALS_ENABLED,
        ServerTraits.TERMINADO_SETTINGS,
        ServerTraits.TORNADO_SETTINGS,
        ServerTraits.SHUTDOWN_NO_ACTIVITY_TIMEOUT,
        ServerTraits.AUTHENTICATE_PROMETHEUS,
        ServerTraits.EXTRA_LOG_SCRUB_PARAM_KEYS,
        ServerTraits.JPSERVER_EXTENSIONS,
        ServerTraits.TOKEN,
        ServerTraits.SERVER_TOKEN,
        ServerTraits.HASHED_PASSWORD,
        ServerTraits.SERVER_PASSWORD,
        ServerTraits.PASSWORD_REQUIRED,
        ServerTraits.SERVER_PASSWORD_REQUIRED,
        ServerTraits.ALLOW_PASSWORD_CHANGE,
        ServerTraits.SERVER_ALLOW_PASSWORD_CHANGE,
        ServerTraits.COOKIE_NAME,
        ServerTraits.SECURE_COOKIE,
        ServerTraits.ALLOW_HIDDEN,
        ServerTraits.HIDE_GLOBS,
        ServerTraits.CONTENTS_ROOT_DIR,
        ServerTraits.DELETE_TO_TRASH,
        ServerTraits.ALWAYS_DELETE_DIR,
        ServerTraits.MAX_COPY_FOLDER_SIZE_MB);
    ServerTraits.NOT_YET.forEach(builder::add);
  }

  private static void kernels(Declarations.Builder builder) {
    builder.add(
        KernelTraits.DEFAULT_KERNEL_NAME,
        KernelTraits.KERNEL_INFO_TIMEOUT,
        KernelTraits.CULL_IDLE_TIMEOUT,
        KernelTraits.CULL_INTERVAL,
        KernelTraits.CULL_CONNECTED,
        KernelTraits.CULL_BUSY,
        KernelTraits.BUFFER_OFFLINE_MESSAGES,
        KernelTraits.ALLOWED_MESSAGE_TYPES,
        KernelTraits.ALLOW_TRACEBACKS,
        KernelTraits.TRACEBACK_REPLACEMENT,
        KernelTraits.SHUTDOWN_WAIT_TIME,
        KernelTraits.AUTORESTART,
        KernelTraits.TRANSPORT,
        KernelTraits.KERNEL_IP,
        KernelTraits.TIME_TO_DEAD,
        KernelTraits.STABLE_START_TIME,
        KernelTraits.RESTART_LIMIT,
        KernelTraits.RANDOM_PORTS_UNTIL_ALIVE,
        KernelTraits.ALLOWED_KERNELSPECS,
        KernelTraits.KERNEL_DIRS,
        KernelTraits.ENSURE_NATIVE_KERNEL,
        KernelTraits.LIMIT_RATE,
        KernelTraits.IOPUB_MSG_RATE_LIMIT,
        KernelTraits.IOPUB_DATA_RATE_LIMIT,
        KernelTraits.RATE_LIMIT_WINDOW,
        KernelTraits.KERNEL_WS_PROTOCOL,
        KernelTraits.TERMINAL_CULL_TIMEOUT,
        KernelTraits.TERMINAL_CULL_INTERVAL);
    KernelTraits.OLDER_NAMES.forEach(builder::add);
    KernelTraits.NOT_YET.forEach(builder::add);
  }

  private static void lab(Declarations.Builder builder) {
    builder.add(
        AppTraits.LAB_OPEN_BROWSER,
        AppTraits.LAB_DEFAULT_URL,
        AppTraits.NOTEBOOK_OPEN_BROWSER,
        AppTraits.NOTEBOOK_DEFAULT_URL,
        LabTraits.APP_DIR,
        LabTraits.USER_SETTINGS_DIR,
        LabTraits.WORKSPACES_DIR,
        LabTraits.CUSTOM_CSS,
        LabTraits.EXPOSE_APP,
        LabTraits.EXTRA_LABEXTENSIONS_PATH,
        LabTraits.NOTEBOOK_EXPOSE_APP,
        LabTraits.NOTEBOOK_CUSTOM_CSS,
        LabTraits.LOCK_ALL_PLUGINS,
        LabTraits.PLUGIN_LEVEL);
    LabTraits.NOT_YET.forEach(builder::add);
  }

  private static void aliases(Declarations.Builder builder) {
    builder
        .configFile(CONFIG_FILE, "jupyter_server_config")
        .alias("config", CONFIG_FILE)
        .alias("f", CONFIG_FILE)
        .alias("ip", ServerTraits.IP)
        .alias("port", ServerTraits.PORT)
        .alias("port-retries", ServerTraits.PORT_RETRIES)
        .alias("sock", ServerTraits.SOCK)
        .alias("sock-mode", ServerTraits.SOCK_MODE)
        .alias("certfile", ServerTraits.CERTFILE)
        .alias("keyfile", ServerTraits.KEYFILE)
        .alias("client-ca", ServerTraits.CLIENT_CA)
        .alias("transport", KernelTraits.TRANSPORT)
        .alias("notebook-dir", ServerTraits.ROOT_DIR)
        .alias("preferred-dir", ServerTraits.PREFERRED_DIR)
        .alias("browser", ServerTraits.BROWSER)
        .alias("log-level", LOG_LEVEL)
        .alias("log-format", LOG_FORMAT)
        .alias("app-dir", LabTraits.APP_DIR)
        .flag("allow-root", ServerTraits.ALLOW_ROOT, true, "Run as root.")
        .flag("autoreload", ServerTraits.AUTORELOAD, true, "Restart when Python sources change.")
        .flag("core-mode", LabTraits.CORE_MODE, true, "Use the pages as they were built.")
        .flag("dev-mode", LabTraits.DEV_MODE, true, "Use pages from a checkout of JupyterLab.")
        .flag(
            "extensions-in-dev-mode",
            LabTraits.DEV_EXTENSIONS,
            true,
            "Load extensions in dev mode.")
        .flag("watch", LabTraits.WATCH, true, "Rebuild when sources change.")
        .flag("skip-dev-build", LabTraits.SKIP_DEV_BUILD, true, "Do not build in dev mode.")
        .flag("splice-source", LabTraits.SPLICE_SOURCE, true, "Splice sources into the build.")
        .flag("collaborative", LabTraits.COLLABORATIVE, true, "Edit documents together.")
        .flag("no-browser", ServerTraits.OPEN_BROWSER, false, "Do not open a browser.")
        .flag("debug", LOG_LEVEL, "DEBUG", "Log everything.")
        .flag("y", ServerTraits.ANSWER_YES, true, "Answer yes to all questions.")
        .flag("no-python", PYTHON, false, "Do not make a Python environment.")
        .flag("custom-css", LabTraits.CUSTOM_CSS, true, "Link the user's style sheet.")
        .flag(
            "expose-app-in-browser",
            LabTraits.EXPOSE_APP,
            true,
            "Let scripts of the page reach the application.");
  }
}
