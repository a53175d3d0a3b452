package dev.orrery.proxy.routes;

import java.util.Collection;
import java.util.Optional;

/**
 * The routes of a proxy: what {@code --storage-backend} names in configurable-http-proxy. Calls
 * come from many threads at once, {@link #find} once for each request; none may block. A change is
 * seen by every call that starts after it returned.
 */
public interface RouteTable {

  /**
   * The route with the longest path that {@code path} begins with, segment by segment; the route of
   * / is the last resort.
   *
   * @param path decoded; with host routing, the host is its first segment
   */
  Optional<Route> find(String path);

  /** The route of exactly this path, as {@link RoutePath#clean} spells it. */
  Optional<Route> get(String path);

  /** All routes, in no particular order; a snapshot that later changes leave alone. */
  Collection<Route> all();

  /**
   * Adds a route, in the place of an earlier one of the same path, whose traffic it goes on with.
   */
  void add(Route route);

  /** Removes the route of this path and gives it; nothing when there is none. */
  Optional<Route> remove(String path);

  /** How many routes there are. */
  int size();
}
