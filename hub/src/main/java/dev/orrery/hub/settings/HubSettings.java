package dev.orrery.hub.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.store.DatabaseUrl;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a hub is made of: one record per component, read once from the settings. */
public record HubSettings(
    Addresses addresses,
    Store store,
    Sessions sessions,
    Api api,
    Proxy proxy,
    Logins logins,
    Loaded loaded,
    PageSettings pages) {

  /** The version of JupyterHub whose interface this hub has. */
  public static final String VERSION = "6.1.1";

  /**
   * Where things are.
   *
   * @param publicIp what the front door listens on; empty for all addresses
   * @param basePath what all paths begin with; starts and ends with a slash
   * @param hubIp what the hub itself listens on
   * @param hubPort 0 for any free port
   * @param connectUrl how others reach the hub, without a path; nothing for the address it listens
   *     on
   * @param publicUrl the address people see, without a path
   */
  public record Addresses(
      String publicIp,
      int publicPort,
      String basePath,
      String hubIp,
      int hubPort,
      Optional<String> connectUrl,
      Optional<String> publicUrl,
      String defaultUrl,
      boolean redirectToServer) {

    /** What all paths of the hub itself begin with. */
    public String hubPath() {
      return basePath + "hub/";
    }
  }

  /** The database. */
  public record Store(DatabaseUrl url, boolean upgrade) {}

  /**
   * Logins of browsers.
   *
   * @param secret the key of cookies in hex digits; empty to keep one in {@code secretFile}
   * @param clientToken how long a server of a user may use what it was given for a browser
   * @param trustedProxies addresses of proxies before ours whose word is taken
   * @param hostPrefix whether the names of cookies say that no other host may set them
   */
  public record Sessions(
      String secret,
      Path secretFile,
      Duration maxAge,
      Duration clientToken,
      boolean requirePkce,
      Set<String> trustedProxies,
      boolean hostPrefix) {
    public Sessions {
      trustedProxies = Set.copyOf(trustedProxies);
    }
  }

  /**
   * The REST API.
   *
   * @param longestToken zero where tokens may last for ever
   */
  public record Api(
      int pageDefault,
      int pageMost,
      Duration longestToken,
      Duration activityResolution,
      boolean openMetrics) {}

  /**
   * The front door.
   *
   * @param token of its API; empty to make one
   * @param key of TLS; with {@code certificate}, or neither
   * @param pidFile remembers it for the next start
   */
  public record Proxy(
      boolean shouldStart,
      URI apiUrl,
      String token,
      Optional<Path> key,
      Optional<Path> certificate,
      Path pidFile) {}

  /**
   * Who may log in, and how.
   *
   * @param deletesInvalid whether people of names that are not valid any more are deleted
   * @param form what is asked of people
   * @param told what is taken from what the way to log in tells of them
   */
  public record Logins(
      String authenticator,
      boolean allowAll,
      boolean allowExisting,
      Set<String> allowed,
      Set<String> admins,
      Set<String> blocked,
      String namePattern,
      Map<String, String> nameMap,
      String dummyPassword,
      String sharedUserPassword,
      String sharedAdminPassword,
      Map<String, List<String>> passwordGroups,
      boolean deletesInvalid,
      LoginForm form,
      Told told) {
    public Logins {
      allowed = Set.copyOf(allowed);
      admins = Set.copyOf(admins);
      blocked = Set.copyOf(blocked);
      nameMap = Map.copyOf(nameMap);
      passwordGroups = Map.copyOf(passwordGroups);
    }
  }

  /**
   * What is asked of people.
   *
   * @param automatic whether nothing is asked, where the way to log in can do without
   * @param automaticForServers whether nothing is asked of who comes from a server or a service
   * @param oneTimePassword how the page asks for one, if it does
   */
  public record LoginForm(
      boolean automatic, boolean automaticForServers, Optional<String> oneTimePassword) {}

  /**
   * What is taken from what the way to log in tells of people.
   *
   * @param groups whether they are in the groups it tells, and in no others
   * @param keys by which what else it tells is kept; nothing where it is not kept
   */
  public record Told(boolean groups, Optional<FernetKeys> keys) {}

  /**
   * The same for accounts of this hub: whoever has one may come in, unless the settings name who
   * may. That somebody is known here says nothing then, for all who have an account are.
   */
  public HubSettings forAccounts(Settings settings) {
    boolean existing =
        settings.isSet(LoginTraits.ALLOW_EXISTING_USERS)
            && settings.get(LoginTraits.ALLOW_EXISTING_USERS);
    var open =
        new Logins(
            AuthenticatorClass.ACCOUNTS.shortName(),
            logins.allowAll || logins.allowed.isEmpty(),
            existing,
            logins.allowed,
            logins.admins,
            logins.blocked,
            logins.namePattern,
            logins.nameMap,
            logins.dummyPassword,
            logins.sharedUserPassword,
            logins.sharedAdminPassword,
            logins.passwordGroups,
            logins.deletesInvalid,
            logins.form,
            logins.told);
    return new HubSettings(addresses, store, sessions, api, proxy, open, loaded, pages);
  }

  /** A hub's settings, or why it can't start. */
  public sealed interface Result {
    /** All is well. */
    record Ready(HubSettings settings) implements Result {}

    /** Nothing is started; every problem that was found. */
    record Refused(List<Problem> problems) implements Result {}
  }

  /** The file that holds the number of the hub's process, if one is wanted. */
  public static Optional<String> pidFile(Settings settings) {
    return Optional.of(settings.get(AddressTraits.PID_FILE)).filter(file -> !file.isEmpty());
  }

  /**
   * Reads the settings of one start.
   *
   * @param env the environment of this process
   * @param folder what relative names of files start from
   */
  public static Result read(Settings settings, Map<String, String> env, Path folder) {
    var reader = new Reader(settings, env, folder);
    HubSettings read = reader.read();
    return reader.problems.isEmpty()
        ? new Result.Ready(read)
        : new Result.Refused(List.copyOf(reader.problems));
  }

  private static final class Reader {

    private final Settings settings;
    private final Map<String, String> env;
    private final Path folder;
    private final List<Problem> problems = new ArrayList<>();

    Reader(Settings settings, Map<String, String> env, Path folder) {
      this.settings = settings;
      this.env = env;
      this.folder = folder;
    }

    HubSettings read() {
      Duration age =
          Duration.ofMillis(
              Math.round(settings.get(SessionTraits.COOKIE_MAX_AGE_DAYS) * 86_400_000));
      int clientSeconds = settings.get(SessionTraits.OAUTH_TOKEN_EXPIRES_IN);
      return new HubSettings(
          addresses(),
          store(),
          new Sessions(
              secret(),
              folder.resolve(settings.get(SessionTraits.COOKIE_SECRET_FILE)),
              age,
              clientSeconds > 0 ? Duration.ofSeconds(clientSeconds) : age,
              settings.get(SessionTraits.OAUTH_REQUIRE_PKCE),
              Set.copyOf(settings.get(AddressTraits.TRUSTED_DOWNSTREAM)),
              settings.get(SessionTraits.HOST_PREFIX)),
          new Api(
              settings.get(SessionTraits.API_PAGE_DEFAULT_LIMIT),
              settings.get(SessionTraits.API_PAGE_MAX_LIMIT),
              Duration.ofSeconds(settings.get(SessionTraits.TOKEN_EXPIRES_IN_MAX_SECONDS)),
              Duration.ofSeconds(settings.get(SessionTraits.ACTIVITY_RESOLUTION)),
              !settings.get(SessionTraits.AUTHENTICATE_PROMETHEUS)),
          proxy(),
          logins(),
          Loaded.read(settings, problems),
          PageSettings.read(settings, folder));
    }

    private Proxy proxy() {
      Optional<Path> key = text(AddressTraits.SSL_KEY).map(folder::resolve);
      Optional<Path> certificate = text(AddressTraits.SSL_CERT).map(folder::resolve);
      if (key.isPresent() != certificate.isPresent()) {
        problem(
            AddressTraits.SSL_CERT,
            "ssl_key and ssl_cert belong together, and one of them is not set");
      }
      return new Proxy(
          settings.get(AddressTraits.PROXY_SHOULD_START),
          uri(AddressTraits.PROXY_API_URL, settings.get(AddressTraits.PROXY_API_URL)),
          // Files of secrets, as Kubernetes hands them on, often end with a line break.
          settings.get(AddressTraits.PROXY_AUTH_TOKEN).strip(),
          key,
          certificate,
          folder.resolve(settings.get(AddressTraits.PROXY_PID_FILE)));
    }

    private Addresses addresses() {
      String ip = settings.get(AddressTraits.IP);
      int port = settings.get(AddressTraits.PORT);
      String base = settings.get(AddressTraits.BASE_URL);
      if (settings.isSet(AddressTraits.BIND_URL)) {
        URI bind = uri(AddressTraits.BIND_URL, settings.get(AddressTraits.BIND_URL));
        ip = Optional.ofNullable(bind.getHost()).orElse("");
        port = bind.getPort() < 0 ? 8000 : bind.getPort();
        base = Optional.ofNullable(bind.getRawPath()).filter(path -> !path.isEmpty()).orElse(base);
      }
      String hubIp = settings.get(AddressTraits.HUB_IP);
      int hubPort = settings.get(AddressTraits.HUB_PORT);
      if (settings.isSet(AddressTraits.HUB_BIND_URL)) {
        URI bind = uri(AddressTraits.HUB_BIND_URL, settings.get(AddressTraits.HUB_BIND_URL));
        hubIp = Optional.ofNullable(bind.getHost()).orElse("");
        hubPort = bind.getPort() < 0 ? 8081 : bind.getPort();
      }
      return new Addresses(
          ip,
          port,
          slashed(base),
          hubIp,
          hubPort,
          connectUrl(hubPort),
          text(AddressTraits.PUBLIC_URL).map(url -> origin(AddressTraits.PUBLIC_URL, url)),
          settings.get(AddressTraits.DEFAULT_URL),
          settings.get(AddressTraits.REDIRECT_TO_SERVER));
    }

    private Optional<String> connectUrl(int hubPort) {
      int other = settings.get(AddressTraits.HUB_CONNECT_PORT);
      int port = other == 0 ? hubPort : other;
      return text(AddressTraits.HUB_CONNECT_URL)
          .map(url -> origin(AddressTraits.HUB_CONNECT_URL, url))
          .or(() -> text(AddressTraits.HUB_CONNECT_IP).map(ip -> "http://" + ip + ":" + port))
          .or(() -> other == 0 ? Optional.empty() : Optional.of("http://127.0.0.1:" + port));
    }

    private Optional<String> text(Trait<String> trait) {
      return Optional.of(settings.get(trait)).filter(text -> !text.isEmpty());
    }

    private String origin(Trait<String> trait, String text) {
      URI uri = uri(trait, text);
      return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    /** An address of HTTP; a host may be missing, which URI would not have. */
    private URI uri(Trait<String> trait, String text) {
      try {
        URI uri = URI.create(text.replaceFirst("^(https?://)(:|/|$)", "$10.0.0.0$2"));
        String scheme = String.valueOf(uri.getScheme());
        if (scheme.equals("http") || scheme.equals("https")) {
          return uri;
        }
        problem(trait, "'" + text + "' does not begin with http:// or https://");
      } catch (IllegalArgumentException e) {
        problem(trait, "'" + text + "' is no address; write http://host:port");
      }
      return URI.create("http://127.0.0.1");
    }

    private static String slashed(String base) {
      String bare = base.replaceAll("^/+|/+$", "");
      return bare.isEmpty() ? "/" : "/" + bare + "/";
    }

    private Store store() {
      boolean upgrade = settings.get(SessionTraits.UPGRADE_DB);
      try {
        return new Store(DatabaseUrl.parse(settings.get(SessionTraits.DB_URL), folder), upgrade);
      } catch (IllegalArgumentException e) {
        problem(SessionTraits.DB_URL, String.valueOf(e.getMessage()));
        return new Store(new DatabaseUrl.SqliteMemory(), upgrade);
      }
    }

    private String secret() {
      String hex = env.getOrDefault("JPY_COOKIE_SECRET", "");
      if (hex.isEmpty()) {
        return HexFormat.of().formatHex(settings.get(SessionTraits.COOKIE_SECRET));
      }
      try {
        return HexFormat.of().formatHex(HexFormat.of().parseHex(hex));
      } catch (IllegalArgumentException e) {
        problem(SessionTraits.COOKIE_SECRET, "JPY_COOKIE_SECRET is not written in hex digits");
        return "";
      }
    }

    private Logins logins() {
      Set<String> allowed = Set.copyOf(settings.get(LoginTraits.ALLOWED_USERS));
      boolean existing =
          settings.isSet(LoginTraits.ALLOW_EXISTING_USERS)
              ? settings.get(LoginTraits.ALLOW_EXISTING_USERS)
              : !allowed.isEmpty();
      var map = new LinkedHashMap<String, String>();
      settings
          .get(LoginTraits.USERNAME_MAP)
          .forEach((from, to) -> map.put(from, String.valueOf(to)));
      String authenticator = settings.get(LoginTraits.AUTHENTICATOR_CLASS);
      // As firstuseauthenticator has it.
      boolean everybody =
          !settings.isSet(LoginTraits.ALLOW_ALL)
              && allowed.isEmpty()
              && is(authenticator, AuthenticatorClass.FIRST_USE);
      return new Logins(
          authenticator,
          settings.get(LoginTraits.ALLOW_ALL) || everybody,
          existing,
          allowed,
          Set.copyOf(settings.get(LoginTraits.ADMIN_USERS)),
          Set.copyOf(settings.get(LoginTraits.BLOCKED_USERS)),
          settings.get(LoginTraits.USERNAME_PATTERN),
          map,
          settings.get(LoginTraits.DUMMY_PASSWORD),
          settings.get(LoginTraits.SHARED_USER_PASSWORD),
          settings.get(LoginTraits.SHARED_ADMIN_PASSWORD),
          passwordGroups(),
          settings.get(LoginTraits.DELETE_INVALID_USERS),
          new LoginForm(
              settings.isSet(LoginTraits.AUTO_LOGIN)
                  ? settings.get(LoginTraits.AUTO_LOGIN)
                  : is(authenticator, AuthenticatorClass.TEMPORARY),
              settings.get(LoginTraits.AUTO_LOGIN_OAUTH),
              settings.get(LoginTraits.REQUEST_OTP)
                  ? Optional.of(settings.get(LoginTraits.OTP_PROMPT))
                  : Optional.empty()),
          new Told(settings.get(LoginTraits.MANAGE_GROUPS), keys()));
    }

    private static boolean is(String authenticator, AuthenticatorClass known) {
      return AuthenticatorClass.of(authenticator).filter(known::equals).isPresent();
    }

    private Map<String, List<String>> passwordGroups() {
      var groups = new LinkedHashMap<String, List<String>>();
      settings
          .get(LoginTraits.PASSWORD_GROUPS)
          .forEach((password, names) -> {
            if (names instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
              groups.put(password, list.stream().map(String.class::cast).toList());
            } else {
              problem(LoginTraits.PASSWORD_GROUPS, "each value has to be a list of groups");
            }
          });
      if (!groups.isEmpty() && !settings.get(LoginTraits.MANAGE_GROUPS)) {
        problem(
            LoginTraits.PASSWORD_GROUPS,
            "nobody would be put into these groups; set manage_groups = True, too");
      }
      return groups;
    }

    private Optional<FernetKeys> keys() {
      if (!settings.get(LoginTraits.ENABLE_AUTH_STATE)) {
        return Optional.empty();
      }
      try {
        List<Object> given = settings.get(LoginTraits.CRYPT_KEYS);
        return Optional.of(
            given.isEmpty()
                ? FernetKeys.parse(env.getOrDefault("JUPYTERHUB_CRYPT_KEY", ""))
                : FernetKeys.of(given));
      } catch (IllegalArgumentException e) {
        problem(LoginTraits.ENABLE_AUTH_STATE, String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    private void problem(Trait<?> trait, String sentence) {
      problems.add(new Problem(trait.qualifiedName(), settings.origin(trait), sentence));
    }
  }
}
