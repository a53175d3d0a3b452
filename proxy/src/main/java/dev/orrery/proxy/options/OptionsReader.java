package dev.orrery.proxy.options;

import static dev.orrery.proxy.options.ProxyOption.*;

import dev.orrery.config.NearestName;
import dev.orrery.proxy.forward.ForwardOptions;
import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.OpenFiles;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.routes.Target;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads command line and environment, and tells everything that is wrong with them at once. */
public final class OptionsReader {

  /**
   * The version of configurable-http-proxy whose interface this is; hubs and scripts ask for it.
   */
  public static final String VERSION_TEXT = "5.3.0";

  private static final int DEFAULT_PORT = 8_000;
  private static final int DEFAULT_API_PORT = 8_001;
  private static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(5);
  private static final int MAX_COUNT = 1_000_000;
  private static final int MIN_HEADERS = 1_024;
  private static final int MAX_HEADERS = 1 << 20;
  private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";

  /** What came of reading. */
  public sealed interface Outcome {

    /**
     * A proxy can be started.
     *
     * @param warnings sentences for the log
     * @param checkOnly whether only this was asked for
     */
    record Ready(ProxyOptions options, List<String> warnings, boolean checkOnly)
        implements Outcome {}

    /**
     * It can't.
     *
     * @param problems sentences, each with the option, its value and the way out
     */
    record Refused(List<String> problems) implements Outcome {}

    /** Someone asked for help or the version: this is to be printed. */
    record Answer(String text) implements Outcome {}
  }

  private final Map<String, String> env;
  private final Map<ProxyOption, String> values = new EnumMap<>(ProxyOption.class);
  private final Map<String, String> customHeaders = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private OptionsReader(Map<String, String> env) {
    this.env = env;
  }

  /** Reads a command line. */
  public static Outcome read(List<String> arguments, Map<String, String> env) {
    var reader = new OptionsReader(env);
    reader.split(arguments);
    if (reader.has(VERSION)) {
      return new Outcome.Answer(VERSION_TEXT + "\n");
    }
    if (reader.has(HELP)) {
      return new Outcome.Answer(OptionTexts.help());
    }
    ProxyOptions options = reader.options();
    return reader.problems.isEmpty()
        ? new Outcome.Ready(options, List.copyOf(reader.warnings), reader.has(CHECK_CONFIG))
        : new Outcome.Refused(List.copyOf(reader.problems));
  }

  /** Commander's syntax: {@code --name value}, {@code --name=value}, no abbreviations. */
  private void split(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      Optional<ProxyOption> option = ProxyOption.of(flag);
      if (option.isEmpty()) {
        unknown(argument, flag);
      } else if (!option.get().takesValue()) {
        if (equals >= 0) {
          problems.add(argument + ": " + flag + " takes no value; leave out what follows it.");
        }
        values.put(option.get(), "");
      } else if (equals >= 0) {
        set(option.get(), argument.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        i++;
        set(option.get(), arguments.get(i));
      } else {
        problems.add(flag + ": a value is missing; give " + flag + " " + option.get().argument());
      }
    }
  }

  private void unknown(String argument, String flag) {
    if (!flag.startsWith("-")) {
      problems.add("'" + argument + "' belongs to no option; --help lists the options.");
      return;
    }
    var known = Arrays.stream(ProxyOption.values()).map(ProxyOption::flag).toList();
    problems.add(flag + ": there is no such option" + NearestName.hint(known, flag));
  }

  private void set(ProxyOption option, String value) {
    if (option == CUSTOM_HEADER) {
      addHeader(value);
    } else {
      values.put(option, value);
    }
  }

  private void addHeader(String given) {
    String text = given.strip();
    int colon = text.indexOf(':');
    if (colon <= 0) {
      problems.add(
          "--custom-header: A colon was expected in custom header: " + text + "; give name:value.");
      return;
    }
    String name = text.substring(0, colon).strip();
    String value = text.substring(colon + 1).strip();
    boolean goodName =
        name.chars()
            .allMatch(c ->
                c < 0x80 && (Character.isLetterOrDigit(c) || TOKEN_CHARACTERS.indexOf(c) >= 0));
    if (!goodName || value.chars().anyMatch(c -> c < 0x20 && c != '\t' || c == 0x7f || c > 0xff)) {
      problems.add(
          "--custom-header: '"
              + name
              + "' or its value has characters that no header may have; use visible ASCII.");
      return;
    }
    customHeaders.put(name, value);
  }

  private boolean has(ProxyOption option) {
    return values.containsKey(option);
  }

  /** The value of an option that was given and is not empty. */
  private Optional<String> value(ProxyOption option) {
    return Optional.ofNullable(values.get(option)).filter(value -> !value.isEmpty());
  }

  private ProxyOptions options() {
    if (has(SOCKET) && (has(PORT) || has(IP))) {
      problems.add("--socket: it stands in the place of --ip and --port; give either it or them.");
    }
    ignoredBeside(API_SOCKET, API_IP, API_PORT);
    ignoredBeside(METRICS_SOCKET, METRICS_IP, METRICS_PORT);
    Listen listen = listen(SOCKET, ip(IP, ""), port(PORT).orElse(DEFAULT_PORT));
    Listen api = listen(API_SOCKET, ip(API_IP, "localhost"), port(API_PORT).orElse(next(listen)));
    Optional<Listen> metrics =
        has(METRICS_SOCKET) || value(METRICS_PORT).isPresent()
            ? Optional.of(listen(METRICS_SOCKET, ip(METRICS_IP, ""), port(METRICS_PORT).orElse(0)))
            : Optional.empty();
    TlsFiles publicFiles =
        tls(SSL_KEY, SSL_CERT, SSL_CA, has(SSL_REQUEST_CERT), "CONFIGPROXY_SSL_KEY_PASSPHRASE");
    TlsFiles apiFiles =
        tls(
            API_SSL_KEY,
            API_SSL_CERT,
            API_SSL_CA,
            has(API_SSL_REQUEST_CERT),
            "CONFIGPROXY_API_SSL_KEY_PASSPHRASE");
    Optional<TlsFiles> publicTls = serverTls(publicFiles, SSL_KEY, SSL_CA, SSL_REQUEST_CERT);
    Optional<TlsFiles> apiTls = serverTls(apiFiles, API_SSL_KEY, API_SSL_CA, API_SSL_REQUEST_CERT);
    TlsFiles backendTls = tls(CLIENT_SSL_KEY, CLIENT_SSL_CERT, CLIENT_SSL_CA, false, "");
    tellOfIgnoredTls();
    if (has(STORAGE_BACKEND)) {
      problems.add(
          "--storage-backend: '"
              + values.get(STORAGE_BACKEND)
              + "' is a JavaScript module, and this is no JavaScript. Leave it out: routes are then"
              + " kept in memory, and a hub adds them again after a restart.");
    }
    return new ProxyOptions(
        listen,
        api,
        metrics,
        publicTls,
        apiTls,
        backendTls,
        has(INSECURE),
        redirect(publicTls, listen),
        // Files of secrets, as Kubernetes hands them on, often end with a line break.
        Optional.ofNullable(env.get("CONFIGPROXY_AUTH_TOKEN"))
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .map(Secret::new),
        // As it was given: the route has it in its data.
        target(DEFAULT_TARGET).flatMap(_ -> value(DEFAULT_TARGET)),
        errorTarget(),
        errorPath(),
        forward(),
        has(WAIT_FOR_ROUTES),
        value(ACCESS_LOG).filter(text -> text.equals("-") || path(ACCESS_LOG, text).isPresent()),
        logLevel(),
        value(PID_FILE).flatMap(file -> path(PID_FILE, file)));
  }

  private void ignoredBeside(ProxyOption socket, ProxyOption ip, ProxyOption port) {
    if (has(socket) && (has(ip) || has(port))) {
      warnings.add(
          socket.flag() + " is used; " + ip.flag() + " and " + port.flag() + " are ignored.");
    }
  }

  private String ip(ProxyOption option, String otherwise) {
    String ip = values.getOrDefault(option, otherwise);
    if (!ip.equals("*")) {
      return ip;
    }
    warnings.add(
        "Interpreting "
            + option.flag()
            + "='*' as all-interfaces. Preferred usage is 0.0.0.0 for all IPv4 or '' for all-interfaces.");
    return "";
  }

  private Listen listen(ProxyOption socket, String ip, int port) {
    return value(socket)
        .flatMap(file -> path(socket, file))
        .<Listen>map(Listen.Unix::new)
        .orElseGet(() -> new Listen.Tcp(ip, port));
  }

  /** The API is beside the public port when nothing else was said. */
  private static int next(Listen listen) {
    return switch (listen) {
      case Listen.Tcp(_, int port) -> port == 0 || port == 65_535 ? 0 : port + 1;
      case Listen.Unix _ -> DEFAULT_API_PORT;
    };
  }

  private Optional<Integer> port(ProxyOption option) {
    return value(option)
        .flatMap(text -> number(option, text, 65_535, "a port between 0 and 65535"));
  }

  private Optional<Duration> milliseconds(ProxyOption option) {
    return value(option)
        .flatMap(text -> number(option, text, Integer.MAX_VALUE, "a number of milliseconds"))
        .map(Duration::ofMillis);
  }

  private Optional<Integer> number(ProxyOption option, String text, int most, String rule) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0 && number <= most) {
        return Optional.of(number);
      }
    } catch (NumberFormatException _) {
      // Told below, as a number out of range is.
    }
    problems.add(option.flag() + ": '" + text + "' is not " + rule + ".");
    return Optional.empty();
  }

  private Optional<Path> path(ProxyOption option, String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      problems.add(option.flag() + ": '" + text + "' is no path: " + e.getReason() + ".");
      return Optional.empty();
    }
  }

  private Optional<Path> file(ProxyOption option) {
    Optional<Path> file = value(option).flatMap(text -> path(option, text));
    if (file.isPresent() && !Files.isReadable(file.get())) {
      problems.add(
          option.flag()
              + ": "
              + file.get()
              + (Files.exists(file.get())
                  ? " can't be read by this user; change its owner or mode."
                  : " is not there; give the path of an existing file."));
    }
    return file;
  }

  private TlsFiles tls(
      ProxyOption key,
      ProxyOption certificate,
      ProxyOption authorities,
      boolean askForCertificate,
      String passphrase) {
    if (value(key).isEmpty() != value(certificate).isEmpty()) {
      ProxyOption given = value(key).isEmpty() ? certificate : key;
      ProxyOption missing = value(key).isEmpty() ? key : certificate;
      problems.add(given.flag() + ": it needs " + missing.flag() + " beside it.");
    }
    return new TlsFiles(
        file(key),
        file(certificate),
        file(authorities),
        Optional.ofNullable(env.get(passphrase)).filter(phrase -> !phrase.isEmpty()),
        askForCertificate);
  }

  /** A server without a key speaks plain HTTP; what was meant to be encrypted never does. */
  private Optional<TlsFiles> serverTls(TlsFiles files, ProxyOption key, ProxyOption... others) {
    if (value(key).isPresent()) {
      return Optional.of(files);
    }
    for (ProxyOption other : others) {
      if (has(other)) {
        problems.add(
            other.flag() + ": it means something with " + key.flag() + " alone; give that, too.");
      }
    }
    return Optional.empty();
  }

  /** What changes nothing here, each with the reason. */
  private void tellOfIgnoredTls() {
    for (ProxyOption option : List.of(SSL_PROTOCOL, SSL_CIPHERS, SSL_DHPARAM, SSL_ALLOW_RC4)) {
      if (has(option)) {
        warnings.add(
            option.flag()
                + " is not used: TLS 1.2 and 1.3 are spoken, with the suites that this Java runtime"
                + " holds safe.");
      }
    }
  }

  private Optional<ProxyOptions.Redirect> redirect(Optional<TlsFiles> tls, Listen listen) {
    Optional<Integer> port = port(REDIRECT_PORT);
    if (port.isPresent() && tls.isEmpty()) {
      problems.add(
          "--redirect-port: HTTPS redirection specified but certificates not provided. Give"
              + " --ssl-key and --ssl-cert, or leave it out.");
    }
    int own = listen instanceof Listen.Tcp(_, int number) ? number : 443;
    Optional<Integer> to = port(REDIRECT_TO);
    return port.map(number -> new ProxyOptions.Redirect(number, to.orElse(own)));
  }

  private Optional<Target> errorTarget() {
    if (value(ERROR_TARGET).isPresent() && value(ERROR_PATH).isPresent()) {
      problems.add("Cannot specify both error-target and error-path. Pick one.");
    }
    return target(ERROR_TARGET);
  }

  private Optional<Target> target(ProxyOption option) {
    try {
      return value(option).map(Target::parse);
    } catch (IllegalArgumentException e) {
      problems.add(option.flag() + ": " + e.getMessage() + ".");
      return Optional.empty();
    }
  }

  private Optional<Path> errorPath() {
    Optional<Path> folder = value(ERROR_PATH).flatMap(text -> path(ERROR_PATH, text));
    if (folder.isPresent() && !Files.isDirectory(folder.get())) {
      warnings.add(
          "--error-path: "
              + folder.get()
              + " is no folder; built-in pages are shown as long as that is so.");
    }
    return folder;
  }

  private ForwardOptions forward() {
    Optional<String> protocol = value(PROTOCOL_REWRITE);
    if (protocol.isPresent() && !protocol.get().matches("[A-Za-z][A-Za-z0-9+.-]*")) {
      problems.add(
          "--protocol-rewrite: '" + protocol.get() + "' is no scheme; give http or https.");
    }
    return new ForwardOptions(
        has(HOST_ROUTING),
        !has(NO_INCLUDE_PREFIX),
        !has(NO_PREPEND_PATH),
        !has(NO_X_FORWARD),
        has(CHANGE_ORIGIN),
        has(AUTO_REWRITE),
        protocol,
        customHeaders,
        milliseconds(TIMEOUT).orElse(Duration.ZERO),
        milliseconds(PROXY_TIMEOUT).orElse(Duration.ZERO),
        milliseconds(KEEP_ALIVE_TIMEOUT)
            .filter(timeout -> !timeout.isZero())
            .orElse(DEFAULT_KEEP_ALIVE),
        limits());
  }

  private Limits limits() {
    Limits usual = Limits.defaults();
    return new Limits(
        count(MAX_CONNECTIONS, OpenFiles.connections()),
        count(MAX_CLIENT_CONNECTIONS, usual.clientConnections()),
        count(MAX_CLIENT_RATE, usual.clientRate()),
        count(MAX_ROUTE_REQUESTS, usual.routeOpen()),
        count(MAX_ROUTE_RATE, usual.routeRate()),
        headerBytes(usual.headerBytes()),
        bodyBytes(usual.bodyBytes()),
        milliseconds(HEADER_TIMEOUT).orElse(usual.headTime()),
        milliseconds(STALL_TIMEOUT).orElse(usual.stall()));
  }

  private int count(ProxyOption option, int otherwise) {
    return value(option)
        .flatMap(text -> number(option, text, MAX_COUNT, "a number up to " + MAX_COUNT))
        .orElse(otherwise);
  }

  private int headerBytes(int otherwise) {
    int bytes =
        value(MAX_HEADER_SIZE)
            .flatMap(
                text -> number(MAX_HEADER_SIZE, text, MAX_HEADERS, "a number up to " + MAX_HEADERS))
            .orElse(otherwise);
    if (bytes < MIN_HEADERS) {
      problems.add(
          "--max-header-size: "
              + bytes
              + " is too little for the headers of browsers; give at least "
              + MIN_HEADERS
              + ".");
    }
    return bytes;
  }

  private long bodyBytes(long otherwise) {
    Optional<String> text = value(MAX_BODY_SIZE);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.get().matches("[0-9]{1,18}")) {
      problems.add("--max-body-size: '" + text.get() + "' is not a number of bytes.");
      return otherwise;
    }
    return Long.parseLong(text.get());
  }

  private System.Logger.Level logLevel() {
    String level = values.getOrDefault(LOG_LEVEL, "info").toLowerCase(Locale.ROOT);
    return switch (level) {
      case "error" -> System.Logger.Level.ERROR;
      case "warn" -> System.Logger.Level.WARNING;
      case "info", "http" -> System.Logger.Level.INFO;
      case "verbose", "debug", "silly" -> System.Logger.Level.DEBUG;
      default -> {
        // Upstream starts with it too, and then says nothing at all.
        warnings.add(
            "--log-level: '"
                + level
                + "' is none of debug, info, warn and error; info is used instead.");
        yield System.Logger.Level.INFO;
      }
    };
  }
}
