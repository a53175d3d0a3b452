package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small command with its directories, as tests need it. */
final class Lab {

  static final Trait<Integer> PORT =
      Trait.integer("ServerApp.port", 8888, "The port to listen on.")
          .env("JUPYTER_PORT")
          .check(port ->
              port >= 0 && port < 65_536
                  ? Optional.empty()
                  : Optional.of("a port is from 0 to 65535; choose another one"));
  static final Trait<Boolean> OPEN_BROWSER =
      Trait.bool("ServerApp.open_browser", true, "Whether to open a browser.");
  static final Trait<String> IP = Trait.string("ServerApp.ip", "localhost", "The address.");
  static final Trait<String> ROOT_DIR =
      Trait.string("ServerApp.root_dir", "", "The directory.").computed("the working directory");
  static final Trait<String> NOTEBOOK_DIR =
      Trait.string("ServerApp.notebook_dir", "", "The directory.")
          .deprecatedFor("ServerApp.root_dir");
  static final Trait<Long> MAX_BODY =
      Trait.longInteger("ServerApp.max_body_size", 536_870_912L, "Bytes in a body.");
  static final Trait<Optional<String>> CONNECTION_DIR =
      Trait.string("ServerApp.external_connection_dir", "", "Where others leave files.").orNone();
  static final Trait<List<String>> STATIC_PATHS =
      Trait.strings("ServerApp.extra_static_paths", List.of("a"), "Where files are.");
  static final Trait<Map<String, Object>> TORNADO =
      Trait.dict("ServerApp.tornado_settings", Map.of("x", 1L), "Settings of the web server.");
  static final Trait<byte[]> COOKIE_SECRET =
      Trait.bytes("ServerApp.cookie_secret", new byte[0], "Signs cookies.").secret();
  static final Trait<String> TOKEN =
      Trait.string("IdentityProvider.token", "", "Who has it gets in.")
          .secret()
          .env("JUPYTER_TOKEN");
  static final Trait<String> OLD_TOKEN =
      Trait.string("ServerApp.token", "", "Who has it gets in.")
          .secret()
          .deprecatedFor("IdentityProvider.token");
  static final Trait<String> LOG_LEVEL =
      Trait.choice(
          "Application.log_level", List.of("10", "20", "DEBUG", "INFO"), "INFO", "How much.");
  static final Trait<Integer> CULL =
      Trait.integer("MappingKernelManager.cull_idle_timeout", 0, "Seconds.");
  static final Trait<String> KERNEL =
      Trait.string("MultiKernelManager.default_kernel_name", "python3", "The kernel.");
  static final Trait<Double> SHUTDOWN =
      Trait.number("KernelManager.shutdown_wait_time", 5, "Wait.");
  static final Trait<Boolean> HIDDEN =
      Trait.bool("ContentsManager.allow_hidden", false, "Whether hidden files are shown.");
  static final Trait<String> HOOK =
      Trait.string("ContentsManager.pre_save_hook", "", "Called before saving.")
          .unsupported("files are saved unchanged");
  static final Trait<String> AUTHORIZER =
      Trait.string("ServerApp.authorizer_class", "AllowAll", "Who may do what.")
          .unsupportedStops("Python authorizers cannot run here");
  static final Trait<Boolean> DEV_MODE = Trait.bool("LabApp.dev_mode", false, "For developers.");
  static final Trait<String> CONFIG_FILE =
      Trait.string("JupyterApp.config_file", "", "A configuration file.");

  static final Declarations DECLARATIONS = declarations();

  final Path low;
  final Path high;
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>(System.getenv());
  private Optional<Path> python = Optional.empty();
  private Duration limit = Duration.ofSeconds(30);
  private boolean strict;

  Lab(Path directory) throws IOException {
    this.directory = directory;
    low = Files.createDirectories(directory.resolve("low"));
    high = Files.createDirectories(directory.resolve("high"));
    environment.keySet().removeIf(name -> name.startsWith("JUPYTER"));
    environment.put("HOME", "/home/jo");
  }

  private static Declarations declarations() {
    return Declarations.builder("LabApp")
        .description("A small lab.")
        .configNames("jupyter_config", "jupyter_server_config")
        .configFile(CONFIG_FILE, "jupyter_server_config")
        .inherits("JupyterApp", "Application")
        .inherits("ServerApp", "JupyterApp")
        .inherits("LabApp", "ExtensionApp")
        .inherits("ExtensionApp", "JupyterApp")
        .inherits("MappingKernelManager", "MultiKernelManager")
        .inherits("AsyncMappingKernelManager", "MappingKernelManager", "AsyncMultiKernelManager")
        .inherits("AsyncMultiKernelManager", "MultiKernelManager")
        .inherits("FileContentsManager", "FileManagerMixin", "ContentsManager")
        .moved("NotebookApp", "ServerApp")
        .moved("LabApp", "ServerApp")
        .add(PORT, OPEN_BROWSER, IP, ROOT_DIR, NOTEBOOK_DIR, MAX_BODY, CONNECTION_DIR)
        .add(STATIC_PATHS, TORNADO, COOKIE_SECRET, TOKEN, OLD_TOKEN, LOG_LEVEL, CULL, KERNEL)
        .add(SHUTDOWN, HIDDEN, HOOK, AUTHORIZER, DEV_MODE)
        .alias("port", PORT)
        .alias("ip", IP)
        .alias("log-level", LOG_LEVEL)
        .alias("config", CONFIG_FILE)
        .alias("f", CONFIG_FILE)
        .flag("no-browser", OPEN_BROWSER, false, "Do not open a browser.")
        .flag("debug", LOG_LEVEL, "DEBUG", "Say more.")
        .flag("y", DEV_MODE, true, "Yes.")
        .build();
  }

  Lab environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Lab python(Path interpreter) {
    python = Optional.of(interpreter);
    return this;
  }

  Lab limit(Duration duration) {
    limit = duration;
    return this;
  }

  Lab strict() {
    strict = true;
    return this;
  }

  /** Writes a file into the directory of high priority. */
  Lab file(String name, String content) throws IOException {
    Files.writeString(high.resolve(name), content);
    return this;
  }

  Lab lowFile(String name, String content) throws IOException {
    Files.writeString(low.resolve(name), content);
    return this;
  }

  Outcome read(String... arguments) {
    var sources =
        new Sources(List.of(arguments), environment, List.of(low, high), python, directory, strict);
    return new SettingsReader(DECLARATIONS, limit).read(sources);
  }

  Settings settings(String... arguments) {
    var outcome = read(arguments);
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    return ((Outcome.Ready) outcome).settings();
  }

  List<String> warnings(String... arguments) {
    return read(arguments).warnings();
  }

  /** The problems as texts, with the directories shortened. */
  List<String> problems(String... arguments) {
    var outcome = read(arguments);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    List<String> texts = new ArrayList<>();
    ((Outcome.Refused) outcome)
        .problems()
        .forEach(problem -> texts.add(problem.toString().replace(directory + "/", "")));
    return texts;
  }
}
