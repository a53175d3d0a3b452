package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.util.Optional;

/** Servers by the addresses of pages that are about them. */
final class Places {

  private final Database database;
  private final HubSettings.Addresses addresses;

  Places(Database database, HubSettings.Addresses addresses) {
    this.database = database;
    this.addresses = addresses;
  }

  /** A server, which need not exist, of a person who does. */
  record Place(User user, String server) {}

  /** The server that the address names as {@code user} and {@code server}; by default one's own. */
  Place named(Exchange exchange, Visitor visitor, StandardScope scope) {
    String owner =
        exchange.route().contains("{user}") ? exchange.parameter("user") : visitor.name();
    String server = exchange.route().contains("{server}") ? exchange.parameter("server") : "";
    return of(visitor, scope, owner, server);
  }

  /**
   * A server to which the visitor may do that.
   *
   * @throws HttpException 404 when they may not, or there is no such person
   */
  Place of(Visitor visitor, StandardScope scope, String owner, String server) {
    if (!visitor.may(scope, new Resource.Server(owner, server))) {
      throw nothing();
    }
    return new Place(
        database.read(tx -> tx.users().find(owner)).orElseThrow(Places::nothing), server);
  }

  static HttpException nothing() {
    return new HttpException(404, "There is no server here that you may use");
  }

  Optional<UserServer> find(Place place) {
    return database.read(tx -> tx.servers().find(place.user().id(), place.server()));
  }

  /** Where the server itself is. */
  String server(Place place) {
    return Paths.of(addresses.basePath(), place.user().name(), place.server());
  }

  /** A page of the hub about it. */
  String page(String page, Place place) {
    return page(page, place.user().name(), place.server());
  }

  String page(String page, String user, String server) {
    return addresses.hubPath()
        + page
        + "/"
        + Paths.escaped(user)
        + (server.isEmpty() ? "" : "/" + Paths.escaped(server));
  }

  /** The server as lists show it to the visitor. */
  ServerRow row(Visitor visitor, String user, String server, Optional<UserServer> known) {
    var resource = new Resource.Server(user, server);
    String shown =
        known.flatMap(UserServer::displayName).filter(name -> !name.isEmpty()).orElse(server);
    return new ServerRow(
        server,
        shown,
        server.isEmpty() ? user : user + "/" + server,
        state(known),
        known.flatMap(UserServer::lastActivity),
        Paths.of(addresses.basePath(), user, server),
        page("spawn", user, server),
        visitor.may(StandardScope.SHARES, resource) ? page("share", user, server) : "",
        addresses.hubPath()
            + "api/users/"
            + Paths.escaped(user)
            + (server.isEmpty() ? "/server" : "/servers/" + Paths.escaped(server)),
        visitor.may(StandardScope.START_SERVERS, resource),
        visitor.may(StandardScope.DELETE_SERVERS, resource),
        visitor.may(StandardScope.ACCESS_SERVERS, resource));
  }

  static ServerRow.State state(Optional<UserServer> known) {
    if (known.isEmpty() || !known.get().isActive()) {
      return ServerRow.State.STOPPED;
    }
    return switch (known.get().pending().orElse(UserServer.Step.FAILED)) {
      case SPAWN -> ServerRow.State.STARTING;
      case STOP, REMOVE, CHECK, RENAME -> ServerRow.State.STOPPING;
      case FAILED -> ServerRow.State.READY;
    };
  }

  /** The same address with where to go afterwards, if there is such a place. */
  static String then(String path, String next) {
    if (next.isEmpty()) {
      return path;
    }
    return path + (path.contains("?") ? "&" : "?") + "next=" + RawPath.encodeQuery(next);
  }
}
