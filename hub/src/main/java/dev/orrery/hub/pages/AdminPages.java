package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.scopes.UserField;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserQuery;
import dev.orrery.hub.store.UserServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** People and their servers, for administrators. Changes go by the REST API. */
public final class AdminPages {

  static final List<String> STATES = List.of("any", "active", "ready", "inactive");
  static final List<String> SORTS =
      List.of("name", "-name", "-last_activity", "last_activity", "-id");

  private final Database database;
  private final Access access;
  private final Optional<Accounts.Kind> accounts;
  private final Site site;
  private final Places places;

  /**
   * Shows what {@code database} knows.
   *
   * @param accounts where people have accounts of this hub, which ones
   */
  public AdminPages(Database database, Access access, Optional<Accounts.Kind> accounts, Site site) {
    this.database = database;
    this.access = access;
    this.accounts = accounts;
    this.site = site;
    this.places = new Places(database, site.addresses());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/admin", admin(this::people));
    routes.add(Routes.Kind.PAGE, "GET", "/admin/user/{user}", admin(this::person));
  }

  private Handler admin(Access.Known handler) {
    return access.page(forAdmins(handler));
  }

  /** What there is for administrators, as far as this one may see it; none for other people. */
  static List<Frame.Link> parts(Visitor visitor) {
    if (!visitor.scopes().has(StandardScope.ADMIN_UI)) {
      return List.of();
    }
    var parts = new ArrayList<Frame.Link>();
    parts.add(new Frame.Link("admin", "admin.users"));
    parts.add(new Frame.Link("admin/groups", "admin.groups"));
    if (AdminRolePages.maySee(visitor)) {
      parts.add(new Frame.Link(AdminRolePages.LIST, "admin.roles"));
    }
    if (visitor.scopes().has(StandardScope.LIST_SERVICES)) {
      parts.add(new Frame.Link(AdminServicePages.LIST, "admin.services"));
    }
    return parts;
  }

  /** Only for who may see these pages; what they may do there, other scopes say. */
  static Access.Known forAdmins(Access.Known handler) {
    return (exchange, visitor) -> {
      if (parts(visitor).isEmpty()) {
        throw new HttpException(403, "These pages are for administrators");
      }
      handler.handle(exchange, visitor);
    };
  }

  /**
   * The list.
   *
   * @param waiting how many accounts wait to be approved; nothing where there are none, or the
   *     visitor may not do that
   */
  record People(
      String xsrf,
      String search,
      String state,
      String sort,
      List<Person> people,
      Paged page,
      boolean mayAdd,
      Optional<Long> waiting) {}

  /**
   * A person, as far as the visitor may see them.
   *
   * @param standard their default server
   * @param more how many servers they have besides
   */
  record Person(
      String name,
      String page,
      boolean admin,
      List<String> groups,
      Optional<Instant> active,
      ServerRow standard,
      int more) {}

  private void people(Exchange exchange, Visitor visitor) {
    String search = exchange.query("q").orElse("").strip();
    String state = among(exchange, "state", STATES);
    String sort = among(exchange, "sort", SORTS);
    int offset = Paged.offset(exchange);
    boolean descending = sort.startsWith("-");
    var query =
        new UserQuery(
            UserQuery.State.valueOf(state.toUpperCase(Locale.ROOT)),
            search,
            Listed.people(visitor),
            UserQuery.Order.valueOf(
                (descending ? sort.substring(1) : sort).toUpperCase(Locale.ROOT)),
            descending,
            offset,
            Paged.SIZE);
    boolean mayAdd = InvitationPages.hasPower(visitor);
    record Found(List<Person> people, long total, Optional<Long> waiting) {}
    Found found =
        database.read(tx ->
            new Found(
                shown(tx, visitor, tx.users().page(query)),
                tx.users().count(query),
                accounts.filter(_ -> mayAdd).map(kind -> tx.accounts(kind).countWaiting())));
    var kept = Map.of("q", search, "state", state, "sort", sort);
    var view =
        new People(
            site.proof(exchange, visitor),
            search,
            state,
            sort,
            found.people(),
            new Paged(offset, found.total(), site.hub("admin"), kept),
            mayAdd,
            found.waiting());
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteadminGenerated.render(out, Site.NOBODY, frame, view));
  }

  private static String among(Exchange exchange, String name, List<String> known) {
    String value = exchange.query(name).orElse(known.getFirst());
    if (!known.contains(value)) {
      throw new HttpException(400, name + " is one of " + String.join(", ", known));
    }
    return value;
  }

  private List<Person> shown(Transaction tx, Visitor visitor, List<User> users) {
    List<Long> ids = users.stream().map(User::id).toList();
    Map<Long, List<String>> groups = tx.users().groups(ids);
    Map<Long, List<UserServer>> servers = tx.servers().of(ids);
    var people = new ArrayList<Person>();
    for (User user : users) {
      people.add(
          person(
              visitor,
              user,
              groups.getOrDefault(user.id(), List.of()),
              servers.getOrDefault(user.id(), List.of())));
    }
    return people;
  }

  private Person person(Visitor visitor, User user, List<String> groups, List<UserServer> servers) {
    Set<UserField> fields = visitor.visible().user(user.name());
    List<ServerRow> rows = rows(visitor, user, servers);
    return new Person(
        user.name(),
        site.hub("admin/user/" + Paths.escaped(user.name())),
        fields.contains(UserField.ADMIN) && user.admin(),
        fields.contains(UserField.GROUPS) ? groups : List.of(),
        fields.contains(UserField.LAST_ACTIVITY) ? user.lastActivity() : Optional.empty(),
        rows.getFirst(),
        rows.size() - 1);
  }

  /** The default server, which everybody has, and the others that may be seen. */
  private List<ServerRow> rows(Visitor visitor, User user, List<UserServer> servers) {
    Optional<UserServer> standard =
        servers.stream()
            .filter(server -> server.name().isEmpty())
            .filter(server -> isVisible(visitor, user, server))
            .findFirst();
    var rows = new ArrayList<ServerRow>();
    rows.add(places.row(visitor, user.name(), "", standard));
    servers.stream()
        .filter(server -> !server.name().isEmpty() && isVisible(visitor, user, server))
        .forEach(server ->
            rows.add(places.row(visitor, user.name(), server.name(), Optional.of(server))));
    return rows;
  }

  private static boolean isVisible(Visitor visitor, User user, UserServer server) {
    return visitor.visible().server(new Resource.Server(user.name(), server.name()));
  }

  /** One person. */
  record One(
      String xsrf,
      Person person,
      String api,
      String hubPath,
      List<String> roles,
      Optional<Instant> created,
      List<ServerRow> servers,
      boolean mayChange,
      boolean mayDelete,
      boolean mayLetChoose) {

    String letChoose() {
      return person.page() + "/password";
    }

    String groupPage(String group) {
      return hubPath + "admin/group/" + Paths.escaped(group);
    }
  }

  private void person(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    var resource = new Resource.User(name);
    if (!visitor.may(StandardScope.READ_USERS_NAME, resource)) {
      throw new HttpException(404, "There is nobody of this name whom you may see");
    }
    Set<UserField> fields = visitor.visible().user(name);
    One view =
        database.read(tx -> {
          User user =
              tx.users()
                  .find(name)
                  .orElseThrow(() ->
                      new HttpException(404, "There is nobody of this name whom you may see"));
          List<Long> ids = List.of(user.id());
          List<UserServer> servers = tx.servers().of(ids).getOrDefault(user.id(), List.of());
          return new One(
              site.proof(exchange, visitor),
              person(
                  visitor,
                  user,
                  tx.users().groups(ids).getOrDefault(user.id(), List.of()),
                  servers),
              site.hub("api/users/" + Paths.escaped(name)),
              site.hub(""),
              fields.contains(UserField.ROLES)
                  ? tx.roles().names(Holder.USER, ids).getOrDefault(user.id(), List.of())
                  : List.of(),
              fields.contains(UserField.CREATED) ? user.created() : Optional.empty(),
              rows(visitor, user, servers),
              visitor.may(StandardScope.ADMIN_USERS, resource) && !name.equals(visitor.name()),
              visitor.may(StandardScope.DELETE_USERS, resource) && !name.equals(visitor.name()),
              accounts.isPresent() && InvitationPages.mayLetChoose(visitor, user));
        });
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteadminuserGenerated.render(out, Site.NOBODY, frame, view));
  }
}
