package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Progress;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.servers.ServerNames;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Servers of people: started, stopped, followed. The default server has the empty name. */
final class ServersApi {

  private final Database database;
  private final ServerLifecycle servers;
  private final ServerSettings settings;
  private final Models models;
  private final Progress progress;

  ServersApi(
      Database database,
      ServerLifecycle servers,
      ServerSettings settings,
      Models models,
      Progress progress) {
    this.database = database;
    this.servers = servers;
    this.settings = settings;
    this.models = models;
    this.progress = progress;
  }

  void declare(Routes routes, Access access) {
    one(routes, access, "/api/users/{user}/server", true);
    one(routes, access, "/api/users/{user}/servers/{server}", false);
    one(routes, access, "/api/users/{user}/servers/", true);
  }

  private void one(Routes routes, Access access, String path, boolean standard) {
    add(routes, access, "GET", path, standard, StandardScope.READ_SERVERS, this::show);
    add(routes, access, "PUT", path, standard, StandardScope.START_SERVERS, this::create);
    add(routes, access, "POST", path, standard, StandardScope.START_SERVERS, this::start);
    add(routes, access, "DELETE", path, standard, StandardScope.DELETE_SERVERS, this::stop);
    if (!path.endsWith("/")) {
      add(
          routes,
          access,
          "GET",
          path + "/progress",
          standard,
          StandardScope.READ_SERVERS,
          this::follow);
    }
  }

  /** Answers for one server of one person. */
  private interface OfServer {
    void handle(Exchange exchange, Visitor visitor, String user, String server) throws IOException;
  }

  private static void add(
      Routes routes,
      Access access,
      String method,
      String path,
      boolean standard,
      StandardScope scope,
      OfServer handler) {
    routes.add(
        Routes.Kind.API,
        method,
        path,
        access.api(
            standard ? Needs.onDefaultServer(scope) : Needs.onServer(scope),
            (exchange, visitor) ->
                handler.handle(
                    exchange,
                    visitor,
                    exchange.parameter("user"),
                    standard ? "" : exchange.parameter("server"))));
  }

  private void show(Exchange exchange, Visitor visitor, String user, String server) {
    Optional<UserServer> known = database.read(tx -> tx.servers().find(id(tx, user), server));
    if (known.isEmpty() && server.isEmpty()) {
      // There is always a default server, and this is the first time anybody asks for it.
      known = Optional.of(database.write(tx -> standard(tx, id(tx, user))));
    }
    exchange.sendJson(200, models.server(known.orElseThrow(() -> noServer(user, server)), visitor));
  }

  private static UserServer standard(Transaction tx, long user) {
    return tx.servers().find(user, "").orElseGet(() -> tx.servers().create(user, "", ""));
  }

  private static long id(Transaction tx, String user) {
    return UsersApi.known(tx, user).id();
  }

  private static HttpException noServer(String user, String server) {
    return new HttpException(404, user + " has no server named '" + Bodies.shown(server) + "'");
  }

  /**
   * What a start is told.
   *
   * @param options nothing for those of the last time
   */
  private record Wish(Optional<String> displayName, Optional<JsonNode> options) {

    static Wish of(Optional<JsonNode> body) {
      if (body.isEmpty() || body.get().isEmpty()) {
        return new Wish(Optional.empty(), Optional.empty());
      }
      if (!(body.get() instanceof ObjectNode object)) {
        throw new HttpException(400, "Body must be a JSON object");
      }
      JsonNode name = object.path("display_name");
      JsonNode options = object.path("user_options");
      if (!name.isMissingNode() && !name.isString()) {
        throw new HttpException(400, "display_name must be a string");
      }
      if (!options.isMissingNode() && !options.isNull() && !options.isObject()) {
        throw new HttpException(400, "user_options must be an object or null");
      }
      if (name.isMissingNode() && options.isMissingNode()) {
        // The form of JupyterHub 5: everything is an option.
        return new Wish(Optional.empty(), Optional.of(object));
      }
      return new Wish(
          Optional.of(name.asString("")).filter(text -> !text.isEmpty()),
          options.isObject() ? Optional.of(options) : Optional.empty());
    }
  }

  private void create(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    Wish wish = Wish.of(exchange.json());
    UserServer made =
        database.write(tx -> {
          User owner = UsersApi.known(tx, user);
          if (server.isEmpty()) {
            throw new HttpException(409, "User " + user + " already has a default server");
          }
          if (tx.servers().find(owner.id(), server).isPresent()) {
            throw new HttpException(409, "User " + user + " already has server " + server);
          }
          ServerNames.checkNew(tx, settings, owner, server);
          UserServer created =
              tx.servers().create(owner.id(), server, wish.displayName().orElse(server));
          wish.options()
              .ifPresent(options ->
                  tx.servers().setUserOptions(created.id(), Optional.of(Json.text(options))));
          return tx.servers().byId(created.id()).orElseThrow();
        });
    exchange.sendJson(201, models.server(made, visitor));
  }

  private void start(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    Wish wish = Wish.of(exchange.json());
    User owner = database.read(tx -> UsersApi.known(tx, user));
    ServerLifecycle.Reached reached =
        servers.start(owner, server, wish.options(), wish.displayName());
    if (reached == ServerLifecycle.Reached.DONE) {
      progress.refuseFailure(owner.id(), server);
    }
    exchange.set("Content-Type", "text/plain");
    exchange.sendEmpty(reached == ServerLifecycle.Reached.DONE ? 201 : 202);
  }

  private void stop(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    JsonNode body = exchange.json().orElseGet(Json::object);
    boolean remove = body.path("remove").asBoolean(false);
    if (remove && server.isEmpty()) {
      throw new HttpException(400, "Cannot delete the default server");
    }
    if (!server.isEmpty() && !settings.namedServers()) {
      throw new HttpException(400, "Named servers are not enabled.");
    }
    Optional<UserServer> known = database.read(tx -> tx.servers().find(id(tx, user), server));
    if (known.isEmpty() && !server.isEmpty()) {
      throw noServer(user, server);
    }
    ServerLifecycle.Reached reached =
        known.map(found -> servers.stop(found, remove)).orElse(ServerLifecycle.Reached.DONE);
    exchange.set("Content-Type", "text/plain");
    exchange.sendEmpty(reached == ServerLifecycle.Reached.DONE ? 204 : 202);
  }

  private void follow(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    UserServer known =
        database
            .read(tx -> tx.servers().find(id(tx, user), server))
            .orElseThrow(() -> noServer(user, server));
    progress.follow(exchange, known);
  }
}
