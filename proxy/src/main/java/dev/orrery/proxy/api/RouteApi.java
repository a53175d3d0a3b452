package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.proxy.metrics.ProxyMetrics;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.RoutePath;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.routes.Traffic;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The REST API of the routes, {@code /api/routes}: what configurable-http-proxy answers, with the
 * same words. Beyond it, {@code PUT} sets all routes at once, {@code /api/replica} says which one
 * of several proxies this is and whether its table is complete, and {@code /api/traffic} what went
 * through each route.
 */
public final class RouteApi implements Endpoint {

  private static final System.Logger LOG = System.getLogger(RouteApi.class.getName());
  private static final String ROOT = "/api/routes";
  private static final String JSON = "application/json";
  private static final String REPLICA = "/api/replica";
  private static final String TRAFFIC = "/api/traffic";
  private static final List<String> ROUTE_METHODS = List.of("GET", "POST", "DELETE");
  private static final List<String> TABLE_METHODS = List.of("GET", "POST", "DELETE", "PUT");
  private static final int MAX_ROUTE = 1 << 20;

  /** Of all routes at once: those of some hundred thousand users. */
  private static final int MAX_TABLE = 64 << 20;

  private static final Pattern TOKEN = Pattern.compile("token\\s+(\\S+)");

  private final RouteTable routes;
  private final RouteChanges changes;
  private final Replica replica;
  private final Optional<byte[]> token;
  private final ProxyMetrics metrics;

  /**
   * Puts an API before a table.
   *
   * @param replica told when all routes were put
   * @param token what callers have to know; without one everybody may call
   * @param hostRouting whether the first segment of each route is a host
   */
  public RouteApi(
      RouteTable routes,
      Replica replica,
      Optional<String> token,
      boolean hostRouting,
      ProxyMetrics metrics,
      Clock clock) {
    this.routes = routes;
    this.changes = new RouteChanges(routes, hostRouting, clock);
    this.replica = replica;
    this.token = token.map(text -> text.getBytes(UTF_8));
    this.metrics = metrics;
  }

  /**
   * Adds the route of everything that no other route is for.
   *
   * @throws IllegalArgumentException when {@code target} is none, with a sentence about it
   */
  public void addDefault(String target) {
    ObjectNode data = RouteJson.object();
    data.put("target", target);
    changes.add("/", data);
  }

  @Override
  public Optional<Answer> beforeBody(Request request) {
    String path = path(request);
    List<String> methods = methods(path);
    if (methods.isEmpty()) {
      return Optional.of(Answer.notFound());
    }
    if (!methods.contains(request.method())) {
      return Optional.of(Answer.refused(405, "Method not supported"));
    }
    if (!authorized(request)) {
      LOG.log(
          System.Logger.Level.DEBUG,
          request.authorization().isEmpty()
              ? "Rejecting API request without authorization"
              : "Rejecting API request with another authorization");
      return Optional.of(Answer.empty(403));
    }
    return Optional.empty();
  }

  /** What may be done at a path; nothing where there is none. */
  private static List<String> methods(String path) {
    Optional<String> below = below(path);
    if (below.isPresent()) {
      boolean all = below.get().isEmpty() || below.get().equals("/");
      return all ? TABLE_METHODS : ROUTE_METHODS;
    }
    return path.equals(REPLICA) || path.equals(TRAFFIC) ? List.of("GET") : List.of();
  }

  @Override
  public int mostBytes(Request request) {
    return request.method().equals("PUT") ? MAX_TABLE : MAX_ROUTE;
  }

  @Override
  public Answer answer(Request request, byte[] body) {
    Optional<String> below = below(path(request));
    if (below.isEmpty()) {
      return signed(path(request).equals(REPLICA) ? replica() : traffic());
    }
    Optional<String> path = RoutePath.decode(below.get());
    if (path.isEmpty()) {
      return Answer.refused(400, "The path is not percent-encoded UTF-8");
    }
    String decoded = path.get().isEmpty() ? "/" : path.get();
    return signed(
        switch (request.method()) {
          case "GET" -> decoded.equals("/") ? list(request) : get(decoded);
          case "POST" -> post(decoded, body);
          case "PUT" -> put(body);
          default -> delete(decoded);
        });
  }

  /** Says of every answer whose it is, so that a hub sees at once that a table is gone. */
  private Answer signed(Answer answer) {
    return answer
        .with("X-Orrery-Instance", replica.instance())
        .with("X-Orrery-Ready", Boolean.toString(replica.isReady()));
  }

  @Override
  public void answered(Request request, Answer answer) {
    metrics.apiAnswered(answer.status());
    System.Logger.Level level =
        answer.status() < 400
            ? System.Logger.Level.INFO
            : answer.status() < 500 ? System.Logger.Level.WARNING : System.Logger.Level.ERROR;
    LOG.log(
        level,
        answer.status() + " " + request.method() + " " + request.path() + " " + answer.note());
  }

  private static String path(Request request) {
    String target = request.origin();
    int query = target.indexOf('?');
    return RoutePath.withoutDots(query < 0 ? target : target.substring(0, query));
  }

  /** What follows {@code /api/routes} in a path, still encoded; nothing for every other path. */
  private static Optional<String> below(String path) {
    boolean ours =
        path.startsWith(ROOT)
            && (path.length() == ROOT.length() || path.charAt(ROOT.length()) == '/');
    return ours ? Optional.of(path.substring(ROOT.length())) : Optional.empty();
  }

  private boolean authorized(Request request) {
    if (token.isEmpty()) {
      return true;
    }
    Matcher match = TOKEN.matcher(request.authorization());
    return match.find() && MessageDigest.isEqual(match.group(1).getBytes(UTF_8), token.get());
  }

  private Answer list(Request request) {
    String since =
        Query.first(request.query(), "inactiveSince")
            .or(() -> Query.first(request.query(), "inactive_since"))
            .orElse("");
    Optional<Instant> limit = JsDate.parse(since, ZoneId.systemDefault());
    if (!since.isEmpty() && limit.isEmpty()) {
      return Answer.refused(400, "Invalid datestamp '" + since + "' must be ISO8601.");
    }
    ObjectNode all = RouteJson.object();
    routes.all().stream()
        .filter(route -> limit.isEmpty() || route.lastActivity().isBefore(limit.get()))
        .sorted(Comparator.comparing(Route::path))
        .forEach(route -> all.set(route.path(), route.toJson()));
    metrics.routesRead();
    return Answer.of(JSON, RouteJson.bytes(all));
  }

  private Answer get(String path) {
    return routes
        .get(RoutePath.clean(path))
        .map(route -> Answer.of(JSON, RouteJson.bytes(route.toJson())))
        .orElseGet(() -> Answer.empty(404));
  }

  private Answer post(String path, byte[] body) {
    Answer answer =
        changed(
            body,
            given -> {
              changes.add(path, given);
              return Answer.empty(201);
            });
    if (answer.status() == 201) {
      metrics.routeAdded();
    }
    return answer;
  }

  private Answer put(byte[] body) {
    return changed(
        body,
        given -> {
          RouteChanges.Difference difference = changes.replaceAll(given);
          replica.fill();
          ObjectNode told = RouteJson.object();
          told.put("added", difference.added());
          told.put("changed", difference.changed());
          told.put("removed", difference.removed());
          return Answer.of(JSON, RouteJson.bytes(told));
        });
  }

  private static Answer changed(byte[] body, Function<JsonNode, Answer> change) {
    try {
      return change.apply(RouteJson.parse(body));
    } catch (JacksonException e) {
      return Answer.refused(400, "Body not valid JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return Answer.refused(400, String.valueOf(e.getMessage()));
    }
  }

  private Answer delete(String path) {
    metrics.routeDeleted();
    return Answer.empty(changes.remove(path) ? 204 : 404);
  }

  private Answer replica() {
    ObjectNode told = RouteJson.object();
    told.put("instance", replica.instance());
    told.put("ready", replica.isReady());
    told.put("routes", routes.size());
    told.put("started", replica.started().toString());
    replica.filled().ifPresent(time -> told.put("filled", time.toString()));
    return Answer.of(JSON, RouteJson.bytes(told));
  }

  private Answer traffic() {
    ObjectNode all = RouteJson.object();
    routes.all().stream()
        .sorted(Comparator.comparing(Route::path))
        .forEach(route -> {
          Traffic.Numbers numbers = route.traffic().numbers();
          ObjectNode one = RouteJson.object();
          one.put("requests", numbers.requests());
          one.put("failures", numbers.failures());
          one.put("refusals", numbers.refusals());
          one.put("received", numbers.received());
          one.put("sent", numbers.sent());
          one.put("open", numbers.open());
          one.put("tunnels", numbers.tunnels());
          all.set(route.path(), one);
        });
    return Answer.of(JSON, RouteJson.bytes(all));
  }
}
