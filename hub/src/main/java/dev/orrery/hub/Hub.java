package dev.orrery.hub;

import dev.orrery.http.AccessLog;
import dev.orrery.http.ErrorPage;
import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.HttpOptions;
import dev.orrery.http.HttpServer;
import dev.orrery.http.Json;
import dev.orrery.http.Listen;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.http.SignedCookies;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.CookieSecret;
import dev.orrery.hub.access.Logins;
import dev.orrery.hub.access.Origins;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.api.HubApi;
import dev.orrery.hub.api.Shutdown;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.hub.logins.Throttle;
import dev.orrery.hub.logins.accounts.AccountAuthenticator;
import dev.orrery.hub.logins.accounts.Invitations;
import dev.orrery.hub.logins.accounts.PasswordChange;
import dev.orrery.hub.logins.accounts.SignUps;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.metrics.MeasuredRoutes;
import dev.orrery.hub.metrics.MetricsPage;
import dev.orrery.hub.oauth.OAuthPages;
import dev.orrery.hub.pages.AdminGroupPages;
import dev.orrery.hub.pages.AdminPages;
import dev.orrery.hub.pages.AdminRolePages;
import dev.orrery.hub.pages.AdminServicePages;
import dev.orrery.hub.pages.AssetPages;
import dev.orrery.hub.pages.ConfirmPage;
import dev.orrery.hub.pages.Entrance;
import dev.orrery.hub.pages.ErrorPages;
import dev.orrery.hub.pages.HomePages;
import dev.orrery.hub.pages.InvitationPages;
import dev.orrery.hub.pages.LoginPages;
import dev.orrery.hub.pages.PasswordPages;
import dev.orrery.hub.pages.SharingPages;
import dev.orrery.hub.pages.SignUpPages;
import dev.orrery.hub.pages.Site;
import dev.orrery.hub.pages.SpawnPages;
import dev.orrery.hub.pages.TokenPages;
import dev.orrery.hub.pages.UserPages;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.servers.ClientEnvironment;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.services.ServiceChanges;
import dev.orrery.hub.services.ServiceRecords;
import dev.orrery.hub.services.ServiceRunner;
import dev.orrery.hub.settings.AccountSettings;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.Loaded;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseException;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.users.Loader;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import dev.orrery.spawner.local.ServiceProcesses;
import dev.orrery.spawner.spi.Spawner;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hub. The constructor puts the parts together, {@link #start} begins to listen, {@link #close}
 * stops. What it knows is in the database: another one can go on at any moment. May be closed from
 * any thread, and more than once.
 */
public final class Hub implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Hub.class.getName());

  private static final int MAX_CONNECTIONS = 10_000;
  private static final long MAX_BODY = 10L << 20;

  private static final OAuthClient OWN_CLIENT =
      new OAuthClient(OAuthClient.OWN, "JupyterHub", "", "", List.of());

  private final HubSettings.Addresses addresses;
  private final ServerSettings.Trouble trouble;
  private final ErrorPages errors;
  private final ServerLifecycle servers;
  private final ServiceRunner services;
  private final HubMetrics metrics;
  private final Housekeeping housekeeping;
  private final Optional<Invitations> invitations;
  private final HttpServer http;
  private volatile boolean closed;

  /**
   * Puts a hub together; nothing listens yet.
   *
   * @param database open; closed by who opened it
   * @param authenticator how people log in
   * @param spawner starts their servers
   * @param processes runs services; closed by who made it
   * @param door where the front door leads
   * @param shutdown what happens when an administrator asks for the end
   * @throws IOException when the key of the cookies can't be read or made
   * @throws IllegalArgumentException when the settings do not fit the database, with a sentence
   * @throws DatabaseException when the database can't be used
   */
  public Hub(
      HubSettings settings,
      ServerSettings serverSettings,
      Database database,
      Authenticator authenticator,
      Spawner spawner,
      ServiceProcesses processes,
      dev.orrery.hub.routes.Routes door,
      Shutdown shutdown,
      Clock clock)
      throws IOException {
    addresses = settings.addresses();
    trouble = serverSettings.trouble();
    Loaded loaded = settings.loaded();
    ScopeTable table = loaded.scopes();
    loaded.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
    Optional<AccountAuthenticator> accounts =
        authenticator instanceof AccountAuthenticator known ? Optional.of(known) : Optional.empty();
    var people = new People(clock, accounts.map(AccountAuthenticator::kind));
    var names = new UserNames(settings.logins().namePattern(), settings.logins().nameMap());
    var records = new ServiceRecords(addresses, loaded.trustTokens(), clock);
    var loader = new Loader(loaded, settings.logins(), names, people, records);
    database.change(tx -> {
      if (tx.oauth().client(OWN_CLIENT.identifier()).isEmpty()) {
        tx.oauth().put(OWN_CLIENT);
      }
      loader.load(tx, clock.instant());
    });

    metrics = new HubMetrics(database, System.getenv(), clock);
    var measuredDoor = new MeasuredRoutes(door, metrics);
    byte[] secret = CookieSecret.of(settings.sessions().secret(), settings.sessions().secretFile());
    var cookies = new SignedCookies(secret, clock);
    var visitors = new Visitors(table, clock);
    var logins =
        new Logins(
            cookies,
            settings.sessions().maxAge(),
            settings.sessions().hostPrefix(),
            addresses.basePath(),
            addresses.hubPath());
    var access =
        new Access(
            database,
            visitors,
            logins,
            cookies,
            new Origins(settings.sessions().trustedProxies()),
            clock,
            settings.api().activityResolution(),
            addresses.hubPath());
    var site = new Site(access, addresses, settings.pages(), accounts.isPresent());
    errors = new ErrorPages(site);
    var throttle = new Throttle(clock);
    var admittance =
        new Admittance(authenticator, settings.logins(), names, people, database, throttle, clock);
    HubSettings.LoginForm asked = settings.logins().form();
    if ((asked.automatic() || asked.automaticForServers()) && !admittance.isAutomatic()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Authenticator.auto_login: people have to say who they are with "
              + authenticator.className()
              + "; the login page asks them");
    }
    var redirects = new Redirects(addresses.basePath(), addresses.hubPath() + "home");

    services =
        new ServiceRunner(
            database,
            processes,
            records,
            new ClientEnvironment(addresses, this::connectUrl, settings.sessions().hostPrefix()),
            CookieSecret.derived(secret, "the processes of services"),
            loaded.serviceCheck());
    servers =
        new ServerLifecycle(
            database,
            spawner,
            measuredDoor,
            serverSettings,
            addresses,
            this::connectUrl,
            () -> standing(loaded.extraRoutes()),
            settings.sessions().hostPrefix(),
            user -> CookieSecret.derived(secret, "the XSRF tokens of the servers of user " + user),
            shutdown::failed,
            metrics,
            clock);
    housekeeping = new Housekeeping(database, clock);
    invitations =
        accounts.map(
            known -> new Invitations(database, known, settings.logins(), people, names, clock));

    var serviceChanges = new ServiceChanges(database, visitors, records, servers::mendRoutes);

    var routes = new Routes();
    new HubApi(
            settings,
            database,
            access,
            logins,
            visitors,
            admittance,
            table,
            names,
            people,
            new Sharing(table, clock),
            servers,
            serverSettings,
            serviceChanges,
            door,
            new HubApi.About(authenticator.className(), spawner.getClass().getName()),
            shutdown,
            clock)
        .declare(routes);
    new OAuthPages(
            database, access, visitors, table, settings.sessions(), new ConfirmPage(site), clock)
        .declare(routes);
    Optional<AccountSettings> rules = accounts.map(AccountAuthenticator::settings);
    new LoginPages(access, admittance, redirects, servers, asked, rules, site, metrics)
        .declare(routes);
    accounts.ifPresent(known -> {
      var signUps = new SignUps(database, known, settings.logins(), names, clock);
      var entrance = new Entrance(access, admittance, site);
      new SignUpPages(access, known, signUps, entrance, new Throttle(clock), site).declare(routes);
      new InvitationPages(database, access, known, invitations.orElseThrow(), entrance, site)
          .declare(routes);
      new PasswordPages(access, known, new PasswordChange(database, known, clock), throttle, site)
          .declare(routes);
    });
    new HomePages(database, access, servers, serverSettings, site).declare(routes);
    new SpawnPages(database, access, servers, serverSettings, redirects, site, spawner.form())
        .declare(routes);
    new UserPages(database, access, serverSettings, site).declare(routes);
    new TokenPages(database, access, visitors, settings.api(), site, clock).declare(routes);
    new AdminPages(database, access, accounts.map(AccountAuthenticator::kind), site)
        .declare(routes);
    new AdminGroupPages(database, access, site).declare(routes);
    new AdminRolePages(database, access, loaded, settings.logins().admins(), people, site)
        .declare(routes);
    new AdminServicePages(database, access, serviceChanges, table, site, clock).declare(routes);
    new SharingPages(database, access, new Sharing(table, clock), table, redirects, site, clock)
        .declare(routes);
    new AssetPages(access, site, metrics).declare(routes);
    errors.declare(routes);
    new MetricsPage(metrics, access, settings.api().openMetrics()).declare(routes);

    List<String> base = RawPath.segments(addresses.hubPath());
    http =
        new HttpServer(
            new HttpOptions(
                new Listen.Tcp(addresses.hubIp(), addresses.hubPort()),
                base.subList(0, base.size() - 1),
                MAX_BODY,
                MAX_CONNECTIONS),
            routes,
            this::filter,
            new Errors(),
            metrics.requests(),
            new AccessLog(List.of()));
  }

  /**
   * Listens.
   *
   * @throws IOException when the port can't be had
   */
  public void start() throws IOException {
    HubMetrics.Timer timer = HubMetrics.timer();
    http.start();
    servers.begin();
    services.begin();
    housekeeping.begin();
    metrics.started(timer);
  }

  /** Where the front door leads besides the hub and the servers of people. */
  private Map<String, dev.orrery.hub.routes.Routes.Route> standing(Map<String, String> extra) {
    var standing = new HashMap<String, dev.orrery.hub.routes.Routes.Route>();
    extra.forEach((path, target) ->
        standing.put(
            path,
            new dev.orrery.hub.routes.Routes.Route(target, Json.object().put("extra", true))));
    standing.putAll(services.routes());
    return standing;
  }

  /** How the proxy and the servers reach this hub: scheme, host and port. */
  public String connectUrl() {
    String ip = addresses.hubIp();
    boolean everywhere = ip.isEmpty() || ip.equals("0.0.0.0") || ip.equals("::");
    return addresses
        .connectUrl()
        .orElseGet(() -> "http://" + (everywhere ? "127.0.0.1" : ip) + ":" + http.port());
  }

  /** The servers of people. */
  public ServerLifecycle servers() {
    return servers;
  }

  /** Links that let people make accounts, where they have accounts of this hub. */
  public Optional<Invitations> invitations() {
    return invitations;
  }

  /** The port it listens on, once started. */
  public int port() {
    return http.port();
  }

  /** Around every request: what all answers carry, and the way to our pages for who is beside. */
  private void filter(Exchange exchange, Handler next) throws IOException {
    String hub = addresses.hubPath();
    exchange.set("X-JupyterHub-Version", HubSettings.VERSION);
    boolean api =
        (exchange.rawPath() + "/").startsWith(hub + "api/")
            && !exchange.rawPath().startsWith(hub + "api/oauth2/authorize");
    exchange.set(
        "Content-Security-Policy",
        api
            ? "frame-ancestors 'none'; report-uri "
                + hub
                + "security/csp-report; default-src 'none'"
            : Site.policy(hub, ""));
    exchange.set("X-Content-Type-Options", "nosniff");
    if (api) {
      exchange.set("Access-Control-Allow-Headers", "accept, content-type, authorization");
    }
    if (!exchange.rawPath().startsWith(hub)) {
      exchange.redirect(inside(exchange));
      return;
    }
    try {
      next.handle(exchange);
    } catch (HttpException e) {
      if (e.status() == 429) {
        exchange.set("Retry-After", Long.toString(retryAfter()));
      }
      throw e;
    } catch (DatabaseException e) {
      errors.databaseGone(e);
    }
  }

  /** Different for each, so that they do not all come back at once. */
  private long retryAfter() {
    return ThreadLocalRandom.current()
        .nextLong(trouble.retryLeast().toSeconds(), trouble.retryMost().toSeconds() + 1);
  }

  /** The same path below ours. */
  private String inside(Exchange exchange) {
    String path = exchange.rawPath();
    String base = addresses.basePath();
    String rest = path.startsWith(base) ? path.substring(base.length()) : path;
    String bare = rest.equals("hub") ? "" : rest.replaceFirst("^[/\\\\]+", "");
    String query = exchange.rawQuery();
    return addresses.hubPath() + bare + (query.isEmpty() ? "" : "?" + query);
  }

  private final class Errors implements ErrorPage {
    @Override
    public String html(Exchange exchange, int status, String message) {
      return errors.page(exchange, status, message);
    }

    @Override
    public ObjectNode json(int status, String message, @Nullable String reason) {
      return Json.object().put("status", status).put("message", message);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      housekeeping.close();
      services.close();
      servers.close();
      http.close();
    }
  }
}
