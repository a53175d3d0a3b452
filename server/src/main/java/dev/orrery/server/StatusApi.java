package dev.orrery.server;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.Routes;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.Kernels;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.Timestamps;
import dev.orrery.server.settings.FrontSettings;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.telemetry.Metrics;
import dev.orrery.web.Assets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.IntSupplier;

/** What the server says about itself: version, status, metrics; and the order to stop. */
final class StatusApi {

  private static final System.Logger LOG = System.getLogger(StatusApi.class.getName());

  private final FrontSettings settings;
  private final Access access;
  private final Kernels kernels;
  private final Activity activity;
  private final Metrics metrics;
  private final Runnable stop;

  StatusApi(
      FrontSettings settings,
      Access access,
      Kernels kernels,
      Activity activity,
      Metrics metrics,
      Runnable stop) {
    this.settings = settings;
    this.access = access;
    this.kernels = kernels;
    this.activity = activity;
    this.metrics = metrics;
    this.stop = stop;
  }

  void declare(Routes routes) {
    routes.add(
        Routes.Kind.API,
        "GET",
        "/api",
        access.openApi(
            e -> e.sendJson(200, Json.object().put("version", ServerSettings.SERVER_VERSION))));
    routes.add(Routes.Kind.API, "GET", "/api/status", access.api(this::status));
    routes.add(Routes.Kind.API, "POST", "/api/shutdown", access.api(this::shutdown));
    routes.add(Routes.Kind.API, "POST", "/api/security/csp-report", StatusApi::violation);
    for (String pattern : new String[] {"/api", "/api/status", "/api/shutdown"}) {
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
    var metricsPage =
        settings.authenticateMetrics() ? access.page(this::metrics) : (Handler) this::metrics;
    routes.add(Routes.Kind.PAGE, "GET", "/metrics", metricsPage);
    routes.add(Routes.Kind.PAGE, "GET", "/", access.page(e -> e.redirect(landing(e))));
    routes.add(
        Routes.Kind.PAGE,
        "GET",
        "/robots.txt",
        e ->
            e.send(
                200,
                "text/plain",
                "User-agent: *\nDisallow: /\n".getBytes(StandardCharsets.UTF_8)));
    routes.add(Routes.Kind.PAGE, "GET", "/favicon.ico", e -> asset(e, "favicon.ico"));
    routes.add(Routes.Kind.PAGE, "GET", "/static/favicon.ico", e -> asset(e, "favicon.ico"));
    // The pages ask for several pictures of one mark: busy, notebook, terminal.
    routes.add(Routes.Kind.PAGE, "GET", "/static/favicons/{name}", e -> asset(e, "favicon.ico"));
    routes.add(
        Routes.Kind.PAGE, "GET", "/static/notebook/favicons/{name}", e -> asset(e, "favicon.ico"));
    routes.add(
        Routes.Kind.PAGE, "GET", "/static/orrery/{name}", e -> asset(e, e.parameter("name")));
  }

  private String landing(Exchange exchange) {
    String query = exchange.rawQuery();
    return settings.landing() + (query.isEmpty() ? "" : "?" + query);
  }

  private static void asset(Exchange exchange, String name) {
    byte[] bytes =
        Assets.find(name)
            .orElseThrow(() -> new HttpException(404, "Nothing is here: " + exchange.rawPath()));
    exchange.set("Cache-Control", "max-age=86400");
    exchange.send(200, MediaTypes.ofName(name).orElse("application/octet-stream"), bytes);
  }

  private void status(Exchange exchange) {
    int connections = kernels.list().stream().mapToInt(Kernel::connections).sum();
    exchange.sendJson(
        200,
        Json.object()
            .put("connections", connections)
            .put("kernels", kernels.list().size())
            .put("last_activity", Timestamps.of(activity.last()))
            .put("started", Timestamps.of(activity.started())));
  }

  private void shutdown(Exchange exchange) {
    if (!settings.quitButton()) {
      throw new HttpException(
          403, "Shutting down from a page is switched off by ServerApp.quit_button");
    }
    exchange.sendEmpty(200);
    Thread.ofVirtual().start(stop);
  }

  /**
   * A browser tells that a page tried what the policy forbids; needs no login, as browsers send
   * none.
   */
  private static void violation(Exchange exchange) throws IOException {
    byte[] report;
    try (var in = exchange.body()) {
      report = in.readNBytes(4_096);
    }
    if (LOG.isLoggable(System.Logger.Level.WARNING)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Content security violation: " + new String(report, StandardCharsets.UTF_8));
    }
    exchange.sendEmpty(200);
  }

  private void metrics(Exchange exchange) {
    exchange.send(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        metrics.text().getBytes(StandardCharsets.UTF_8));
  }

  /** The numbers of a server besides its requests. */
  static void declareMetrics(
      Metrics metrics, Kernels kernels, IntSupplier terminals, Activity activity) {
    metrics.gauge(
        "terminal_currently_running_total", "Terminals that run", "", terminals::getAsInt);
    metrics.gauge(
        "kernel_currently_running_total", "Kernels that run", "", () -> kernels.list().size());
    metrics.gauge(
        "jupyter_server_info",
        "Version of the interface",
        "version=\"" + ServerSettings.SERVER_VERSION + "\"",
        () -> 1);
    metrics.gauge(
        "jupyter_server_started_timestamp_seconds",
        "When the server was started",
        "",
        () -> seconds(activity.started()));
    metrics.gauge(
        "jupyter_server_last_activity_timestamp_seconds",
        "When the server was last used",
        "",
        () -> seconds(activity.last()));
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1e3;
  }
}
