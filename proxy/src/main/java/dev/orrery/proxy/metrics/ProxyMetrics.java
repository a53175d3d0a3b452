package dev.orrery.proxy.metrics;

import dev.orrery.proxy.forward.ForwardEvents;
import dev.orrery.proxy.forward.Forwarding;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.routes.Traffic;
import dev.orrery.telemetry.Metrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The numbers of one proxy. Thread-safe, cheap enough for every request. */
public final class ProxyMetrics implements ForwardEvents {

  private static final int PAGE = 4_096;

  private final Metrics metrics = new Metrics();
  private final Metrics.Counter routeReads =
      metrics.counter("api_route_get", "How often all routes were read through the API");
  private final Metrics.Counter routeAdditions =
      metrics.counter("api_route_add", "Routes added through the API");
  private final Metrics.Counter routeDeletions =
      metrics.counter("api_route_delete", "Requests through the API to remove a route");
  private final Metrics.Totals searches =
      metrics.totals("find_target_for_req", "Searches for the route of a request, in seconds");
  private final Metrics.Counter webSockets =
      metrics.counter("requests_ws", "Requests for a WebSocket or another upgrade");
  private final Metrics.Counter requests =
      metrics.counter("requests_web", "Requests of every other kind");
  private final Metrics.Counter answers =
      metrics.counter("requests_proxy", "Answers to clients, by status", "status");
  private final Metrics.Counter apiAnswers =
      metrics.counter("requests_api", "Answers of the API, by status", "status");

  private final Metrics.Counter turnedAway =
      metrics.counter("connections_refused", "Connections that were one too many");

  /** Starts to count, at 0. */
  public ProxyMetrics() {
    // Shown because dashboards ask for it; noting an activity is one write, and not measured.
    metrics.totals("last_activity_updating", "Noting the last activity of a route, in seconds");
    var runtime = ManagementFactory.getRuntimeMXBean();
    var memory = ManagementFactory.getMemoryMXBean();
    gauge("process_start_time_seconds", "When this process began", runtime.getStartTime() / 1e3);
    metrics.gauge(
        "process_cpu_seconds_total", "CPU time of this process", "", ProxyMetrics::cpuSeconds);
    metrics.gauge(
        "process_resident_memory_bytes",
        "Memory of this process that is in RAM",
        "",
        ProxyMetrics::resident);
    metrics.gauge("process_open_fds", "Open files and sockets", "", ProxyMetrics::openFiles);
    metrics.gauge(
        "jvm_memory_heap_used_bytes",
        "Java objects, dead ones included",
        "",
        () -> memory.getHeapMemoryUsage().getUsed());
    metrics.gauge(
        "jvm_memory_heap_max_bytes",
        "How much they may take",
        "",
        () -> maximum(memory.getHeapMemoryUsage()));
  }

  /** Tells from now on what goes through this proxy at the moment of asking. */
  public void watch(RouteTable routes, Forwarding forwarding) {
    metrics.gauge("routes", "Routes in the table", "", routes::size);
    metrics.gauge("connections_open", "Connections of clients", "", forwarding::connections);
    metrics.gauge(
        "requests_open",
        "Requests and tunnels that have begun and not ended",
        "",
        () -> sum(routes, Traffic.Numbers::open));
    metrics.gauge(
        "tunnels_open",
        "WebSockets and other streams in both directions",
        "",
        () -> sum(routes, Traffic.Numbers::tunnels));
  }

  private static long sum(RouteTable routes, ToLongFunction<Traffic.Numbers> number) {
    return routes.all().stream().mapToLong(r -> number.applyAsLong(r.traffic().numbers())).sum();
  }

  private void gauge(String name, String help, double constant) {
    metrics.gauge(name, help, "", () -> constant);
  }

  private static double maximum(MemoryUsage usage) {
    return usage.getMax();
  }

  private static double cpuSeconds() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(time -> time.toNanos() / 1e9)
        .orElse(Double.NaN);
  }

  private static double resident() {
    try {
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
      return Double.parseDouble(pages[1]) * PAGE;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Someone read the whole table. */
  public void routesRead() {
    routeReads.increment();
  }

  /** A route was added through the API. */
  public void routeAdded() {
    routeAdditions.increment();
  }

  /** Someone asked through the API for a route to be removed, whether or not it was there. */
  public void routeDeleted() {
    routeDeletions.increment();
  }

  @Override
  public void lookedUp(long nanos) {
    searches.observeNanos(nanos);
  }

  @Override
  public void upgradeRequest() {
    webSockets.increment();
  }

  @Override
  public void webRequest() {
    requests.increment();
  }

  @Override
  public void turnedAway() {
    turnedAway.increment();
  }

  @Override
  public void answered(int status) {
    answers.increment(Integer.toString(status));
  }

  /** A request to the API was answered with this status. */
  public void apiAnswered(int status) {
    apiAnswers.increment(Integer.toString(status));
  }

  /** All numbers as Prometheus text. */
  public String text() {
    return metrics.text();
  }
}
