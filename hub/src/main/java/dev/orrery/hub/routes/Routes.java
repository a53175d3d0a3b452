package dev.orrery.hub.routes;

import java.util.Map;

/**
 * The table of a proxy: which path leads where. Thread-safe; methods block, for some seconds at
 * most.
 */
public interface Routes {

  /**
   * One way.
   *
   * @param target scheme, host and port
   * @param data what is kept with it
   */
  record Route(String target, Map<String, String> data) {
    public Route {
      data = Map.copyOf(data);
    }
  }

  /**
   * All routes by their paths, each of which begins and ends with a slash.
   *
   * @throws RoutesException when the proxy does not answer
   */
  Map<String, Route> all();

  /**
   * Adds a route, or changes the one of that path.
   *
   * @throws RoutesException when the proxy does not answer
   */
  void put(String path, Route route);

  /**
   * Takes a route away; nothing happens when there is none.
   *
   * @throws RoutesException when the proxy does not answer
   */
  void remove(String path);
}
