package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Progress;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.services.ServiceRecords;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.time.Clock;
import tools.jackson.databind.node.ObjectNode;

/** The REST API as a whole: what it is made of, and what it says of the hub itself. */
public final class HubApi {

  private final Access access;
  private final Database database;
  private final String authenticator;
  private final UsersApi users;
  private final TokensApi tokens;
  private final GroupsApi groups;
  private final ServersApi servers;
  private final ServicesApi services;

  /**
   * Puts the API together.
   *
   * @param authenticator what the settings call the way to log in
   */
  public HubApi(
      HubSettings settings,
      Database database,
      Access access,
      Visitors visitors,
      ScopeTable table,
      UserNames names,
      People people,
      ServerLifecycle lifecycle,
      ServerSettings serverSettings,
      ServiceRecords serviceRecords,
      String authenticator,
      Clock clock) {
    this.access = access;
    this.database = database;
    this.authenticator = authenticator;
    var models = new Models(settings.addresses());
    users = new UsersApi(database, models, names, people, settings.api(), clock);
    tokens = new TokensApi(database, visitors, table, settings.api(), clock);
    groups = new GroupsApi(database, models, settings.api());
    servers =
        new ServersApi(
            database,
            lifecycle,
            serverSettings,
            models,
            new Progress(database, settings.addresses()));
    services = new ServicesApi(database, visitors, models, serviceRecords, lifecycle::mendRoutes);
  }

  /** Adds what the API answers, below the path of the hub. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api", HubApi::root);
    routes.add(Routes.Kind.API, "GET", "/api/", HubApi::root);
    routes.add(
        Routes.Kind.API,
        "GET",
        "/api/info",
        access.api(Needs.everywhere(StandardScope.READ_HUB), this::info));
    routes.add(Routes.Kind.API, "GET", "/api/health", this::health);
    routes.add(Routes.Kind.API, "GET", "/health", this::health);
    users.declare(routes, access);
    tokens.declare(routes, access);
    groups.declare(routes, access);
    servers.declare(routes, access);
    services.declare(routes, access);
  }

  private static void root(Exchange exchange) {
    // Whoever asks which version this is need not be known, nor come from here.
    exchange.set("Access-Control-Allow-Origin", "*");
    exchange.sendJson(200, Json.object().put("version", HubSettings.VERSION));
  }

  private void info(Exchange exchange, Visitor visitor) {
    ObjectNode info = Json.object().put("version", HubSettings.VERSION);
    info.put("python", "none: Java " + Runtime.version());
    info.put("sys_executable", "orrery");
    info.putObject("authenticator").put("class", authenticator).put("version", HubSettings.VERSION);
    exchange.sendJson(200, info);
  }

  /** Whether the hub can do its work, which it can't without its database. */
  private void health(Exchange exchange) {
    database.read(tx -> tx.users().count());
    exchange.sendEmpty(200);
  }
}
