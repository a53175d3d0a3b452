package dev.orrery.hub.servers;

import dev.orrery.http.Json;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.routes.RoutesException;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.UserServer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares where the front door leads with where it should, and mends it in both directions; what
 * is in transit is left alone.
 */
final class RouteCheck {

  private static final System.Logger LOG = System.getLogger(RouteCheck.class.getName());

  private final Routes routes;
  private final HubSettings.Addresses addresses;
  private final String hubUrl;
  private final Map<String, Routes.Route> standing;

  RouteCheck(
      Routes routes,
      HubSettings.Addresses addresses,
      String hubUrl,
      Map<String, Routes.Route> standing) {
    this.routes = routes;
    this.addresses = addresses;
    this.hubUrl = hubUrl;
    this.standing = standing;
  }

  /**
   * Mends.
   *
   * @param ready the servers that people can be led to
   * @param inTransit paths of servers that are being started or stopped
   * @throws RoutesException when the proxy does not answer
   */
  void mend(Collection<UserServer> ready, Collection<String> inTransit) {
    var wanted = new HashMap<String, Routes.Route>(standing);
    wanted.put(addresses.basePath(), new Routes.Route(hubUrl, Json.object().put("hub", true)));
    for (UserServer server : ready) {
      server
          .address()
          .ifPresent(address -> wanted.put(address.basePath(), ServerStart.route(server, address)));
    }
    Map<String, Routes.Route> there = routes.all();
    wanted.forEach((path, route) -> {
      Routes.Route known = there.get(path);
      if (known == null || !known.target().equals(route.target())) {
        LOG.log(System.Logger.Level.INFO, "Adding the route " + path);
        routes.put(path, route);
      }
    });
    there.forEach((path, route) -> {
      if (route.isOurs() && !wanted.containsKey(path) && !inTransit.contains(path)) {
        LOG.log(
            System.Logger.Level.WARNING, "Removing the route " + path + ", which leads nowhere");
        routes.remove(path);
      }
    });
  }
}
