package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.store.ShareFilter;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.UserServer;

/** How addresses of shares name a server: {@code {user}/{server}}, or {@code {user}/}. */
final class SharedServers {

  private SharedServers() {}

  /** The server that an address names; without a name it is the default server. */
  static Resource.Server named(Exchange exchange, boolean standard) {
    return new Resource.Server(
        exchange.parameter("user"), standard ? "" : exchange.parameter("server"));
  }

  static Needs needs(StandardScope scope, boolean standard) {
    return standard ? Needs.onDefaultServer(scope) : Needs.onServer(scope);
  }

  /**
   * The server of that name.
   *
   * @throws HttpException 404 when there is none
   */
  static UserServer known(Transaction tx, Resource.Server server) {
    return tx.users()
        .find(server.user())
        .flatMap(owner -> tx.servers().find(owner.id(), server.name()))
        .orElseThrow(() ->
            new HttpException(
                404,
                "No such server: "
                    + Bodies.shown(server.user())
                    + "/"
                    + Bodies.shown(server.name())));
  }

  static ShareFilter.OfWhat ofServer(Transaction tx, Resource.Server server) {
    return new ShareFilter.OfServer(known(tx, server).id());
  }

  static ShareFilter.OfWhat ofOwner(Transaction tx, Exchange exchange) {
    return new ShareFilter.OfOwner(UsersApi.known(tx, exchange.parameter("user")).id());
  }
}
