package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import dev.orrery.http.Listen;
import dev.orrery.http.RawPath;
import dev.orrery.http.WebSocketOptions;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.access.AccessSettings;
import dev.orrery.server.access.Origins;
import dev.orrery.server.contents.ContentsSettings;
import dev.orrery.server.kernels.SocketSettings;
import dev.orrery.server.lab.LabFolders;
import dev.orrery.server.lab.LabSettings;
import dev.orrery.server.terminals.TerminalSettings;
import dev.orrery.web.Pages;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a notebook server is made of: one record per component, read once from the settings, the
 * environment and the file system.
 *
 * @param app which landing page
 * @param listen where to listen; the port is the first one to try
 * @param portRetries how many further ports are tried
 * @param basePath begins and ends with a slash
 * @param landing the path / leads to, with the base path
 * @param root the folder of the user's files
 */
public record ServerSettings(
    App app,
    Listen listen,
    int portRetries,
    String basePath,
    String landing,
    Path root,
    Optional<String> fileToRun,
    boolean openBrowser,
    String browser,
    boolean useRedirectFile,
    boolean allowRoot,
    boolean answerYes,
    String customDisplayUrl,
    boolean tokenGenerated,
    Path cookieSecretFile,
    long maxBody,
    boolean authenticateMetrics,
    boolean quitButton,
    Duration idleShutdown,
    List<String> extraScrubKeys,
    AccessSettings access,
    ContentsSettings contents,
    KernelSettings kernels,
    Set<String> allowedKernelSpecs,
    List<Path> kernelDirs,
    boolean ensurePython,
    SocketSettings sockets,
    WebSocketOptions socketOptions,
    boolean terminalsEnabled,
    TerminalSettings terminals,
    LabSettings lab,
    LabFolders labFolders) {

  /** The jupyter_server version whose interface this server has. */
  public static final String SERVER_VERSION = "2.21.1";

  /** A server's settings, or why it can't start. */
  public sealed interface Result {
    /** All is well. */
    record Ready(ServerSettings settings) implements Result {}

    /** Nothing is started; every problem that was found. */
    record Refused(List<Problem> problems) implements Result {}
  }

  /**
   * Reads the settings of one start.
   *
   * @param env the environment of this process
   * @param paths where Jupyter keeps things for this user
   * @param pages the pages of this distribution
   * @param workingDirectory relative folders start here
   */
  public static Result read(
      App app,
      Settings settings,
      Map<String, String> env,
      JupyterPaths paths,
      Pages pages,
      Path workingDirectory) {
    return new Reader(app, settings, env, paths, pages, workingDirectory).read();
  }

  private static final class Reader {
    private final App app;
    private final Settings settings;
    private final Map<String, String> env;
    private final JupyterPaths paths;
    private final Pages pages;
    private final Path workingDirectory;
    private final List<Problem> problems = new ArrayList<>();

    Reader(
        App app,
        Settings settings,
        Map<String, String> env,
        JupyterPaths paths,
        Pages pages,
        Path workingDirectory) {
      this.app = app;
      this.settings = settings;
      this.env = env;
      this.paths = paths;
      this.pages = pages;
      this.workingDirectory = workingDirectory;
    }

    Result read() {
      String basePath = basePath(settings.get(ServerTraits.BASE_URL));
      Path given = root();
      Path root = Files.isDirectory(given) ? given : folderOf(given);
      Optional<String> fileToRun = fileToRun(root, given);
      if (!Files.isDirectory(root)) {
        problem(ServerTraits.ROOT_DIR, "No such folder: '" + root + "'");
      }
      Token token = token();
      if (settings.get(ServerTraits.PASSWORD_REQUIRED)
          && settings.get(ServerTraits.HASHED_PASSWORD).isEmpty()) {
        problem(
            ServerTraits.PASSWORD_REQUIRED,
            "A password is required and none is set; 'orrery password' sets one");
      }
      AccessSettings access = access(token.value());
      LabFolders folders = folders();
      if (!Files.isRegularFile(folders.appDir().resolve("static").resolve("index.html"))) {
        problem(
            LabTraits.APP_DIR,
            "'" + folders.appDir() + "' holds no JupyterLab: static/index.html is missing");
      }
      String landing = landing(basePath, fileToRun);
      Path cookieSecret =
          pathOr(
              ServerTraits.COOKIE_SECRET_FILE, paths.runtimeDir().resolve("jupyter_cookie_secret"));
      TerminalSettings terminals = terminals(root);
      WebSocketOptions socketOptions = socketOptions();
      if (!problems.isEmpty()) {
        return new Result.Refused(List.copyOf(problems));
      }
      return new Result.Ready(
          new ServerSettings(
              app,
              listen(),
              settings.get(ServerTraits.PORT_RETRIES),
              basePath,
              landing,
              root,
              fileToRun,
              settings.isSet(ServerTraits.OPEN_BROWSER)
                  ? settings.get(ServerTraits.OPEN_BROWSER)
                  : app.opensBrowser(),
              settings.get(ServerTraits.BROWSER),
              settings.get(ServerTraits.USE_REDIRECT_FILE),
              settings.get(ServerTraits.ALLOW_ROOT),
              settings.get(ServerTraits.ANSWER_YES),
              settings.get(ServerTraits.CUSTOM_DISPLAY_URL),
              token.generated(),
              cookieSecret,
              settings.get(ServerTraits.MAX_BODY_SIZE),
              settings.get(ServerTraits.AUTHENTICATE_PROMETHEUS),
              settings.get(ServerTraits.QUIT_BUTTON),
              Duration.ofSeconds(settings.get(ServerTraits.SHUTDOWN_NO_ACTIVITY_TIMEOUT)),
              settings.get(ServerTraits.EXTRA_LOG_SCRUB_PARAM_KEYS),
              access,
              contents(root),
              kernels(),
              Set.copyOf(settings.get(KernelTraits.ALLOWED_KERNELSPECS)),
              kernelDirs(),
              settings.get(KernelTraits.ENSURE_NATIVE_KERNEL)
                  && settings.get(ServerDeclarations.PYTHON),
              sockets(),
              socketOptions,
              settings.get(ServerTraits.TERMINALS_ENABLED),
              terminals,
              lab(root, token.value()),
              folders));
    }

    private void problem(Trait<?> trait, String sentence) {
      problems.add(new Problem(trait.qualifiedName(), settings.origin(trait), sentence));
    }

    private static String basePath(String given) {
      String path = given.startsWith("/") ? given : "/" + given;
      return path.endsWith("/") ? path : path + "/";
    }

    private Path root() {
      List<String> arguments = settings.arguments();
      if (arguments.size() > 1) {
        problems.add(
            new Problem(
                "",
                "command line",
                "One folder or file can be given, not " + arguments.size() + ": " + arguments));
      }
      if (!arguments.isEmpty()) {
        return workingDirectory.resolve(home(arguments.getFirst())).normalize();
      }
      String set = settings.get(ServerTraits.ROOT_DIR);
      return set.isEmpty() ? workingDirectory : workingDirectory.resolve(home(set)).normalize();
    }

    private String home(String path) {
      return path.equals("~") || path.startsWith("~/")
          ? env.getOrDefault("HOME", "") + path.substring(1)
          : path;
    }

    private static Path folderOf(Path file) {
      Path parent = file.getParent();
      return Files.isRegularFile(file) && parent != null ? parent : file;
    }

    private Optional<String> fileToRun(Path root, Path given) {
      if (Files.isRegularFile(given)) {
        return Optional.of(root.relativize(given).toString());
      }
      String set = settings.get(ServerTraits.FILE_TO_RUN);
      if (set.isEmpty()) {
        return Optional.empty();
      }
      Path file = workingDirectory.resolve(home(set)).normalize();
      if (!Files.isRegularFile(file) || !file.startsWith(root)) {
        problem(ServerTraits.FILE_TO_RUN, "'" + file + "' is no file below " + root);
        return Optional.empty();
      }
      return Optional.of(root.relativize(file).toString());
    }

    private String landing(String basePath, Optional<String> fileToRun) {
      String path =
          settings.isSet(ServerTraits.DEFAULT_URL)
              ? settings.get(ServerTraits.DEFAULT_URL)
              : app.defaultUrl();
      if (fileToRun.isPresent()) {
        String encoded = RawPath.encodePath(fileToRun.get());
        path = app == App.NOTEBOOK ? "/notebooks/" + encoded : "/lab/tree/" + encoded;
      }
      if (path.startsWith("//") || path.contains("://")) {
        problem(
            ServerTraits.DEFAULT_URL,
            "'" + path + "' leads to another server; it has to be a path of this one");
      }
      String relative =
          path.startsWith(basePath)
              ? path.substring(basePath.length())
              : path.replaceFirst("^/+", "");
      return basePath + relative;
    }

    private Listen listen() {
      String sock = settings.get(ServerTraits.SOCK);
      if (!sock.isEmpty()) {
        return new Listen.Unix(
            workingDirectory.resolve(home(sock)),
            Integer.parseInt(settings.get(ServerTraits.SOCK_MODE), 8));
      }
      String ip = settings.get(ServerTraits.IP);
      return new Listen.Tcp(ip.equals("*") ? "" : ip, settings.get(ServerTraits.PORT));
    }

    private record Token(String value, boolean generated) {}

    private Token token() {
      if (settings.isSet(ServerTraits.TOKEN)) {
        return new Token(settings.get(ServerTraits.TOKEN), false);
      }
      String fromEnvironment = env.get("JUPYTER_TOKEN");
      if (fromEnvironment != null) {
        return new Token(fromEnvironment, false);
      }
      String file = env.get("JUPYTER_TOKEN_FILE");
      if (file != null && !file.isEmpty()) {
        try {
          return new Token(Files.readString(Path.of(file)).strip(), false);
        } catch (IOException e) {
          problems.add(
              new Problem(
                  "JUPYTER_TOKEN_FILE",
                  "environment",
                  "The file " + file + " can't be read: " + e.getMessage()));
        }
      }
      if (!settings.get(ServerTraits.HASHED_PASSWORD).isEmpty()) {
        return new Token("", false);
      }
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      return new Token(HexFormat.of().formatHex(random), true);
    }

    private AccessSettings access(String token) {
      String pattern = settings.get(ServerTraits.ALLOW_ORIGIN_PAT);
      String ip = settings.get(ServerTraits.IP);
      boolean local = ip.equals("localhost") || Origins.isLoopback(ip);
      Optional<String> policy = Optional.empty();
      Map<String, String> headers = new LinkedHashMap<>();
      if (settings.get(ServerTraits.TORNADO_SETTINGS).get("headers") instanceof Map<?, ?> given) {
        for (Map.Entry<?, ?> entry : given.entrySet()) {
          String name = String.valueOf(entry.getKey());
          String value = String.valueOf(entry.getValue());
          if (name.equalsIgnoreCase("Content-Security-Policy")) {
            policy = Optional.of(value);
          } else {
            headers.put(name, value);
          }
        }
      }
      return new AccessSettings(
          token,
          settings.get(ServerTraits.HASHED_PASSWORD),
          settings.get(ServerTraits.ALLOW_ORIGIN),
          pattern.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(pattern)),
          settings.get(ServerTraits.ALLOW_CREDENTIALS),
          !settings.get(ServerTraits.DISABLE_CHECK_XSRF),
          settings.get(ServerTraits.ALLOW_REMOTE_ACCESS).orElse(!local),
          settings.get(ServerTraits.LOCAL_HOSTNAMES),
          settings.get(ServerTraits.COOKIE_NAME),
          settings.get(ServerTraits.SECURE_COOKIE),
          policy,
          headers);
    }

    private ContentsSettings contents(Path root) {
      return new ContentsSettings(
          root,
          paths.dataDir(),
          settings.get(ServerTraits.ALLOW_HIDDEN),
          settings.get(ServerTraits.HIDE_GLOBS),
          settings.get(ServerTraits.DELETE_TO_TRASH),
          settings.get(ServerTraits.ALWAYS_DELETE_DIR),
          settings.get(ServerTraits.MAX_COPY_FOLDER_SIZE_MB));
    }

    private KernelSettings kernels() {
      boolean ipc = settings.get(KernelTraits.TRANSPORT).equals("ipc");
      KernelSettings defaults = KernelSettings.defaults();
      return defaults
          .withDefaultKernelName(settings.get(KernelTraits.DEFAULT_KERNEL_NAME))
          .withTimes(
              duration(settings.get(KernelTraits.KERNEL_INFO_TIMEOUT)),
              duration(settings.get(KernelTraits.SHUTDOWN_WAIT_TIME)))
          .withAutorestart(settings.get(KernelTraits.AUTORESTART))
          .withRestarts(
              duration(settings.get(KernelTraits.TIME_TO_DEAD)),
              duration(settings.get(KernelTraits.STABLE_START_TIME)),
              settings.get(KernelTraits.RESTART_LIMIT),
              settings.get(KernelTraits.RANDOM_PORTS_UNTIL_ALIVE))
          .withCulling(
              Duration.ofSeconds(settings.get(KernelTraits.CULL_IDLE_TIMEOUT)),
              Duration.ofSeconds(settings.get(KernelTraits.CULL_INTERVAL)),
              settings.get(KernelTraits.CULL_CONNECTED),
              settings.get(KernelTraits.CULL_BUSY))
          .withTransport(
              ipc ? KernelSettings.Transport.IPC : KernelSettings.Transport.TCP,
              settings.get(KernelTraits.KERNEL_IP))
          .withOfflineBuffer(
              settings.get(KernelTraits.BUFFER_OFFLINE_MESSAGES),
              defaults.offlineBufferBytes(),
              defaults.offlineBufferMessages(),
              defaults.offlineBufferTime());
    }

    private static Duration duration(double seconds) {
      return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private List<Path> kernelDirs() {
      List<String> set = settings.get(KernelTraits.KERNEL_DIRS);
      return set.isEmpty()
          ? paths.kernelDirs()
          : set.stream().map(dir -> workingDirectory.resolve(home(dir))).toList();
    }

    private SocketSettings sockets() {
      return new SocketSettings(
          settings
              .get(KernelTraits.KERNEL_WS_PROTOCOL)
              .map(protocol -> !protocol.isEmpty())
              .orElse(true),
          settings.get(KernelTraits.LIMIT_RATE),
          settings.get(KernelTraits.IOPUB_MSG_RATE_LIMIT),
          settings.get(KernelTraits.IOPUB_DATA_RATE_LIMIT),
          duration(settings.get(KernelTraits.RATE_LIMIT_WINDOW)),
          Set.copyOf(settings.get(KernelTraits.ALLOWED_MESSAGE_TYPES)),
          settings.get(KernelTraits.ALLOW_TRACEBACKS),
          settings.get(KernelTraits.TRACEBACK_REPLACEMENT));
    }

    private WebSocketOptions socketOptions() {
      int interval = settings.get(ServerTraits.WEBSOCKET_PING_INTERVAL);
      int timeout = settings.get(ServerTraits.WEBSOCKET_PING_TIMEOUT);
      Map<String, Object> tornado = settings.get(ServerTraits.TORNADO_SETTINGS);
      long maxMessage =
          tornado.get("websocket_max_message_size") instanceof Number size
              ? size.longValue()
              : 10L << 20;
      if (maxMessage <= 0 || maxMessage > Integer.MAX_VALUE) {
        problem(
            ServerTraits.TORNADO_SETTINGS,
            "websocket_max_message_size is "
                + maxMessage
                + "; it has to be between 1 and "
                + Integer.MAX_VALUE);
      }
      long millis =
          interval > 0
              ? interval * 1_000L
              : tornado.get("ws_ping_interval") instanceof Number ping ? ping.longValue() : 30_000;
      long silence = timeout > 0 ? timeout * 1_000L : Math.max(3 * millis, 30_000);
      return new WebSocketOptions(
          maxMessage,
          Duration.ofMillis(millis),
          Duration.ofMillis(silence + millis),
          Duration.ofSeconds(60),
          false);
    }

    private TerminalSettings terminals(Path root) {
      List<String> shell = new ArrayList<>();
      Object command = settings.get(ServerTraits.TERMINADO_SETTINGS).get("shell_command");
      if (command instanceof List<?> words) {
        words.forEach(word -> shell.add(String.valueOf(word)));
      } else if (command instanceof String word && !word.isEmpty()) {
        shell.add(word);
      }
      if (shell.isEmpty()) {
        String own = env.get("SHELL");
        shell.add(own == null || own.isEmpty() ? "sh" : own);
        if (!isTerminal()) {
          shell.add("-l");
        }
      }
      Map<String, String> terminalEnv = new HashMap<>(env);
      terminalEnv.putIfAbsent("TERM", "xterm-256color");
      if (terminalEnv.get("TERM").equals("dumb")) {
        terminalEnv.put("TERM", "xterm-256color");
      }
      terminalEnv.put("JUPYTER_SERVER_ROOT", root.toString());
      // What opened this server opens nothing for whoever sits at its terminals' output.
      terminalEnv.remove("JUPYTER_TOKEN");
      return new TerminalSettings(
          shell,
          terminalEnv,
          root,
          Duration.ofSeconds(settings.get(KernelTraits.TERMINAL_CULL_TIMEOUT)),
          Duration.ofSeconds(settings.get(KernelTraits.TERMINAL_CULL_INTERVAL)),
          200);
    }

    @SuppressWarnings("SystemConsoleNull") // NullAway and the documentation allow for null.
    private static boolean isTerminal() {
      Console console = System.console();
      return console != null && console.isTerminal();
    }

    private LabSettings lab(Path root, String token) {
      String preferred = settings.get(ServerTraits.PREFERRED_DIR);
      String relative = "";
      if (!preferred.isEmpty()) {
        Path folder = root.resolve(home(preferred)).normalize();
        relative =
            folder.startsWith(root) && Files.isDirectory(folder)
                ? root.relativize(folder).toString()
                : "";
      }
      return new LabSettings(
          Pages.LAB_VERSION,
          Pages.NOTEBOOK_VERSION,
          SERVER_VERSION,
          token,
          root,
          relative,
          settings.get(ServerTraits.WEBSOCKET_URL),
          settings.get(LabTraits.CUSTOM_CSS),
          settings.get(LabTraits.NOTEBOOK_CUSTOM_CSS),
          settings.get(LabTraits.EXPOSE_APP) || settings.get(LabTraits.NOTEBOOK_EXPOSE_APP),
          settings.get(ServerTraits.QUIT_BUTTON),
          settings.get(ServerTraits.TERMINALS_ENABLED),
          settings.get(ServerTraits.ALLOW_HIDDEN),
          settings.get(ServerTraits.DELETE_TO_TRASH),
          KernelSettings.defaults().untrackedMessageTypes());
    }

    private Path pathOr(Trait<String> trait, Path otherwise) {
      String set = settings.get(trait);
      return set.isEmpty() ? otherwise : workingDirectory.resolve(home(set));
    }

    private LabFolders folders() {
      List<Path> extensions = new ArrayList<>();
      paths.dataPath().forEach(folder -> extensions.add(folder.resolve("labextensions")));
      extensions.add(pages.labextensions());
      return new LabFolders(
          pathOr(LabTraits.APP_DIR, pages.lab()),
          extensions,
          settings.get(LabTraits.EXTRA_LABEXTENSIONS_PATH).stream()
              .map(dir -> workingDirectory.resolve(home(dir)))
              .toList(),
          pages.notebook(),
          pathOr(
              LabTraits.USER_SETTINGS_DIR,
              paths.configDir().resolve("lab").resolve("user-settings")),
          pathOr(LabTraits.WORKSPACES_DIR, paths.configDir().resolve("lab").resolve("workspaces")),
          paths.configPath());
    }
  }
}
