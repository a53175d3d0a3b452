package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.Loaded;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.users.AdminRights;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Roles, what they allow and who has them, for administrators. Settings alone make and change roles
 * and say who has them, as in JupyterHub; but who is an administrator can be changed here, too.
 */
public final class AdminRolePages {

  static final String LIST = "admin/roles";
  static final String ONE = "admin/role/";

  private static final System.Logger LOG = System.getLogger(AdminRolePages.class.getName());

  private final Database database;
  private final Access access;
  private final Loaded loaded;
  private final Set<String> admins;
  private final People people;
  private final Site site;
  private final ScopeRows scopes;

  /**
   * Shows the roles in {@code database}.
   *
   * @param loaded what the settings say of roles
   * @param admins whom the settings make administrators at each start
   */
  public AdminRolePages(
      Database database,
      Access access,
      Loaded loaded,
      Set<String> admins,
      People people,
      Site site) {
    this.database = database;
    this.access = access;
    this.loaded = loaded;
    this.admins = Set.copyOf(admins);
    this.people = people;
    this.site = site;
    this.scopes = new ScopeRows(loaded.scopes());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/" + LIST, access.page(reader(this::list)));
    routes.add(Routes.Kind.PAGE, "GET", "/" + ONE + "{role}", access.page(reader(this::one)));
    routes.add(Routes.Kind.PAGE, "POST", "/" + ONE + "{role}", access.page(reader(this::change)));
  }

  /** Whether somebody may read who has which role, of all kinds and without a limit. */
  static boolean maySee(Visitor visitor) {
    return Stream.of(
            StandardScope.READ_ROLES_USERS,
            StandardScope.READ_ROLES_GROUPS,
            StandardScope.READ_ROLES_SERVICES)
        .allMatch(visitor.scopes()::hasWithoutLimit);
  }

  private static Access.Known reader(Access.Known handler) {
    return AdminPages.forAdmins((exchange, visitor) -> {
      if (!maySee(visitor)) {
        throw new HttpException(403, "Roles are for who may read all of them: read:roles");
      }
      handler.handle(exchange, visitor);
    });
  }

  /** The list. */
  record Roles(String search, List<Row> roles, Paged page) {}

  /** A role in the list. */
  record Row(
      String name,
      String page,
      String description,
      Origin origin,
      List<String> scopes,
      long people,
      long groups,
      long services) {}

  /** Where a role comes from. */
  enum Origin {
    STANDARD,
    SETTINGS,
    LOGINS,
    GONE;

    /** The language of what such a role is for; empty where whoever made it has chosen. */
    String language() {
      return this == STANDARD ? "en" : "";
    }

    /** What is said of it, in a family of texts. */
    String key(String family) {
      return family + "." + name().toLowerCase(Locale.ROOT);
    }
  }

  private Origin origin(Role role) {
    if (role.managedByAuth()) {
      return Origin.LOGINS;
    }
    if (RoleDefinition.defaults().stream().anyMatch(known -> known.name().equals(role.name()))) {
      return Origin.STANDARD;
    }
    return loaded.role(role.name()).isPresent() ? Origin.SETTINGS : Origin.GONE;
  }

  private static String search(Exchange exchange) {
    return exchange.query("q").orElse("").strip();
  }

  private void list(Exchange exchange, Visitor visitor) {
    String search = search(exchange);
    int offset = Paged.offset(exchange);
    Roles view =
        database.read(tx -> {
          List<Role> roles = tx.roles().page(search, offset, Paged.SIZE);
          List<Long> ids = roles.stream().map(Role::id).toList();
          Map<Long, Long> users = tx.roles().sizes(Holder.USER, ids);
          Map<Long, Long> groups = tx.roles().sizes(Holder.GROUP, ids);
          Map<Long, Long> services = tx.roles().sizes(Holder.SERVICE, ids);
          return new Roles(
              search,
              roles.stream()
                  .map(role ->
                      new Row(
                          role.name(),
                          page(role.name()),
                          role.description(),
                          origin(role),
                          role.scopes(),
                          users.getOrDefault(role.id(), 0L),
                          groups.getOrDefault(role.id(), 0L),
                          services.getOrDefault(role.id(), 0L)))
                  .toList(),
              new Paged(offset, tx.roles().count(search), site.hub(LIST), Map.of("q", search)));
        });
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteadminrolesGenerated.render(out, Site.NOBODY, frame, view));
  }

  private String page(String role) {
    return site.hub(ONE + Paths.escaped(role));
  }

  /**
   * One role.
   *
   * @param kinds who can have it, with how many do
   * @param kind of whom {@code holders} are
   * @param fixed whether the settings say who of that kind has it
   * @param mayGive whether it can be given here
   * @param problem why it was not given; mostly empty
   */
  record One(
      String xsrf,
      String name,
      String page,
      String description,
      Origin origin,
      List<ScopeRows.Row> scopes,
      List<KindRow> kinds,
      String kind,
      String search,
      List<HolderRow> holders,
      Paged list,
      boolean fixed,
      boolean mayGive,
      String problem) {

    boolean isAdmin() {
      return name.equals(RoleDefinition.ADMIN);
    }
  }

  /** A kind of holders. */
  record KindRow(String word, String page, long size) {}

  /**
   * Who has the role.
   *
   * @param page about them; empty for who may not see it
   * @param bySettings whether they would have it again at the next start
   * @param mayTake whether it can be taken from them here
   */
  record HolderRow(String name, String page, boolean bySettings, boolean mayTake) {}

  private void one(Exchange exchange, Visitor visitor) {
    show(exchange, visitor, 200, "");
  }

  private void show(Exchange exchange, Visitor visitor, int status, String problem) {
    String name = exchange.parameter("role");
    int offset = Paged.offset(exchange);
    String search = search(exchange);
    Frame frame = site.frame(exchange, visitor, "admin");
    One view =
        database.read(tx -> {
          Role role = tx.roles().find(name).orElseThrow(AdminRolePages::nothing);
          List<KindRow> kinds = kinds(tx, role);
          Holder kind =
              exchange.query("kind").map(AdminRolePages::kind).orElseGet(() -> usual(kinds));
          boolean fixed = isFixed(name, kind);
          boolean changes = changesHere(name, kind) && visitor.isAdmin();
          return new One(
              site.proof(exchange, visitor),
              name,
              page(name),
              role.description(),
              origin(role),
              scopes.of(frame, role.scopes()),
              kinds,
              word(kind),
              search,
              tx.roles().holders(kind, role.id(), search, offset, Paged.SIZE).stream()
                  .map(holder -> holder(visitor, changes, kind, holder))
                  .toList(),
              new Paged(
                  offset,
                  tx.roles().countHolders(kind, role.id(), search),
                  page(name),
                  Map.of("kind", word(kind), "q", search)),
              fixed,
              changes && visitor.scopes().has(StandardScope.ADMIN_USERS),
              problem);
        });
    site.send(exchange, status, out -> JteadminroleGenerated.render(out, Site.NOBODY, frame, view));
  }

  private static HttpException nothing() {
    return new HttpException(404, "There is no role of this name");
  }

  private List<KindRow> kinds(Transaction tx, Role role) {
    var kinds = new ArrayList<KindRow>();
    for (Holder kind : Holder.values()) {
      kinds.add(
          new KindRow(
              word(kind),
              page(role.name()) + "?kind=" + word(kind),
              tx.roles().countHolders(kind, role.id(), "")));
    }
    return kinds;
  }

  /** The first kind of which somebody has it. */
  private static Holder usual(List<KindRow> kinds) {
    return kinds.stream()
        .filter(kind -> kind.size() > 0)
        .findFirst()
        .map(kind -> kind(kind.word()))
        .orElse(Holder.USER);
  }

  private static String word(Holder kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static Holder kind(String word) {
    return Stream.of(Holder.values())
        .filter(kind -> word(kind).equals(word))
        .findFirst()
        .orElseThrow(() -> new HttpException(400, "kind is one of user, group, service"));
  }

  /** Whether the settings say who of a kind has a role, and the next start sees to it. */
  private boolean isFixed(String role, Holder kind) {
    Optional<RoleDefinition> wanted = loaded.role(role);
    return switch (kind) {
      case USER -> wanted.flatMap(RoleDefinition::users).isPresent();
      case GROUP -> wanted.flatMap(RoleDefinition::groups).isPresent();
      case SERVICE -> wanted.flatMap(RoleDefinition::services).isPresent();
    };
  }

  /** Of all roles, JupyterHub's API gives and takes the one of people who are administrators. */
  private boolean changesHere(String role, Holder kind) {
    return role.equals(RoleDefinition.ADMIN) && kind == Holder.USER && !isFixed(role, kind);
  }

  private HolderRow holder(Visitor visitor, boolean changes, Holder kind, String name) {
    String escaped = Paths.escaped(name);
    boolean bySettings = changesHere(RoleDefinition.ADMIN, kind) && admins.contains(name);
    return switch (kind) {
      case USER ->
          new HolderRow(
              name,
              visitor.may(StandardScope.READ_USERS_NAME, new Resource.User(name))
                  ? site.hub("admin/user/" + escaped)
                  : "",
              changes && bySettings,
              changes
                  && !bySettings
                  && !name.equals(visitor.name())
                  && visitor.may(StandardScope.ADMIN_USERS, new Resource.User(name)));
      case GROUP -> new HolderRow(name, site.hub("admin/group/" + escaped), false, false);
      case SERVICE -> new HolderRow(name, site.hub(AdminServicePages.ONE + escaped), false, false);
    };
  }

  private void change(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> form = access.form(exchange, Optional.of(visitor));
    String role = exchange.parameter("role");
    if (!changesHere(role, Holder.USER)) {
      throw new HttpException(
          405, "Who has the role " + role + " is changed by JupyterHub.load_roles only");
    }
    boolean gives =
        switch (form.getOrDefault("do", "")) {
          case "give" -> true;
          case "take" -> false;
          default -> throw new HttpException(400, "do is give or take");
        };
    String name = form.getOrDefault("user", "").strip();
    try {
      setAdmin(visitor, name, gives);
    } catch (HttpException e) {
      show(exchange, visitor, e.status(), e.message());
      return;
    }
    exchange.redirect(page(role) + "?kind=user&q=" + RawPath.encodeQuery(gives ? name : ""));
  }

  private void setAdmin(Visitor visitor, String name, boolean admin) {
    database.change(tx -> {
      User user =
          tx.users()
              .find(name)
              .filter(_ -> visitor.may(StandardScope.ADMIN_USERS, new Resource.User(name)))
              .orElseThrow(() -> new HttpException(404, "No such user: " + UserNames.shown(name)));
      AdminRights.requireToChange(user, visitor);
      AdminRights.requireToGive(admin, visitor);
      people.setAdmin(tx, user, admin);
    });
    LOG.log(System.Logger.Level.INFO, visitor.name() + " changed admin of " + name);
  }
}
