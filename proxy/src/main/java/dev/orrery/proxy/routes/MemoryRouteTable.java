package dev.orrery.proxy.routes;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Routes in memory. A request asks a hash map once for each slash in its path, the longest
 * beginning first, but for no more segments than the deepest route has: two or three questions for
 * the routes of a hub, however many there are, and no lock in the way of changes.
 */
public final class MemoryRouteTable implements RouteTable {

  /** Deeper routes are all counted here. */
  private static final int MAX_DEPTH = 32;

  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final AtomicIntegerArray depths = new AtomicIntegerArray(MAX_DEPTH + 1);

  @Override
  public Optional<Route> find(String path) {
    String key = RoutePath.key(path);
    int end = deepest(key);
    while (end > 0) {
      Route route = routes.get(key.substring(0, end));
      if (route != null) {
        return Optional.of(route);
      }
      end = key.lastIndexOf('/', end - 1);
    }
    return Optional.ofNullable(routes.get(""));
  }

  /** Where to start in {@code key}: the end of its last segment that a route could still have. */
  private int deepest(String key) {
    int depth = MAX_DEPTH;
    if (depths.get(depth) > 0) {
      return key.length();
    }
    while (depth > 0 && depths.get(depth) == 0) {
      depth--;
    }
    int end = 0;
    for (int segment = 0; segment < depth; segment++) {
      int slash = key.indexOf('/', end == 0 && segment == 0 ? 0 : end + 1);
      if (slash < 0) {
        return key.length();
      }
      end = slash;
    }
    return end;
  }

  @Override
  public Optional<Route> get(String path) {
    return Optional.ofNullable(routes.get(RoutePath.key(path)));
  }

  @Override
  public Collection<Route> all() {
    return List.copyOf(routes.values());
  }

  @Override
  public void add(Route route) {
    String key = RoutePath.key(route.path());
    // Counted first: a search in between looks too deep, never not deep enough.
    depths.incrementAndGet(depth(key));
    var replaced = new boolean[1];
    routes.compute(
        key,
        (_, earlier) -> {
          replaced[0] = earlier != null;
          if (earlier != null) {
            route.continues(earlier);
          }
          return route;
        });
    if (replaced[0]) {
      depths.decrementAndGet(depth(key));
    }
  }

  @Override
  public Optional<Route> remove(String path) {
    String key = RoutePath.key(path);
    Route removed = routes.remove(key);
    if (removed != null) {
      depths.decrementAndGet(depth(key));
    }
    return Optional.ofNullable(removed);
  }

  @Override
  public int size() {
    return routes.size();
  }

  private static int depth(String key) {
    if (key.isEmpty()) {
      return 0;
    }
    int depth = 1;
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) == '/') {
        depth++;
      }
    }
    return Math.min(depth, MAX_DEPTH);
  }
}
