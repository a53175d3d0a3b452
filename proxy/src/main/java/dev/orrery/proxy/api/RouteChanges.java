package dev.orrery.proxy.api;

import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.RoutePath;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.routes.Target;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Changes a table by what the API was given. One call at a time. */
final class RouteChanges {

  private static final System.Logger LOG = System.getLogger(RouteChanges.class.getName());
  private static final int MAX_LOGGED = 200;

  private final RouteTable routes;
  private final boolean hostRouting;
  private final Clock clock;

  RouteChanges(RouteTable routes, boolean hostRouting, Clock clock) {
    this.routes = routes;
    this.hostRouting = hostRouting;
    this.clock = clock;
  }

  /** What a whole table changed. */
  record Difference(int added, int changed, int removed) {}

  /**
   * Adds one route.
   *
   * @param given an object with a target
   * @throws IllegalArgumentException when it is none, or its target can't be one
   */
  void add(String path, JsonNode given) {
    Route route = route(path, given);
    String words = words(route);
    LOG.log(System.Logger.Level.INFO, "Adding route " + words);
    routes.add(route);
    LOG.log(System.Logger.Level.INFO, "Route added " + words);
  }

  /** Removes one route; false when there is none. */
  boolean remove(String path) {
    String clean = RoutePath.clean(path);
    if (routes.get(clean).isEmpty()) {
      return false;
    }
    LOG.log(System.Logger.Level.INFO, "Removing route " + clean);
    routes.remove(clean);
    return true;
  }

  /**
   * Makes the table the given one, route by route, those to be added first. What stays the same
   * keeps its last activity.
   *
   * @param given an object that has the data of each route by its path
   * @throws IllegalArgumentException when one of them is none; nothing is changed then
   */
  Difference replaceAll(JsonNode given) {
    if (!(given instanceof ObjectNode all)) {
      throw new IllegalArgumentException("An object is expected that has routes by their paths");
    }
    Map<String, Route> wanted = new LinkedHashMap<>();
    all.forEachEntry((path, data) -> {
      try {
        Route route = route(path, data);
        wanted.put(route.path(), route);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Route '" + path + "': " + e.getMessage(), e);
      }
    });
    int added = 0;
    int changed = 0;
    int removed = 0;
    for (Route route : wanted.values()) {
      Optional<Route> known = routes.get(route.path());
      if (known.isEmpty()) {
        added++;
        routes.add(route);
      } else if (!known.get().data().equals(route.data())) {
        changed++;
        routes.add(route);
      }
    }
    for (Route known : routes.all()) {
      if (!wanted.containsKey(known.path())) {
        removed++;
        routes.remove(known.path());
      }
    }
    LOG.log(
        System.Logger.Level.INFO,
        "All routes put: "
            + (added + " added, " + changed + " changed, " + removed + " removed, ")
            + (routes.size() + " now"));
    return new Difference(added, changed, removed);
  }

  private Route route(String path, JsonNode given) {
    if (!(given instanceof ObjectNode data) || !(data.get("target") instanceof StringNode target)) {
      LOG.log(System.Logger.Level.WARNING, "Bad POST data: " + shortened(given.toString()));
      throw new IllegalArgumentException("Must specify 'target' as string");
    }
    Target parsed = Target.parse(target.stringValue());
    String clean = RoutePath.clean(path.isEmpty() ? "/" : path);
    if (hostRouting && !clean.equals("/")) {
      data.put("host", clean.split("/", 3)[1]);
    }
    return new Route(clean, parsed, data, clock.millis());
  }

  private static String words(Route route) {
    return route.path() + " -> " + route.data().path("target").stringValue();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_LOGGED ? text : text.substring(0, MAX_LOGGED) + "…";
  }
}
