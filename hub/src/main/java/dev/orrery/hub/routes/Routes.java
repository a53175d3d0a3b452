package dev.orrery.hub.routes;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

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
  record Route(String target, ObjectNode data) {

    /** What JupyterHub marks its routes with; others are none of its business. */
    static final String OURS = "jupyterhub";

    public Route {
      data = data.deepCopy();
    }

    @Override
    public ObjectNode data() {
      return data.deepCopy();
    }

    /** Whether a hub has made it. */
    public boolean isOurs() {
      return data.has(OURS);
    }
  }

  /**
   * All routes by their paths, each of which begins and ends with a slash.
   *
   * @throws RoutesException when the proxy does not answer
   */
  Map<String, Route> all();

  /**
   * Adds a route of ours, or changes the one of that path.
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

  /**
   * Speaks to another proxy from now on, as all hubs of the same database do.
   *
   * @param api scheme, host and port of its API; nothing for the same as before
   * @param token its secret; nothing for the same as before
   */
  void move(Optional<URI> api, Optional<String> token);
}
