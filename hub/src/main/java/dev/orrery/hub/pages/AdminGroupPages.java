package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.GroupField;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups and who is in them, for administrators. Changes go by the REST API. */
public final class AdminGroupPages {

  private final Database database;
  private final Access access;
  private final Site site;

  /** Shows the groups in {@code database}. */
  public AdminGroupPages(Database database, Access access, Site site) {
    this.database = database;
    this.access = access;
    this.site = site;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(
        Routes.Kind.PAGE, "GET", "/admin/groups", access.page(AdminPages.forAdmins(this::groups)));
    routes.add(
        Routes.Kind.PAGE,
        "GET",
        "/admin/group/{group}",
        access.page(AdminPages.forAdmins(this::group)));
  }

  /** The list. */
  record Groups(String xsrf, List<Row> groups, Paged page, boolean mayAdd) {}

  /** A group in the list. */
  record Row(String name, String page, long size, List<String> roles) {}

  private void groups(Exchange exchange, Visitor visitor) {
    Optional<Set<String>> among = Listed.groups(visitor);
    int offset = Paged.offset(exchange);
    record Found(List<Row> rows, long total) {}
    Found found =
        database.read(tx -> {
          List<Group> groups = tx.groups().page(among, offset, Paged.SIZE);
          List<Long> ids = groups.stream().map(Group::id).toList();
          Map<Long, Long> sizes = tx.groups().sizes(ids);
          Map<Long, List<String>> roles = tx.roles().names(Holder.GROUP, ids);
          var rows = new ArrayList<Row>();
          for (Group group : groups) {
            Set<GroupField> fields = visitor.visible().group(group.name());
            rows.add(
                new Row(
                    group.name(),
                    site.hub("admin/group/" + Paths.escaped(group.name())),
                    fields.contains(GroupField.USERS) ? sizes.getOrDefault(group.id(), 0L) : 0,
                    fields.contains(GroupField.ROLES)
                        ? roles.getOrDefault(group.id(), List.of())
                        : List.of()));
          }
          return new Found(rows, tx.groups().count(among));
        });
    var view =
        new Groups(
            site.proof(exchange, visitor),
            found.rows(),
            new Paged(offset, found.total(), site.hub("admin/groups")),
            visitor.scopes().reach(StandardScope.ADMIN_GROUPS) == Reach.Everything.EVERYTHING);
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteadmingroupsGenerated.render(out, Site.NOBODY, frame, view));
  }

  /**
   * One group.
   *
   * @param properties a JSON object
   */
  record One(
      String xsrf,
      String name,
      String api,
      List<String> roles,
      List<String> members,
      Paged page,
      String properties,
      boolean mayChange,
      boolean mayDelete) {}

  private void group(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("group");
    var resource = new Resource.Group(name);
    Set<GroupField> fields = visitor.visible().group(name);
    if (!fields.contains(GroupField.NAME)) {
      throw nothing();
    }
    int offset = Paged.offset(exchange);
    One view =
        database.read(tx -> {
          Group group = tx.groups().find(name).orElseThrow(AdminGroupPages::nothing);
          boolean seesMembers = fields.contains(GroupField.USERS);
          long size =
              seesMembers ? tx.groups().sizes(List.of(group.id())).getOrDefault(group.id(), 0L) : 0;
          return new One(
              site.proof(exchange, visitor),
              name,
              site.hub("api/groups/" + Paths.escaped(name)),
              fields.contains(GroupField.ROLES)
                  ? tx.roles()
                      .names(Holder.GROUP, List.of(group.id()))
                      .getOrDefault(group.id(), List.of())
                  : List.of(),
              seesMembers ? tx.groups().members(group.id(), offset, Paged.SIZE) : List.of(),
              new Paged(offset, size, site.hub("admin/group/" + Paths.escaped(name))),
              fields.contains(GroupField.PROPERTIES) ? group.properties() : "{}",
              visitor.may(StandardScope.GROUPS, resource),
              visitor.may(StandardScope.DELETE_GROUPS, resource));
        });
    Frame frame = site.frame(exchange, visitor, "admin");
    site.send(exchange, 200, out -> JteadmingroupGenerated.render(out, Site.NOBODY, frame, view));
  }

  private static HttpException nothing() {
    return new HttpException(404, "There is no group of this name that you may see");
  }
}
