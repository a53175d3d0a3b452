package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What people come upon in place of a server, and the way to their own. */
public final class UserPages {

  private static final int MOST_REDIRECTS = 4;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Database database;
  private final Access access;
  private final ServerSettings settings;
  private final Site site;
  private final Places places;

  /** Answers for the servers that {@code database} knows. */
  public UserPages(Database database, Access access, ServerSettings settings, Site site) {
    this.database = database;
    this.access = access;
    this.settings = settings;
    this.site = site;
    this.places = new Places(database, site.addresses());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String path = "/user/{user}/{rest*}";
    routes.add(Routes.Kind.PAGE, "GET", path, access.instead(this::notRunning));
    for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
      routes.add(Routes.Kind.API, method, path, this::refuse);
    }
    routes.add(Routes.Kind.PAGE, "GET", "/user-redirect/{rest*}", access.page(this::toOwn));
  }

  /** The proxy leads here when there is no server where somebody wants to go. */
  private void notRunning(Exchange exchange, Visitor visitor) {
    String owner = exchange.parameter("user");
    String rest = exchange.parameter("rest");
    String first = rest.split("/", 2)[0];
    boolean mayStandard = visitor.may(StandardScope.ACCESS_SERVERS, new Resource.Server(owner, ""));
    boolean mayFirst =
        !first.isEmpty()
            && visitor.may(StandardScope.ACCESS_SERVERS, new Resource.Server(owner, first));
    if (!mayStandard && !mayFirst) {
      throw Places.nothing();
    }
    User user = database.read(tx -> tx.users().find(owner)).orElseThrow(Places::nothing);
    Optional<UserServer> named =
        settings.namedServers() && !first.isEmpty()
            ? database.read(tx -> tx.servers().find(user.id(), first))
            : Optional.empty();
    if (named.isPresent() ? !mayFirst : !mayStandard) {
      throw Places.nothing();
    }
    var place = new Places.Place(user, named.map(UserServer::name).orElse(""));
    Optional<UserServer> server = named.or(() -> places.find(place));
    exchange.set("Cache-Control", "no-store");
    if (server.map(UserServer::isReady).orElse(false)) {
      toServer(exchange);
      return;
    }
    if (wantsJson(exchange, rest)) {
      tellPrograms(exchange, place);
      return;
    }
    if (server.flatMap(UserServer::pending).isPresent()
        || server.flatMap(UserServer::work).isPresent()) {
      exchange.redirect(Places.then(places.page("spawn-pending", place), there(exchange)));
      return;
    }
    boolean mayStart =
        visitor.may(StandardScope.SERVERS, new Resource.Server(owner, place.server()));
    String start = mayStart ? Places.then(places.page("spawn", place), there(exchange)) : "";
    Duration pause = site.settings().implicitSpawn();
    String ahead =
        mayStart && pause.isPositive()
            ? String.format(Locale.ROOT, "%.0f", Math.ceil(pause.toMillis() / 1000.0))
                + "; url="
                + start
            : "";
    Frame frame = site.frame(exchange, visitor, "stopped");
    site.send(
        exchange,
        site.settings().stoppedStatus(),
        out ->
            JtestoppedGenerated.render(
                out, Site.NOBODY, frame, stopped(frame, visitor, place), false, start, ahead));
  }

  /** Says that a server is stopped, to its owner or to somebody else. */
  static String stopped(Frame frame, Visitor visitor, Places.Place place) {
    if (!place.user().name().equals(visitor.name())) {
      return frame.say("stopped.other", place.user().name());
    }
    return place.server().isEmpty()
        ? frame.say("stopped.own")
        : frame.say("stopped.named", place.server());
  }

  /** The same path at the server, which starts with the base path whatever the request says. */
  private String there(Exchange exchange) {
    String rest = exchange.rawPath().substring(site.addresses().hubPath().length());
    String query = exchange.rawQuery();
    return site.addresses().basePath() + rest + (query.isEmpty() ? "" : "?" + query);
  }

  /**
   * The server runs, and its route is about to be there: once more, each time a little later.
   *
   * @throws HttpException 503 when that leads in circles
   */
  private void toServer(Exchange exchange) {
    int before = exchange.query("redirects").map(UserPages::number).orElse(0);
    if (before >= MOST_REDIRECTS) {
      throw new HttpException(
          503,
          "The server runs, but the proxy does not lead to it. Wait a minute, then open it from the"
              + " start page");
    }
    if (before > 0) {
      try {
        Thread.sleep(Math.min(1000L << before, LONGEST_PAUSE.toMillis()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    String target = there(exchange);
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String query =
        mark < 0
            ? ""
            : String.join(
                "&",
                Arrays.stream(target.substring(mark + 1).split("&", 1000))
                    .filter(pair -> !pair.isEmpty() && !pair.startsWith("redirects="))
                    .toList());
    exchange.redirect(
        path + "?" + (query.isEmpty() ? "" : query + "&") + "redirects=" + (before + 1));
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
  }

  private static boolean wantsJson(Exchange exchange, String rest) {
    String accept = exchange.header("Accept").orElse("");
    return Arrays.asList(rest.split("/", -1)).contains("api")
        || accept.contains("application/json") && !accept.contains("text/html");
  }

  private void tellPrograms(Exchange exchange, Places.Place place) {
    exchange.sendJson(
        site.settings().stoppedStatus(),
        Json.object()
            .put(
                "message",
                "JupyterHub server no longer running at "
                    + exchange.rawPath().substring(site.addresses().hubPath().length() - 1)
                    + ". Restart the server at "
                    + places.page("spawn", place)));
  }

  /** What is sent to a server that does not run is not answered, whoever sends it. */
  private void refuse(Exchange exchange) {
    exchange.sendJson(
        site.settings().stoppedStatus(),
        Json.object()
            .put(
                "message",
                "JupyterHub server no longer running at "
                    + exchange.rawPath().substring(site.addresses().hubPath().length() - 1)
                    + ". Restart the server at "
                    + places.page("spawn", exchange.parameter("user"), "")));
  }

  /** To the same page of one's own server, which is started for that. */
  private void toOwn(Exchange exchange, Visitor visitor) {
    String mark = site.hub("user-redirect");
    String rest = exchange.rawPath().substring(mark.length()).replaceFirst("^/+", "");
    String query = exchange.rawQuery();
    var place = new Places.Place(HomePages.user(visitor), site.settings().defaultServer());
    String target = places.server(place) + rest + (query.isEmpty() ? "" : "?" + query);
    exchange.redirect(Places.then(places.page("spawn", place), target));
  }
}
