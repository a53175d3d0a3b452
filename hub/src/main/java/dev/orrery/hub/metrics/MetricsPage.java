package dev.orrery.hub.metrics;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.scopes.StandardScope;
import java.nio.charset.StandardCharsets;

/** The numbers of a hub, for Prometheus. */
public final class MetricsPage {

  private final HubMetrics metrics;
  private final Access access;
  private final boolean open;

  /**
   * Tells {@code metrics}.
   *
   * @param open whether anybody may read them
   */
  public MetricsPage(HubMetrics metrics, Access access, boolean open) {
    this.metrics = metrics;
    this.access = access;
    this.open = open;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    Handler page =
        open
            ? this::show
            : access.api(
                Needs.everywhere(StandardScope.READ_METRICS), (exchange, _) -> show(exchange));
    routes.add(Routes.Kind.API, "GET", "/metrics", page);
    routes.add(Routes.Kind.API, "GET", "/api/metrics", page);
  }

  private void show(Exchange exchange) {
    exchange.set("Cache-Control", "no-store");
    exchange.send(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        metrics.text().getBytes(StandardCharsets.UTF_8));
  }
}
