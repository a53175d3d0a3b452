package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import dev.orrery.http.Json;
import dev.orrery.server.access.AccessSettings;
import dev.orrery.server.hub.CookieOptions;
import dev.orrery.server.hub.HubSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a hub passes to the server it starts. An option on the command line is more important
 * than a variable, a variable more than a file: the files are the user's, the hub its
 * administrator's.
 */
final class HubReader {

  private static final int MAX_TEXT = 200;
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[^:@\\[\\]]*|\\[[0-9a-fA-F:.]+])(?::(\\d{1,5}))?");

  private final Given given;

  private HubReader(Given given) {
    this.given = given;
  }

  // -- what the server itself is told

  /** The settings with those of the hub in their places. */
  static Settings over(Settings settings, Map<String, String> env) {
    return new Over(settings, env).all();
  }

  /** Said by the hub or on the command line: a file in that home can't say it. */
  static boolean ignoresHome(List<String> arguments, Map<String, String> env) {
    String said = "false";
    for (String argument : arguments) {
      if (argument.equals("--disable-user-config")) {
        said = "true";
      } else if (argument.matches("--\\w+\\.disable_user_config=.*")) {
        said = argument.substring(argument.indexOf('=') + 1).toLowerCase(Locale.ROOT);
      }
    }
    return said.equals("true")
        || said.equals("1")
        || isOn(env, "JUPYTERHUB_DISABLE_USER_CONFIG", false);
  }

  private static final class Over {
    private Settings settings;
    private final Map<String, String> env;

    Over(Settings settings, Map<String, String> env) {
      this.settings = settings;
      this.env = env;
    }

    Settings all() {
      set(ServerTraits.OPEN_BROWSER, false);
      set(ServerTraits.QUIT_BUTTON, false);
      set(ServerTraits.PORT_RETRIES, 0);
      set(ServerTraits.ANSWER_YES, true);
      set(ServerTraits.ALLOW_REMOTE_ACCESS, Optional.of(true));
      set(ServerTraits.DELETE_TO_TRASH, false);
      // A hub waits for half a minute or a minute, less than making an environment may take.
      set(ServerDeclarations.PYTHON, false);
      address();
      text("JUPYTERHUB_SERVICE_PREFIX").ifPresent(path -> set(ServerTraits.BASE_URL, path));
      text("JUPYTERHUB_ROOT_DIR").ifPresent(folder -> set(ServerTraits.ROOT_DIR, folder));
      // What the user set wins here, as upstream: it is their taste alone.
      if (!settings.isSet(ServerTraits.DEFAULT_URL)) {
        text("JUPYTERHUB_DEFAULT_URL")
            .or(this::landingOfLab)
            .or(() -> landing(env.getOrDefault("JUPYTERHUB_SINGLEUSER_APP", "")))
            .ifPresent(path -> set(ServerTraits.DEFAULT_URL, path));
      }
      if (isOn(env, "JUPYTERHUB_DEBUG", false)) {
        set(ServerDeclarations.LOG_LEVEL, "DEBUG");
      }
      return settings;
    }

    private void address() {
      Optional<URI> url = text("JUPYTERHUB_SERVICE_URL").flatMap(HubReader::uri);
      if (url.isEmpty()) {
        return;
      }
      if (url.get().getScheme().equals("http+unix")) {
        set(
            ServerTraits.SOCK,
            URLDecoder.decode(url.get().getRawAuthority(), StandardCharsets.UTF_8));
        return;
      }
      String authority = url.get().getRawAuthority();
      int colon = authority.lastIndexOf(':');
      boolean hasPort = colon >= 0 && !authority.endsWith("]");
      String host = hasPort ? authority.substring(0, colon) : authority;
      set(ServerTraits.IP, host.replaceAll("^\\[|]$", ""));
      set(ServerTraits.PORT, hasPort ? Integer.parseInt(authority.substring(colon + 1)) : 80);
    }

    private Optional<String> landingOfLab() {
      return settings.isSet(AppTraits.LAB_DEFAULT_URL)
          ? Optional.of(settings.get(AppTraits.LAB_DEFAULT_URL))
          : Optional.empty();
    }

    private Optional<String> text(String variable) {
      return Optional.ofNullable(env.get(variable)).filter(value -> !value.isEmpty());
    }

    private <T> void set(Trait<T> trait, T value) {
      if (!settings.isTyped(trait)) {
        settings = settings.with(trait, value);
      }
    }
  }

  private static Optional<String> landing(String app) {
    return switch (app.replace('_', '-').toLowerCase(Locale.ROOT)) {
      case "notebook" -> Optional.of("/tree");
      default -> Optional.empty();
    };
  }

  /** As upstream: anything but nothing, 0 and false is true. */
  static boolean isOn(Map<String, String> env, String variable, boolean otherwise) {
    String value = env.getOrDefault(variable, "");
    return value.isEmpty() ? otherwise : !value.equals("0") && !value.equalsIgnoreCase("false");
  }

  /** What no settings file can change, and every answer has. */
  static AccessSettings access(AccessSettings read) {
    Map<String, String> headers = new LinkedHashMap<>(read.headers());
    headers.put("X-JupyterHub-Version", HubSettings.HUB_VERSION);
    return new AccessSettings(
        "",
        false,
        "",
        read.allowOrigin(),
        read.allowOriginPattern(),
        read.allowCredentials(),
        read.checkXsrf(),
        read.allowRemoteAccess(),
        read.localHostnames(),
        read.cookieSecretFile(),
        read.cookieName(),
        read.secureCookie(),
        // Pages of other users' servers are on the same origin: none may frame another.
        read.contentSecurityPolicy().or(() -> Optional.of("frame-ancestors 'none'")),
        headers);
  }

  // -- what it knows of its hub

  static HubSettings read(Given given) {
    return new HubReader(given).settings();
  }

  private HubSettings settings() {
    checkAddress();
    checkTls();
    String prefix = slashed(given.get(ServerTraits.BASE_URL));
    if (given.env().getOrDefault("JUPYTERHUB_SERVICE_PREFIX", "").isEmpty()
        && !given.isSet(ServerTraits.BASE_URL)) {
      missing("JUPYTERHUB_SERVICE_PREFIX", "the path of this server, such as /user/name/");
    }
    String base = slashed(given.env().getOrDefault("JUPYTERHUB_BASE_URL", "/"));
    String hubPrefix = slashed(given.getOr(HubTraits.HUB_PREFIX, base + "hub/"));
    String host = given.getOr(HubTraits.HUB_HOST, variable("JUPYTERHUB_HOST").orElse(""));
    if (!host.isEmpty() && address("JUPYTERHUB_HOST", host).isEmpty()) {
      host = "";
    }
    String callback =
        given.getOr(
            HubTraits.REDIRECT_URI,
            variable("JUPYTERHUB_OAUTH_CALLBACK_URL").orElse(prefix + "oauth_callback"));
    return new HubSettings(
        required("JUPYTERHUB_USER", "the user this server is for"),
        variable("JUPYTERHUB_SERVER_NAME").orElse(""),
        prefix,
        variable("JUPYTERHUB_PUBLIC_URL").flatMap(url -> address("JUPYTERHUB_PUBLIC_URL", url)),
        new HubSettings.Hub(api(), host.replaceFirst("/+$", ""), hubPrefix),
        new HubSettings.Client(token(), clientId(), callback, scopes()),
        activity(),
        cookies(),
        xsrf(prefix),
        on(HubTraits.TOKEN_IN_URL, "JUPYTERHUB_ALLOW_TOKEN_IN_URL", false),
        on(HubTraits.SOCKET_COOKIES, "JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH", true),
        Duration.ofSeconds(given.get(HubTraits.CACHE_MAX_AGE)));
  }

  private void checkAddress() {
    Optional<String> url = variable("JUPYTERHUB_SERVICE_URL");
    if (url.isEmpty()) {
      if (!given.isSet(ServerTraits.PORT) && !given.isSet(ServerTraits.SOCK)) {
        missing("JUPYTERHUB_SERVICE_URL", "where this server listens, such as http://127.0.0.1:0/");
      }
      return;
    }
    Optional<URI> read = address("JUPYTERHUB_SERVICE_URL", url.get());
    if (read.filter(uri -> uri.getScheme().equals("https")).isPresent()) {
      wrong(
          "JUPYTERHUB_SERVICE_URL",
          url.get(),
          "HTTPS between hub and server (internal_ssl) is not there yet; it has to begin with"
              + " http:// or http+unix://");
    }
  }

  private void checkTls() {
    for (String variable :
        new String[] {
          "JUPYTERHUB_SSL_KEYFILE", "JUPYTERHUB_SSL_CERTFILE", "JUPYTERHUB_SSL_CLIENT_CA"
        }) {
      variable(variable)
          .ifPresent(file ->
              wrong(
                  variable,
                  file,
                  "HTTPS between hub and server (internal_ssl) is not there yet; switch it off at"
                      + " the hub"));
    }
  }

  private URI api() {
    String given = this.given.getOr(HubTraits.API_URL, variable("JUPYTERHUB_API_URL").orElse(""));
    if (given.isEmpty()) {
      missing(
          "JUPYTERHUB_API_URL", "the address of the hub's API, such as http://hub:8081/hub/api");
      return URI.create("http://unknown.invalid");
    }
    if (given.matches("https?://(:.*|/.*)?")) {
      wrong("JUPYTERHUB_API_URL", given, "it names no host");
    }
    return address("JUPYTERHUB_API_URL", given.replaceFirst("/+$", ""))
        .orElse(URI.create("http://unknown.invalid"));
  }

  private String token() {
    String token =
        given.getOr(
            HubTraits.API_TOKEN,
            variable("JUPYTERHUB_API_TOKEN").or(() -> variable("JPY_API_TOKEN")).orElse(""));
    if (token.isEmpty()) {
      missing("JUPYTERHUB_API_TOKEN", "this server's token at the hub");
    } else if (!token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      problem("JUPYTERHUB_API_TOKEN", "It has characters that no token has");
    }
    return token;
  }

  private String clientId() {
    String id = given.getOr(HubTraits.CLIENT_ID, variable("JUPYTERHUB_CLIENT_ID").orElse(""));
    if (id.isEmpty()) {
      missing("JUPYTERHUB_CLIENT_ID", "what this server is to the hub's OAuth");
    } else if (!id.matches("[A-Za-z0-9!#$%&'*+.^_`|~@-]+")) {
      wrong("JUPYTERHUB_CLIENT_ID", id, "it names a cookie, and has characters that no name has");
    }
    return id;
  }

  private Set<String> scopes() {
    if (given.isSet(HubTraits.ACCESS_SCOPES)) {
      return new LinkedHashSet<>(given.get(HubTraits.ACCESS_SCOPES));
    }
    String name =
        variable("JUPYTERHUB_OAUTH_ACCESS_SCOPES").isPresent()
            ? "JUPYTERHUB_OAUTH_ACCESS_SCOPES"
            : "JUPYTERHUB_OAUTH_SCOPES";
    Optional<String> value = variable(name);
    if (value.isEmpty()) {
      missing("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "which scopes let somebody in, as a JSON list");
      return Set.of();
    }
    Set<String> scopes = new LinkedHashSet<>();
    Optional<JsonNode> list = json(value.get()).filter(JsonNode::isArray);
    boolean texts = list.isPresent() && list.get().valueStream().allMatch(JsonNode::isString);
    if (!texts || list.get().isEmpty()) {
      wrong(name, value.get(), "it has to be a JSON list of scopes that is not empty");
      return Set.of();
    }
    list.get().forEach(scope -> scopes.add(scope.asString()));
    return scopes;
  }

  private HubSettings.ActivityReports activity() {
    String url =
        given.getOr(HubTraits.ACTIVITY_URL, variable("JUPYTERHUB_ACTIVITY_URL").orElse(""));
    Optional<URI> where =
        url.isEmpty() ? Optional.empty() : address("JUPYTERHUB_ACTIVITY_URL", url);
    int seconds = given.get(HubTraits.ACTIVITY_INTERVAL);
    Optional<String> interval = variable("JUPYTERHUB_ACTIVITY_INTERVAL");
    if (interval.isPresent() && !given.isSet(HubTraits.ACTIVITY_INTERVAL)) {
      if (interval.get().strip().matches("\\d{1,5}")) {
        seconds = Integer.parseInt(interval.get().strip());
      } else {
        wrong(
            "JUPYTERHUB_ACTIVITY_INTERVAL",
            interval.get(),
            "it has to be a number of seconds between 0 and 99999");
      }
    }
    return new HubSettings.ActivityReports(where, Duration.ofSeconds(seconds));
  }

  private CookieOptions cookies() {
    boolean hostPrefix = on(HubTraits.HOST_PREFIX, "JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", false);
    CookieOptions usual = CookieOptions.usual(hostPrefix);
    Optional<String> variable = variable("JUPYTERHUB_COOKIE_OPTIONS");
    if (given.isSet(HubTraits.COOKIE_OPTIONS)) {
      return CookieReader.read(usual, given.get(HubTraits.COOKIE_OPTIONS))
          .options(problem -> given.problem(HubTraits.COOKIE_OPTIONS, problem));
    }
    if (variable.isEmpty()) {
      return usual;
    }
    Optional<JsonNode> object = json(variable.get()).filter(JsonNode::isObject);
    if (object.isEmpty()) {
      wrong("JUPYTERHUB_COOKIE_OPTIONS", variable.get(), "it has to be a JSON object");
      return usual;
    }
    Map<String, Object> options = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.get().properties()) {
      JsonNode value = entry.getValue();
      options.put(
          entry.getKey(),
          value.isBoolean() ? (Object) value.asBoolean() : value.isNull() ? "" : value.asString());
    }
    return CookieReader.read(usual, options)
        .options(problem -> problem("JUPYTERHUB_COOKIE_OPTIONS", problem));
  }

  private HubSettings.Xsrf xsrf(String prefix) {
    Optional<String> secret = variable(HubSettings.XSRF_SECRET);
    if (secret.filter(text -> !text.matches("[0-9a-f]{64}")).isPresent()) {
      problem(HubSettings.XSRF_SECRET, "It is not what a hub gives: 64 hex digits");
    }
    boolean named = variable("JUPYTERHUB_SERVER_NAME").isPresent();
    return new HubSettings.Xsrf(
        secret,
        // The default server's path, with which that of each other one begins.
        secret.isPresent() && named ? prefix.replaceFirst("[^/]+/$", "") : prefix);
  }

  private boolean on(Trait<Boolean> trait, String variable, boolean otherwise) {
    return given.isSet(trait) ? given.get(trait) : isOn(given.env(), variable, otherwise);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(given.env().get(name)).filter(value -> !value.isEmpty());
  }

  private String required(String name, String what) {
    Optional<String> value = variable(name);
    if (value.isEmpty()) {
      missing(name, what);
    }
    return value.orElse("");
  }

  private Optional<URI> address(String name, String value) {
    Optional<URI> uri = uri(value);
    if (uri.isEmpty()) {
      wrong(
          name,
          value,
          "it has to be an address that begins with http://, https:// or http+unix:// and names a"
              + " host");
    }
    return uri;
  }

  private static Optional<URI> uri(String value) {
    try {
      var uri = new URI(value);
      boolean known =
          Set.of("http", "https", "http+unix").contains(String.valueOf(uri.getScheme()));
      return known && isAuthority(String.valueOf(uri.getRawAuthority()))
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A host, an address or an encoded path, and perhaps a port. */
  private static boolean isAuthority(String authority) {
    Matcher parts = AUTHORITY.matcher(authority);
    return !authority.equals("null")
        && parts.matches()
        && (parts.group(1) == null || Integer.parseInt(parts.group(1)) <= 65_535);
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(Json.parse(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static String slashed(String path) {
    String begun = path.startsWith("/") ? path : "/" + path;
    return begun.endsWith("/") ? begun : begun + "/";
  }

  private void missing(String name, String what) {
    problem(
        name,
        "It is not set: "
            + what
            + ". A hub sets it for the servers it starts; by hand, 'orrery lab' starts a server"
            + " without a hub");
  }

  private void wrong(String name, String value, String rule) {
    String shown = value.length() > MAX_TEXT ? value.substring(0, MAX_TEXT) + "…" : value;
    problem(name, "'" + shown + "': " + rule);
  }

  private void problem(String name, String sentence) {
    given.problem(new Problem(name, "environment", sentence));
  }
}
