package dev.orrery.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.proxy.metrics.ProxyMetrics;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.RoutePath;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.routes.Target;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The REST API of the routes, {@code /api/routes}: what configurable-http-proxy answers, with the
 * same words.
 */
public final class RouteApi implements Endpoint {

  private static final System.Logger LOG = System.getLogger(RouteApi.class.getName());
  private static final String ROOT = "/api/routes";
  private static final String JSON = "application/json";
  private static final List<String> METHODS = List.of("GET", "POST", "DELETE");
  private static final Pattern TOKEN = Pattern.compile("token\\s+(\\S+)");
  private static final int MAX_LOGGED = 200;

  private final RouteTable routes;
  private final Optional<byte[]> token;
  private final boolean hostRouting;
  private final ProxyMetrics metrics;
  private final Clock clock;

  /**
   * Puts an API before a table.
   *
   * @param token what callers have to know; without one everybody may call
   * @param hostRouting whether the first segment of each route is a host
   */
  public RouteApi(
      RouteTable routes,
      Optional<String> token,
      boolean hostRouting,
      ProxyMetrics metrics,
      Clock clock) {
    this.routes = routes;
    this.token = token.map(text -> text.getBytes(UTF_8));
    this.hostRouting = hostRouting;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Adds the route of everything that no other route is for.
   *
   * @throws IllegalArgumentException when {@code target} is none, with a sentence about it
   */
  public void addDefault(String target) {
    ObjectNode data = RouteJson.object();
    data.put("target", target);
    add("/", Target.parse(target), data);
  }

  @Override
  public Optional<Answer> beforeBody(Request request) {
    Optional<String> below = below(request);
    if (below.isEmpty()) {
      return Optional.of(Answer.notFound());
    }
    if (!METHODS.contains(request.method())) {
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

  @Override
  public Answer answer(Request request, byte[] body) {
    Optional<String> path = RoutePath.decode(below(request).orElse(""));
    if (path.isEmpty()) {
      return Answer.refused(400, "The path is not percent-encoded UTF-8");
    }
    String decoded = path.get().isEmpty() ? "/" : path.get();
    return switch (request.method()) {
      case "GET" -> decoded.equals("/") ? list(request) : get(decoded);
      case "POST" -> post(decoded, body);
      default -> delete(decoded);
    };
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

  /** What follows {@code /api/routes} in a path, still encoded; nothing for every other path. */
  private static Optional<String> below(Request request) {
    String target = request.origin();
    int query = target.indexOf('?');
    String path = RoutePath.withoutDots(query < 0 ? target : target.substring(0, query));
    return path.startsWith(ROOT) && (path.length() == ROOT.length() || path.charAt(11) == '/')
        ? Optional.of(path.substring(ROOT.length()))
        : Optional.empty();
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
    JsonNode given;
    try {
      given = RouteJson.parse(body);
    } catch (JacksonException e) {
      return Answer.refused(400, "Body not valid JSON: " + e.getOriginalMessage());
    }
    if (!(given instanceof ObjectNode data) || !(data.get("target") instanceof StringNode target)) {
      LOG.log(System.Logger.Level.WARNING, "Bad POST data: " + shortened(given.toString()));
      return Answer.refused(400, "Must specify 'target' as string");
    }
    try {
      add(path, Target.parse(target.stringValue()), data);
    } catch (IllegalArgumentException e) {
      return Answer.refused(400, String.valueOf(e.getMessage()));
    }
    metrics.routeAdded();
    return Answer.empty(201);
  }

  private void add(String path, Target target, ObjectNode data) {
    String clean = RoutePath.clean(path);
    if (hostRouting && !clean.equals("/")) {
      data.put("host", clean.split("/", 3)[1]);
    }
    String words = clean + " -> " + data.path("target").stringValue();
    LOG.log(System.Logger.Level.INFO, "Adding route " + words);
    routes.add(new Route(clean, target, data, clock.millis()));
    LOG.log(System.Logger.Level.INFO, "Route added " + words);
  }

  private Answer delete(String path) {
    String clean = RoutePath.clean(path);
    metrics.routeDeleted();
    if (routes.get(clean).isEmpty()) {
      return Answer.empty(404);
    }
    LOG.log(System.Logger.Level.INFO, "Removing route " + clean);
    routes.remove(clean);
    return Answer.empty(204);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_LOGGED ? text : text.substring(0, MAX_LOGGED) + "…";
  }
}
