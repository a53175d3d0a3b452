package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
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
import java.util.Set;
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

  void declare(Operations operations) {
    one(operations, "/users/{user}/server", true);
    one(operations, "/users/{user}/servers/{server}", false);
    one(operations, "/users/{user}/servers/", true);
  }

  private void one(Operations operations, String path, boolean standard) {
    var server = new Of(operations, standard);
    server.add("GET", path, "Read a server", StandardScope.READ_SERVERS, this::show);
    server.add(
        "PUT",
        path,
        "Make a server without starting it",
        StandardScope.START_SERVERS,
        this::create);
    server.add("POST", path, "Start a server", StandardScope.START_SERVERS, this::start);
    server.add(
        "PATCH",
        path,
        "Rename a server, change what it is called or how it starts",
        StandardScope.START_SERVERS,
        this::change);
    server.add(
        "DELETE", path, "Stop a server, or delete it", StandardScope.DELETE_SERVERS, this::stop);
    server.add(
        "GET",
        path + "/progress",
        "Follow a start, as server-sent events",
        StandardScope.READ_SERVERS,
        this::follow);
  }

  /** Answers for one server of one person. */
  private interface OfServer {
    void handle(Exchange exchange, Visitor visitor, String user, String server) throws IOException;
  }

  /** Declares operations of servers, or of default servers, whose address has no name of them. */
  private record Of(Operations operations, boolean standard) {

    void add(String method, String path, String summary, StandardScope scope, OfServer handler) {
      operations.add(
          method,
          path,
          summary,
          standard ? Needs.onDefaultServer(scope) : Needs.onServer(scope),
          (exchange, visitor) ->
              handler.handle(
                  exchange,
                  visitor,
                  exchange.parameter("user"),
                  standard ? "" : exchange.parameter("server")));
    }
  }

  private void show(Exchange exchange, Visitor visitor, String user, String server) {
    Optional<UserServer> known = database.read(tx -> tx.servers().find(id(tx, user), server));
    if (known.isEmpty() && server.isEmpty()) {
      // There is always a default server, and this is the first time anybody asks for it.
      known = Optional.of(database.write(tx -> standard(tx, id(tx, user))));
    }
    exchange.sendJson(
        200, models.server(known.orElseThrow(() -> noServer(user, server)), visitor.visible()));
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
    Optional<JsonNode> body = exchange.json();
    UserServer made =
        database.write(tx -> {
          User owner = UsersApi.known(tx, user);
          if (server.isEmpty()) {
            throw new HttpException(409, "User " + user + " already has a default server");
          }
          if (tx.servers().find(owner.id(), server).isPresent()) {
            throw new HttpException(409, "User " + user + " already has server " + server);
          }
          Wish wish = Wish.of(body);
          String displayName = wish.displayName().orElse(server);
          ServerNames.checkNew(tx, settings, owner, server, displayName);
          UserServer created = tx.servers().create(owner.id(), server, displayName);
          wish.options()
              .ifPresent(options ->
                  tx.servers().setUserOptions(created.id(), Optional.of(Json.text(options))));
          return tx.servers().byId(created.id()).orElseThrow();
        });
    exchange.sendJson(201, models.server(made, visitor.visible()));
  }

  private void change(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    Optional<JsonNode> json = exchange.json();
    User owner = database.read(tx -> UsersApi.known(tx, user));
    ObjectNode body = Bodies.object(json);
    if (body.isEmpty()) {
      throw new HttpException(400, "Must specify at least one field to modify.");
    }
    Bodies.refuseOthers(body, Set.of("name", "display_name", "user_options"));
    Optional<String> name = Optional.empty();
    if (body.hasNonNull("name")) {
      if (!body.path("name").isString()) {
        throw new HttpException(400, "name must be a string");
      }
      name = Optional.of(body.path("name").asString());
    }
    if (body.hasNonNull("display_name") && !body.path("display_name").isString()) {
      throw new HttpException(400, "display_name must be a string");
    }
    Optional<JsonNode> options = Optional.of(body.path("user_options")).filter(JsonNode::isObject);
    if (body.has("user_options") && options.isEmpty()) {
      throw new HttpException(400, "user_options must be a dict");
    }
    if (name.isPresent()
        && !visitor.may(StandardScope.START_SERVERS, new Resource.Server(user, name.get()))) {
      throw new HttpException(403, "Renaming needs the scope start:servers for the new name, too");
    }
    var change =
        new ServerLifecycle.Change(
            name, Json.field(body, "display_name").filter(text -> !text.isEmpty()), options);
    exchange.sendJson(200, models.server(servers.change(owner, server, change), visitor.visible()));
  }

  private void start(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    Optional<JsonNode> body = exchange.json();
    Wish wish = Wish.of(body);
    ServerLifecycle.Reached reached =
        servers.start(tx -> UsersApi.known(tx, user), server, wish.options(), wish.displayName());
    if (reached == ServerLifecycle.Reached.FAILED) {
      progress.refuseFailure(database.read(tx -> UsersApi.known(tx, user)).id(), server);
    }
    exchange.set("Content-Type", "text/plain");
    exchange.sendEmpty(reached == ServerLifecycle.Reached.PENDING ? 202 : 201);
  }

  private void stop(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
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
    if (reached == ServerLifecycle.Reached.PENDING) {
      exchange.set("Content-Type", "text/plain");
    }
    exchange.sendEmpty(reached == ServerLifecycle.Reached.DONE ? 204 : 202);
  }

  private void follow(Exchange exchange, Visitor visitor, String user, String server)
      throws IOException {
    UserServer known =
        database
            .read(tx -> tx.servers().find(id(tx, user), server))
            .orElseThrow(() ->
                server.isEmpty()
                    ? new HttpException(400, user + " is not starting...")
                    : noServer(user, server));
    progress.follow(exchange, known);
  }
}
