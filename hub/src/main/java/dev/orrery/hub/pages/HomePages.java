package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.servers.Progress;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.web.Assets;
import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What a person sees of their servers: the start page, a start under way, one that is not there.
 */
public final class HomePages {

  private final Database database;
  private final Access access;
  private final ServerLifecycle servers;
  private final HubSettings.Addresses addresses;
  private final PageFrame frame;
  private final String hubPath;

  /** Shows what {@code database} knows. */
  public HomePages(
      Database database, Access access, ServerLifecycle servers, HubSettings.Addresses addresses) {
    this.database = database;
    this.access = access;
    this.servers = servers;
    this.addresses = addresses;
    this.hubPath = addresses.hubPath();
    this.frame = HubFrame.of(hubPath);
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/", access.page(this::start));
    routes.add(Routes.Kind.PAGE, "GET", "/home", access.page(this::home));
    routes.add(Routes.Kind.PAGE, "POST", "/home/stop", access.page(this::stop));
    routes.add(Routes.Kind.PAGE, "GET", "/spawn", access.page(this::spawn));
    routes.add(Routes.Kind.PAGE, "POST", "/spawn", access.page(this::spawn));
    routes.add(Routes.Kind.PAGE, "GET", "/spawn/{user}", access.page(this::spawn));
    routes.add(Routes.Kind.PAGE, "GET", "/spawn/{user}/{server}", access.page(this::spawn));
    routes.add(Routes.Kind.PAGE, "GET", "/spawn-pending/{user}", access.page(this::pending));
    routes.add(
        Routes.Kind.PAGE, "GET", "/spawn-pending/{user}/{server}", access.page(this::pending));
    routes.add(Routes.Kind.PAGE, "GET", "/user/{user}/{rest*}", access.page(this::notRunning));
    routes.add(Routes.Kind.PAGE, "GET", "/static/{name}", HomePages::asset);
  }

  private static void asset(Exchange exchange) {
    String name = exchange.parameter("name");
    byte[] bytes =
        Assets.find(name)
            .orElseThrow(() -> new HttpException(404, "Nothing is here: " + exchange.rawPath()));
    exchange.set("Cache-Control", "max-age=86400");
    exchange.send(200, MediaTypes.ofName(name).orElse("application/octet-stream"), bytes);
  }

  private static User user(Visitor visitor) {
    return visitor
        .user()
        .orElseThrow(() -> new HttpException(403, "Only people have a start page"));
  }

  /** To the server that runs, or to where it can be started. */
  private void start(Exchange exchange, Visitor visitor) {
    if (!addresses.defaultUrl().isEmpty()) {
      exchange.redirect(addresses.defaultUrl());
      return;
    }
    boolean ready =
        database
            .read(tx -> tx.servers().find(user(visitor).id(), ""))
            .map(UserServer::isReady)
            .orElse(false);
    exchange.redirect(
        ready
            ? Paths.of(addresses.basePath(), visitor.name(), "")
            : hubPath + (addresses.redirectToServer() ? "spawn" : "home"));
  }

  private void home(Exchange exchange, Visitor visitor) {
    Optional<UserServer> server = database.read(tx -> tx.servers().find(user(visitor).id(), ""));
    String token = Html.escape(access.xsrfToken(exchange, Optional.of(visitor)));
    boolean active = server.map(UserServer::isActive).orElse(false);
    String open =
        active
            ? """
            <p><a class="button" id="start" href="%s">My server</a></p>
            <form method="post" action="%shome/stop">
              <input type="hidden" name="_xsrf" value="%s">
              <button class="quiet" id="stop" type="submit">Stop my server</button>
            </form>
            """
                .formatted(
                    Html.escape(Paths.of(addresses.basePath(), visitor.name(), "")),
                    Html.escape(hubPath),
                    token)
            : "<p><a class=\"button\" id=\"start\" href=\"%sspawn\">Start my server</a></p>"
                .formatted(Html.escape(hubPath));
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(
        200,
        frame.html(
            "Hello, " + visitor.name(),
            "<p>%s</p>%s<p><a href=\"%slogout\">Log out</a></p>"
                .formatted(
                    active ? "Your server runs." : "Your server is stopped.",
                    open,
                    Html.escape(hubPath))));
  }

  private void stop(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> form = exchange.form();
    access.checkForm(exchange, Optional.of(visitor), Optional.ofNullable(form.get("_xsrf")));
    database
        .read(tx -> tx.servers().find(user(visitor).id(), ""))
        .ifPresent(server -> servers.stop(server, false));
    exchange.redirect(hubPath + "home");
  }

  private record Of(User user, String server) {}

  /** Whose server the address means, if the visitor may do that to it. */
  private Of of(Exchange exchange, Visitor visitor, StandardScope scope) {
    String owner =
        exchange.route().contains("{user}") ? exchange.parameter("user") : visitor.name();
    String server = exchange.route().contains("{server}") ? exchange.parameter("server") : "";
    if (!visitor.may(scope, new Resource.Server(owner, server))) {
      throw new HttpException(404, "There is no server here that you may use");
    }
    return new Of(
        database
            .read(tx -> tx.users().find(owner))
            .orElseThrow(() -> new HttpException(404, "There is no server here that you may use")),
        server);
  }

  private void spawn(Exchange exchange, Visitor visitor) {
    Of of = of(exchange, visitor, StandardScope.SERVERS);
    Optional<UserServer> known =
        database.read(tx -> tx.servers().find(of.user().id(), of.server()));
    String path = Paths.of(addresses.basePath(), of.user().name(), of.server());
    if (known.map(UserServer::isReady).orElse(false)) {
      exchange.redirect(path);
      return;
    }
    if (known.flatMap(UserServer::pending).isEmpty()) {
      servers.start(of.user(), of.server(), Optional.empty(), Optional.empty());
    }
    boolean ready =
        database
            .read(tx -> tx.servers().find(of.user().id(), of.server()))
            .map(UserServer::isReady)
            .orElse(false);
    exchange.redirect(ready ? path : pendingPath(of));
  }

  private String pendingPath(Of of) {
    return below("spawn-pending/", of);
  }

  private String spawnPath(Of of) {
    return below("spawn/", of);
  }

  private String below(String page, Of of) {
    return hubPath
        + page
        + Paths.escaped(of.user().name())
        + (of.server().isEmpty() ? "" : "/" + Paths.escaped(of.server()));
  }

  private void pending(Exchange exchange, Visitor visitor) {
    Of of = of(exchange, visitor, StandardScope.READ_SERVERS);
    UserServer server =
        database
            .read(tx -> tx.servers().find(of.user().id(), of.server()))
            .orElseThrow(() -> new HttpException(404, "There is no such server"));
    if (server.isReady()) {
      exchange.redirect(Paths.of(addresses.basePath(), of.user().name(), of.server()));
      return;
    }
    exchange.set("Cache-Control", "no-store");
    if (server.pending().isEmpty()) {
      String why =
          Progress.failure(server)
              .map(failure -> failure.path("message").asString(""))
              .orElse("It is stopped.");
      exchange.sendHtml(
          Progress.failure(server).isPresent() ? 500 : 200,
          frame.html(
              "The server does not run",
              "<p>%s</p><p><a class=\"button\" id=\"start\" href=\"%s\">Start it</a></p>"
                  .formatted(Html.escape(why), Html.escape(spawnPath(of)))));
      return;
    }
    String progress = Paths.progress(hubPath, of.user().name(), of.server());
    exchange.sendHtml(
        200,
        frame.html(
            "Your server is starting",
            """
            <p>You are led to it when it is ready.</p>
            <progress id="progress-bar" max="100" value="0" aria-label="How far the start has come"></progress>
            <p id="progress-message" role="status">Server requested</p>
            <details><summary>What happened so far</summary><ol id="progress-log"></ol></details>
            <noscript><p><a href="">Look again</a></p></noscript>
            <script src="%sstatic/starting.js" data-events="%s?_xsrf=%s" defer></script>
            """
                .formatted(
                    Html.escape(hubPath),
                    Html.escape(progress),
                    Html.escape(access.xsrfToken(exchange, Optional.of(visitor))))));
  }

  /** The proxy leads here when there is no server where somebody wants to go. */
  private void notRunning(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    if (!visitor.may(StandardScope.ACCESS_SERVERS, new Resource.Server(name, ""))) {
      throw new HttpException(404, "There is no server here that you may use");
    }
    exchange.set("Cache-Control", "no-store");
    Optional<User> user = database.read(tx -> tx.users().find(name));
    Optional<UserServer> server =
        user.flatMap(known -> database.read(tx -> tx.servers().find(known.id(), "")));
    if (server.flatMap(UserServer::pending).isPresent()) {
      exchange.redirect(pendingPath(new Of(user.orElseThrow(), "")));
      return;
    }
    exchange.sendHtml(
        424,
        frame.html(
            "The server does not run",
            "<p>%s</p><p><a class=\"button\" id=\"start\" href=\"%sspawn/%s\">Start it</a></p>"
                .formatted(
                    name.equals(visitor.name())
                        ? "Your server is stopped."
                        : Html.escape("The server of " + name + " is stopped."),
                    Html.escape(hubPath),
                    Html.escape(Paths.escaped(name)))));
  }
}
