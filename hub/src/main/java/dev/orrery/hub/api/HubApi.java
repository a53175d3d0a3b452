package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Logins;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Progress;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.services.ServiceChanges;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The REST API as a whole: what it is made of, and what it says of the hub itself. */
public final class HubApi {

  private static final System.Logger LOG = System.getLogger(HubApi.class.getName());

  private final Access access;
  private final Database database;
  private final About about;
  private final Shutdown shutdown;
  private final UsersApi users;
  private final TokensApi tokens;
  private final GroupsApi groups;
  private final ServersApi servers;
  private final ServicesApi services;
  private final SharesApi shares;
  private final ShareCodesApi shareCodes;
  private final RoutesApi routes;
  private final AuthorizationsApi authorizations;

  /**
   * What the hub is made of, in the words of its settings.
   *
   * @param authenticator the way to log in
   * @param spawner what starts servers
   */
  public record About(String authenticator, String spawner) {}

  /** Puts the API together. */
  public HubApi(
      HubSettings settings,
      Database database,
      Access access,
      Logins logins,
      Visitors visitors,
      Admittance admittance,
      ScopeTable table,
      UserNames names,
      People people,
      Sharing sharing,
      ServerLifecycle lifecycle,
      ServerSettings serverSettings,
      ServiceChanges serviceChanges,
      dev.orrery.hub.routes.Routes door,
      About about,
      Shutdown shutdown,
      Clock clock) {
    this.access = access;
    this.database = database;
    this.about = about;
    this.shutdown = shutdown;
    var models = new Models(settings.addresses());
    var shareModels = new ShareModels(settings.addresses());
    users =
        new UsersApi(
            database,
            models,
            names,
            people,
            lifecycle,
            settings.api(),
            settings.logins().told().keys(),
            clock);
    tokens = new TokensApi(database, access, visitors, admittance, table, settings.api(), clock);
    groups = new GroupsApi(database, models, names, settings.api());
    servers =
        new ServersApi(
            database,
            lifecycle,
            serverSettings,
            models,
            new Progress(database, settings.addresses()));
    services = new ServicesApi(database, models, serviceChanges);
    shares = new SharesApi(database, sharing, shareModels, settings.api(), clock);
    shareCodes = new ShareCodesApi(database, sharing, shareModels, settings.api(), clock);
    routes = new RoutesApi(door, lifecycle, settings.api());
    authorizations = new AuthorizationsApi(database, visitors, logins, models, clock);
  }

  /** Adds what the API answers, below the path of the hub. */
  public void declare(Routes table) {
    var operations = new Operations(table, access);
    operations.forAllSites("GET", "", "Read which version this is", HubApi::root);
    operations.forAllSites("GET", "/", "Read which version this is", HubApi::root);
    operations.add(
        "GET",
        "/info",
        "Read what the hub is made of",
        Needs.everywhere(StandardScope.READ_HUB),
        this::info);
    operations.add(
        "POST",
        "/shutdown",
        "End the hub, and its servers and proxy if that is asked for",
        Needs.everywhere(StandardScope.SHUTDOWN),
        this::shutDown);
    users.declare(operations);
    servers.declare(operations);
    tokens.declare(operations);
    groups.declare(operations);
    services.declare(operations);
    shares.declare(operations);
    shareCodes.declare(operations);
    routes.declare(operations);
    authorizations.declare(operations);
    ObjectNode document = OpenApi.document(operations.documented());
    operations.forAll(
        "GET", "/openapi.json", "Read this document", exchange -> exchange.sendJson(200, document));
    for (String method : List.of("GET", "HEAD")) {
      table.add(Routes.Kind.API, method, "/api/health", this::health);
      table.add(Routes.Kind.API, method, "/health", this::health);
    }
    for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
      // Whoever asks here is a program, and wants no page.
      table.add(Routes.Kind.API, method, "/api/{rest*}", HubApi::nothing);
    }
  }

  private static void nothing(Exchange exchange) {
    throw new HttpException(404, "Nothing is here: " + exchange.rawPath());
  }

  private static void root(Exchange exchange) {
    exchange.sendJson(200, Json.object().put("version", HubSettings.VERSION));
  }

  private void info(Exchange exchange, Visitor visitor) {
    ObjectNode info = Json.object().put("version", HubSettings.VERSION);
    info.put("python", "none: Java " + Runtime.version());
    info.put("sys_executable", "orrery");
    part(info, "spawner", about.spawner());
    part(info, "authenticator", about.authenticator());
    exchange.sendJson(200, info);
  }

  private static void part(ObjectNode info, String part, String name) {
    info.putObject(part).put("class", name).put("version", HubSettings.VERSION);
  }

  private void shutDown(Exchange exchange, Visitor visitor) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    Optional<Boolean> servers = flag(body, "servers");
    Optional<Boolean> proxy = flag(body, "proxy");
    LOG.log(System.Logger.Level.WARNING, visitor.name() + " has the hub shut down");
    exchange.sendJson(202, Json.object().put("message", "Shutting down Hub"));
    shutdown.request(servers, proxy);
  }

  private static Optional<Boolean> flag(ObjectNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw new HttpException(
          400, field + " must be true or false, got " + Bodies.shown(value.toString()));
    }
    return Optional.of(value.asBoolean());
  }

  /** Whether the hub can do its work, which it can't without its database. */
  private void health(Exchange exchange) {
    database.read(tx -> tx.users().count());
    exchange.sendEmpty(200);
  }
}
