package dev.orrery.hub.metrics;

import dev.orrery.hub.routes.Routes;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** The table of a proxy, with the time that each change takes. */
public final class MeasuredRoutes implements Routes {

  private final Routes routes;
  private final HubMetrics metrics;

  /** Measures what is done with {@code routes}. */
  public MeasuredRoutes(Routes routes, HubMetrics metrics) {
    this.routes = routes;
    this.metrics = metrics;
  }

  @Override
  public Map<String, Route> all() {
    return routes.all();
  }

  @Override
  public void put(String path, Route route) {
    HubMetrics.Timer timer = HubMetrics.timer();
    boolean well = false;
    try {
      routes.put(path, route);
      well = true;
    } finally {
      metrics.routeAdded(timer, well);
    }
  }

  @Override
  public void remove(String path) {
    HubMetrics.Timer timer = HubMetrics.timer();
    boolean well = false;
    try {
      routes.remove(path);
      well = true;
    } finally {
      metrics.routeDeleted(timer, well);
    }
  }

  @Override
  public void move(Optional<URI> api, Optional<String> token) {
    routes.move(api, token);
  }
}
