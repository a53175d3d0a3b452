package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.servers.ServerNames;
import dev.orrery.hub.servers.Slugs;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The start page: a person's servers, and what they do with them. Works without scripts. */
public final class HomePages {

  private final Database database;
  private final Access access;
  private final ServerLifecycle servers;
  private final ServerSettings settings;
  private final Site site;
  private final Places places;

  /** Shows what {@code database} knows. */
  public HomePages(
      Database database,
      Access access,
      ServerLifecycle servers,
      ServerSettings settings,
      Site site) {
    this.database = database;
    this.access = access;
    this.servers = servers;
    this.settings = settings;
    this.site = site;
    this.places = new Places(database, site.addresses());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/", access.page(this::start));
    routes.add(Routes.Kind.PAGE, "GET", "/home", access.page(this::home));
    routes.add(Routes.Kind.PAGE, "POST", "/home/stop", access.page(this::stop));
    routes.add(Routes.Kind.PAGE, "POST", "/home/delete", access.page(this::delete));
    routes.add(Routes.Kind.PAGE, "POST", "/home/add", access.page(this::add));
  }

  /**
   * What the page shows.
   *
   * @param named whether people may have more servers than one
   * @param limit how many; 0 for any number
   * @param services what is beside the hub for whoever this is, by name
   * @param problem why the last one was not made; mostly empty
   */
  record View(
      String user,
      String xsrf,
      ServerRow standard,
      boolean named,
      int limit,
      List<ServerRow> servers,
      List<ServiceLink> services,
      String problem) {}

  /** A service that has pages. */
  record ServiceLink(String name, String path) {}

  static User user(Visitor visitor) {
    return visitor
        .user()
        .orElseThrow(() -> new HttpException(403, "Only people have a start page"));
  }

  /** To the server that runs, or to where it can be started. */
  private void start(Exchange exchange, Visitor visitor) {
    if (!site.addresses().defaultUrl().isEmpty()) {
      exchange.redirect(site.addresses().defaultUrl());
      return;
    }
    boolean ready =
        database
            .read(tx -> tx.servers().find(user(visitor).id(), ""))
            .map(UserServer::isReady)
            .orElse(false);
    exchange.redirect(
        ready
            ? Paths.of(site.addresses().basePath(), visitor.name(), "")
            : site.hub(site.addresses().redirectToServer() ? "spawn" : "home"));
  }

  private void home(Exchange exchange, Visitor visitor) {
    show(exchange, visitor, 200, "");
  }

  private void show(Exchange exchange, Visitor visitor, int status, String problem) {
    Map<String, UserServer> known =
        all(user(visitor)).stream()
            .collect(Collectors.toMap(UserServer::name, server -> server, (one, _) -> one));
    List<ServerRow> named =
        all(user(visitor)).stream()
            .filter(server -> !server.name().isEmpty())
            .map(server -> places.row(visitor, visitor.name(), server.name(), Optional.of(server)))
            .toList();
    var view =
        new View(
            visitor.name(),
            site.proof(exchange, visitor),
            places.row(visitor, visitor.name(), "", Optional.ofNullable(known.get(""))),
            settings.namedServers(),
            settings.mostNamed(),
            named,
            services(visitor),
            problem);
    Frame frame = site.frame(exchange, visitor, "home");
    site.send(exchange, status, out -> JtehomeGenerated.render(out, Site.NOBODY, frame, view));
  }

  private List<ServiceLink> services(Visitor visitor) {
    return database.read(tx -> tx.services().all()).stream()
        .filter(service -> service.display() && service.address().isPresent())
        .map(Service::name)
        .filter(name -> visitor.may(StandardScope.ACCESS_SERVICES, new Resource.Service(name)))
        .sorted()
        .map(name -> new ServiceLink(name, Paths.service(site.addresses().basePath(), name)))
        .toList();
  }

  private List<UserServer> all(User user) {
    return database.read(
        tx -> tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()));
  }

  private void stop(Exchange exchange, Visitor visitor) throws IOException {
    end(exchange, visitor, access.form(exchange, Optional.of(visitor)), false);
  }

  private void delete(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> form = access.form(exchange, Optional.of(visitor));
    if (form.getOrDefault("server", "").isEmpty()) {
      throw new HttpException(400, "The default server can't be deleted, only stopped");
    }
    end(exchange, visitor, form, true);
  }

  private void end(Exchange exchange, Visitor visitor, Map<String, String> form, boolean remove) {
    Places.Place place =
        places.of(
            visitor,
            StandardScope.DELETE_SERVERS,
            form.getOrDefault("user", visitor.name()),
            form.getOrDefault("server", ""));
    places.find(place).ifPresent(server -> servers.stop(server, remove));
    exchange.redirect(site.hub("home"));
  }

  private void add(Exchange exchange, Visitor visitor) throws IOException {
    String shown =
        access.form(exchange, Optional.of(visitor)).getOrDefault("display_name", "").strip();
    places.of(visitor, StandardScope.START_SERVERS, visitor.name(), "");
    try {
      database.change(tx -> {
        User user = user(visitor);
        Set<String> taken =
            tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()).stream()
                .map(UserServer::name)
                .collect(Collectors.toSet());
        String name = Slugs.of(shown, taken::contains);
        if (taken.contains(name)) {
          throw new HttpException(409, "There is a server of this name already");
        }
        ServerNames.checkNew(tx, settings, user, name, shown);
        tx.servers().create(user.id(), name, shown);
      });
    } catch (HttpException e) {
      show(exchange, visitor, e.status(), e.message());
      return;
    }
    exchange.redirect(site.hub("home"));
  }
}
