package dev.orrery.hub.metrics;

import dev.orrery.hub.store.Database;
import dev.orrery.telemetry.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The numbers JupyterHub tells Prometheus, by its names. What is counted in the database is counted
 * at most every few seconds, however often somebody asks.
 */
public final class HubMetrics {

  private static final System.Logger LOG = System.getLogger(HubMetrics.class.getName());
  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final double[] SPAWN = {0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 180, 300, 600};
  private static final double[] STOP = {
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
  };

  private final Metrics metrics = new Metrics();
  private final Database database;
  private final Clock clock;
  private final Metrics.Durations requests;
  private final Metrics.Durations spawns;
  private final Metrics.Durations stops;
  private final Metrics.Durations polls;
  private final Metrics.Durations logins;
  private final Metrics.Durations logouts;
  private final Metrics.Durations routeChecks;
  private final Metrics.Durations routesAdded;
  private final Metrics.Durations routesDeleted;
  private final Metrics.Durations startUp;
  private final Metrics.Counter reports;
  private Counts counts = new Counts(0, 0, 0, 0, 0);
  private Instant counted = Instant.MIN;

  private record Counts(long users, long running, long day, long week, long month) {}

  /**
   * Counts from now on.
   *
   * @param env may have another prefix for all names and other buckets, as JupyterHub knows them
   */
  public HubMetrics(Database database, Map<String, String> env, Clock clock) {
    this.database = database;
    this.clock = clock;
    String prefix = env.getOrDefault("JUPYTERHUB_METRICS_PREFIX", "jupyterhub") + "_";
    requests =
        metrics.durations(
            prefix + "request_duration_seconds",
            "Duration of all requests",
            "method",
            "handler",
            "code");
    spawns =
        metrics.durations(
            prefix + "server_spawn_duration_seconds",
            "Duration of starts of servers",
            buckets(env.get("JUPYTERHUB_SERVER_SPAWN_DURATION_SECONDS_BUCKETS"), SPAWN),
            "status",
            "reason");
    stops =
        metrics.durations(
            prefix + "server_stop_seconds",
            "Duration of stops of servers",
            buckets(env.get("JUPYTERHUB_SERVER_STOP_DURATION_SECONDS_BUCKETS"), STOP),
            "status");
    polls =
        metrics.durations(
            prefix + "server_poll_duration_seconds",
            "Duration of looks whether a server runs",
            "status");
    logins =
        metrics.durations(
            prefix + "login_duration_seconds", "Duration of attempts to log in", "status");
    logouts = metrics.durations(prefix + "logout_duration_seconds", "Duration of logouts");
    routeChecks =
        metrics.durations(
            prefix + "check_routes_duration_seconds",
            "Duration of comparisons of the proxy's routes with what they should be");
    routesAdded =
        metrics.durations(
            prefix + "proxy_add_duration_seconds", "Duration of additions of routes", "status");
    routesDeleted =
        metrics.durations(
            prefix + "proxy_delete_duration_seconds", "Duration of removals of routes", "status");
    startUp =
        metrics.durations(
            prefix + "hub_startup_duration_seconds", "Duration of the start of the hub");
    reports =
        metrics.counter(
            prefix + "csp_reports_total", "Reports of browsers about the content policy");
    gauge(prefix + "total_users", "People the hub knows", "", () -> counts().users());
    gauge(prefix + "running_servers", "Servers that run", "", () -> counts().running());
    String active = prefix + "active_users";
    String help = "People seen within a time";
    gauge(active, help, "period=\"24h\"", () -> counts().day());
    gauge(active, help, "period=\"7d\"", () -> counts().week());
    gauge(active, help, "period=\"30d\"", () -> counts().month());
  }

  private void gauge(String name, String help, String labels, Supplier<Long> value) {
    metrics.gauge(name, help, labels, () -> value.get().doubleValue());
  }

  private static double[] buckets(@Nullable String given, double[] standard) {
    if (given == null || given.isBlank()) {
      return standard;
    }
    try {
      return Arrays.stream(given.split(",", -1))
          .map(String::strip)
          .filter(text -> !text.equalsIgnoreCase("inf"))
          .mapToDouble(Double::parseDouble)
          .sorted()
          .toArray();
    } catch (NumberFormatException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The buckets '" + given + "' are not numbers with commas between; the usual ones count");
      return standard;
    }
  }

  private synchronized Counts counts() {
    Instant now = clock.instant();
    if (counted.plus(FRESH).isBefore(now)) {
      counts =
          database.read(tx ->
              new Counts(
                  tx.users().count(),
                  tx.servers().counts().ready(),
                  tx.users().seenSince(now.minus(Duration.ofDays(1))),
                  tx.users().seenSince(now.minus(Duration.ofDays(7))),
                  tx.users().seenSince(now.minus(Duration.ofDays(30)))));
      counted = now;
    }
    return counts;
  }

  /** All numbers as Prometheus text. */
  public String text() {
    return metrics.text();
  }

  /** Where the duration of each request goes. */
  public Metrics.Durations requests() {
    return requests;
  }

  /** Something that takes time, from now until {@link Timer#seconds} is asked. */
  public static Timer timer() {
    return new Timer(System.nanoTime());
  }

  /** When something began. */
  public record Timer(long began) {
    /** How long ago that is. */
    public double seconds() {
      return (System.nanoTime() - began) / 1e9;
    }
  }

  /**
   * A start came to its end.
   *
   * @param status success, failure (a refusal) or error
   * @param reason in a word; empty for none
   */
  public void spawned(Timer timer, String status, String reason) {
    spawns.observe(timer.seconds(), status, reason);
  }

  /** A stop came to its end. */
  public void stopped(Timer timer, boolean well) {
    stops.observe(timer.seconds(), well ? "success" : "failure");
  }

  /** Somebody looked whether a server runs. */
  public void polled(Timer timer, boolean running) {
    polls.observe(timer.seconds(), running ? "running" : "stopped");
  }

  /** Somebody tried to log in. */
  public void loggedIn(Timer timer, boolean well) {
    logins.observe(timer.seconds(), well ? "success" : "failure");
  }

  /** Somebody logged out. */
  public void loggedOut(Timer timer) {
    logouts.observe(timer.seconds());
  }

  /** The routes were compared. */
  public void checkedRoutes(Timer timer) {
    routeChecks.observe(timer.seconds());
  }

  /** A route was added. */
  public void routeAdded(Timer timer, boolean well) {
    routesAdded.observe(timer.seconds(), well ? "success" : "failure");
  }

  /** A route was removed. */
  public void routeDeleted(Timer timer, boolean well) {
    routesDeleted.observe(timer.seconds(), well ? "success" : "failure");
  }

  /** The hub has started. */
  public void started(Timer timer) {
    startUp.observe(timer.seconds());
  }

  /** A browser has told of something that the content policy forbids. */
  public void reported() {
    reports.increment();
  }
}
