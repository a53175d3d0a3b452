package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.ServiceField;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.services.ServiceChanges;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.tokens.TokenHash;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Programs beside the hub, for administrators. Those of the settings are shown; those that run
 * elsewhere can be added and removed, by the rules of the REST API.
 */
public final class AdminServicePages {

  static final String LIST = "admin/services";
  static final String ONE = "admin/service/";

  private final Database database;
  private final Access access;
  private final ServiceChanges changes;
  private final Site site;
  private final ScopeRows scopes;
  private final Clock clock;

  /** Shows the services in {@code database}; {@code table} says what their scopes mean. */
  public AdminServicePages(
      Database database,
      Access access,
      ServiceChanges changes,
      ScopeTable table,
      Site site,
      Clock clock) {
    this.database = database;
    this.access = access;
    this.changes = changes;
    this.site = site;
    this.scopes = new ScopeRows(table);
    this.clock = clock;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String one = "/" + ONE + "{service}";
    routes.add(Routes.Kind.PAGE, "GET", "/" + LIST, access.page(AdminPages.forAdmins(this::list)));
    routes.add(Routes.Kind.PAGE, "POST", "/" + LIST, access.page(AdminPages.forAdmins(this::add)));
    routes.add(Routes.Kind.PAGE, "GET", one, access.page(AdminPages.forAdmins(this::one)));
    routes.add(
        Routes.Kind.PAGE, "POST", one + "/remove", access.page(AdminPages.forAdmins(this::remove)));
  }

  /**
   * The list.
   *
   * @param made the one that was added just now
   * @param typed what the form has in it, after it was refused
   * @param problem why that was refused; mostly empty
   */
  record Services(
      String xsrf,
      List<Row> services,
      Paged page,
      boolean mayAdd,
      Optional<Made> made,
      Map<String, String> typed,
      String problem) {

    String typed(String field) {
      return typed.getOrDefault(field, "");
    }
  }

  /**
   * A service that was added.
   *
   * @param clientId what it is to OAuth; empty where it logs nobody in
   * @param token seen only now
   */
  record Made(String name, String clientId, String token) {}

  /**
   * A service.
   *
   * @param page about it
   * @param whole whether more than its name is shown
   * @param origin the key of what is said of where it comes from
   * @param url where it listens; empty for one that is not for browsers
   * @param path where browsers find it; empty for who may not use it
   * @param state the key of how its process is; empty for one that runs elsewhere
   */
  record Row(
      String name,
      String page,
      boolean admin,
      boolean whole,
      String origin,
      String url,
      String path,
      String state,
      long pid,
      List<String> roles,
      long tokens) {}

  private void list(Exchange exchange, Visitor visitor) {
    show(exchange, visitor, 200, Optional.empty(), Map.of(), "");
  }

  private void show(
      Exchange exchange,
      Visitor visitor,
      int status,
      Optional<Made> made,
      Map<String, String> typed,
      String problem) {
    if (!visitor.scopes().has(StandardScope.LIST_SERVICES)) {
      throw new HttpException(403, "Services are for who may list them: list:services");
    }
    Optional<Set<String>> among = Listed.services(visitor);
    int offset = Paged.offset(exchange);
    Services view =
        database.read(tx ->
            new Services(
                site.proof(exchange, visitor),
                rows(tx, visitor, tx.services().page(among, offset, Paged.SIZE)),
                new Paged(offset, tx.services().count(among), site.hub(LIST)),
                visitor.scopes().has(StandardScope.ADMIN_SERVICES),
                made,
                typed,
                problem));
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(
        exchange, status, out -> JteadminservicesGenerated.render(out, Site.NOBODY, frame, view));
  }

  private List<Row> rows(Transaction tx, Visitor visitor, List<Service> services) {
    List<Long> ids = services.stream().map(Service::id).toList();
    Map<Long, List<String>> roles = tx.roles().names(Holder.SERVICE, ids);
    Map<Long, Long> tokens = tx.tokens().ofServices(ids, clock.instant());
    return services.stream()
        .map(service ->
            row(
                visitor,
                service,
                roles.getOrDefault(service.id(), List.of()),
                tokens.getOrDefault(service.id(), 0L)))
        .toList();
  }

  private Row row(Visitor visitor, Service service, List<String> roles, long tokens) {
    Set<ServiceField> fields = visitor.visible().service(service.name());
    boolean whole = fields.contains(ServiceField.URL);
    boolean mayUse =
        service.address().isPresent()
            && visitor.may(StandardScope.ACCESS_SERVICES, new Resource.Service(service.name()));
    String name = Paths.escaped(service.name());
    return new Row(
        service.name(),
        site.hub(ONE + name),
        fields.contains(ServiceField.ADMIN) && service.admin(),
        whole,
        service.fromConfig() ? "services.origin.settings" : "services.origin.added",
        whole ? service.url() : "",
        mayUse ? Paths.service(site.addresses().basePath(), service.name()) : "",
        whole && service.isManaged() ? state(service) : "",
        service.pid(),
        fields.contains(ServiceField.ROLES) ? roles : List.of(),
        whole ? tokens : 0);
  }

  private static String state(Service service) {
    return service.pid() > 0 ? "services.state.ready" : "services.state.stopped";
  }

  private void add(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> form = access.form(exchange, Optional.of(visitor));
    String name = form.getOrDefault("name", "").strip();
    if (!visitor.may(StandardScope.ADMIN_SERVICES, new Resource.Service(name))) {
      throw new HttpException(403, "You may not add a service of this name");
    }
    var fields = new LinkedHashMap<String, Object>();
    for (String field : List.of("url", "oauth_redirect_uri")) {
      String text = form.getOrDefault(field, "").strip();
      if (!text.isEmpty()) {
        fields.put(field, text);
      }
    }
    for (String field : List.of("admin", "oauth_no_confirm")) {
      if (form.containsKey(field)) {
        fields.put(field, true);
      }
    }
    String asked = form.getOrDefault("scopes", "").strip();
    if (!asked.isEmpty()) {
      fields.put("oauth_client_allowed_scopes", List.of(asked.split("[\\s,]+", 1000)));
    }
    String token = TokenHash.newToken();
    fields.put("api_token", token);
    try {
      Service made = changes.add(visitor, name, fields);
      show(
          exchange,
          visitor,
          200,
          Optional.of(new Made(name, made.clientId(), token)),
          Map.of(),
          "");
    } catch (HttpException e) {
      show(exchange, visitor, e.status(), Optional.empty(), form, e.message());
    }
  }

  /**
   * One service.
   *
   * @param info what else is told of it, a JSON object
   * @param redirect where it has people sent back to; empty where it logs nobody in
   * @param allowed what it may ask for on behalf of people
   * @param mayRemove whether it can be removed here
   */
  record One(
      String xsrf,
      Row row,
      List<String> command,
      String info,
      String clientId,
      String redirect,
      boolean noConfirm,
      List<ScopeRows.Row> allowed,
      boolean fromSettings,
      boolean mayRemove) {}

  private void one(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("service");
    Frame frame = site.frame(exchange, visitor, "admin");
    One view =
        database.read(tx -> {
          Service service =
              tx.services()
                  .find(name)
                  .filter(_ -> visitor.visible().service(name).contains(ServiceField.NAME))
                  .orElseThrow(AdminServicePages::nothing);
          Row row = rows(tx, visitor, List.of(service)).getFirst();
          Optional<OAuthClient> client =
              row.whole() && !service.clientId().isEmpty()
                  ? tx.oauth().client(service.clientId())
                  : Optional.empty();
          return new One(
              site.proof(exchange, visitor),
              row,
              row.whole() ? service.command() : List.of(),
              row.whole() && !service.info().equals("{}") ? service.info() : "",
              client.map(OAuthClient::identifier).orElse(""),
              client.map(OAuthClient::redirectUri).orElse(""),
              service.noConfirm(),
              scopes.of(frame, client.map(OAuthClient::allowedScopes).orElse(List.of())),
              service.fromConfig(),
              !service.fromConfig()
                  && visitor.may(StandardScope.ADMIN_SERVICES, new Resource.Service(name)));
        });
    site.send(exchange, 200, out -> JteadminserviceGenerated.render(out, Site.NOBODY, frame, view));
  }

  private static HttpException nothing() {
    return new HttpException(404, "There is no service of this name that you may see");
  }

  private void remove(Exchange exchange, Visitor visitor) throws IOException {
    access.form(exchange, Optional.of(visitor));
    String name = exchange.parameter("service");
    if (!visitor.may(StandardScope.ADMIN_SERVICES, new Resource.Service(name))) {
      throw nothing();
    }
    changes.remove(visitor, name);
    exchange.redirect(site.hub(LIST));
  }
}
