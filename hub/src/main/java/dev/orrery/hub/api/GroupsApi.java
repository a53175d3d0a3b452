package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.users.UserNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Groups of people. */
final class GroupsApi {

  private static final int MOST_CHARACTERS = 255;

  private static final Set<String> FIELDS = Set.of("name", "users", "roles", "properties");

  private final Database database;
  private final Models models;
  private final UserNames names;
  private final HubSettings.Api settings;

  GroupsApi(Database database, Models models, UserNames names, HubSettings.Api settings) {
    this.database = database;
    this.models = models;
    this.names = names;
    this.settings = settings;
  }

  void declare(Operations operations) {
    operations.add(
        "GET", "/groups", "List groups", Needs.somewhere(StandardScope.LIST_GROUPS), this::list);
    operations.add(
        "POST",
        "/groups",
        "Add several groups",
        Needs.everywhere(StandardScope.ADMIN_GROUPS),
        this::addMany);
    String one = "/groups/{group}";
    operations.add(
        "GET",
        one,
        "Read a group",
        Needs.onGroup(
            StandardScope.READ_GROUPS,
            StandardScope.READ_GROUPS_NAME,
            StandardScope.READ_ROLES_GROUPS),
        this::show);
    operations.add(
        "POST", one, "Add a group", Needs.onGroup(StandardScope.ADMIN_GROUPS), this::add);
    operations.add(
        "DELETE",
        one,
        "Delete a group; the people in it stay",
        Needs.onGroup(StandardScope.DELETE_GROUPS),
        this::delete);
    operations.add(
        "POST",
        one + "/users",
        "Put people into a group",
        Needs.onGroup(StandardScope.GROUPS),
        this::join);
    operations.add(
        "DELETE",
        one + "/users",
        "Take people out of a group",
        Needs.onGroup(StandardScope.GROUPS),
        this::leave);
    operations.add(
        "PUT",
        one + "/properties",
        "Replace the properties of a group",
        Needs.onGroup(StandardScope.GROUPS),
        this::properties);
  }

  private void list(Exchange exchange, Visitor visitor) {
    Pages page = Pages.of(exchange, settings.pageDefault(), settings.pageMost());
    Optional<Set<String>> among = Listed.groups(visitor);
    record Found(List<ObjectNode> models, long total) {}
    Found found =
        database.read(tx ->
            new Found(
                models.groups(tx, tx.groups().page(among, page.offset(), page.limit()), visitor),
                tx.groups().count(among)));
    page.send(exchange, found.models(), found.total());
  }

  private void addMany(Exchange exchange, Visitor visitor) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    if (!body.path("groups").isArray() || body.path("groups").isEmpty()) {
      throw new HttpException(400, "Must specify at least one group to create");
    }
    List<String> wanted = Bodies.texts(body, "groups").stream().distinct().toList();
    wanted.forEach(GroupsApi::check);
    body.remove("groups");
    List<String> users = users(body);
    List<ObjectNode> made =
        database.write(tx -> {
          var groups = new ArrayList<Group>();
          for (String name : wanted) {
            groups.add(create(tx, name, "{}", users));
          }
          return models.groups(tx, groups, visitor);
        });
    var answer = Json.array();
    made.forEach(answer::add);
    exchange.sendJson(201, answer);
  }

  private static void check(String name) {
    if (name.isEmpty() || name.length() > MOST_CHARACTERS) {
      throw new HttpException(
          400, "The name of a group has 1 to " + MOST_CHARACTERS + " characters");
    }
  }

  private void show(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("group");
    exchange.sendJson(200, database.read(tx -> model(tx, known(tx, name), visitor)));
  }

  static Group known(Transaction tx, String name) {
    return tx.groups()
        .find(name)
        .orElseThrow(() -> new HttpException(404, "No such group: " + Bodies.shown(name)));
  }

  private ObjectNode model(Transaction tx, Group group, Visitor visitor) {
    List<ObjectNode> found = models.groups(tx, List.of(group), visitor);
    return found.isEmpty() ? Json.object() : found.getFirst();
  }

  private void add(Exchange exchange, Visitor visitor) throws IOException {
    String name = exchange.parameter("group");
    check(name);
    ObjectNode body = Bodies.object(exchange.json());
    List<String> users = users(body);
    JsonNode properties = body.path("properties");
    if (!properties.isMissingNode() && !properties.isObject()) {
      throw new HttpException(400, "properties must be a JSON object");
    }
    ObjectNode made =
        database.write(tx -> {
          Group group =
              create(tx, name, properties.isObject() ? Json.text(properties) : "{}", users);
          return model(tx, group, visitor);
        });
    exchange.sendJson(201, made);
  }

  /** Who is to be in a new group. */
  private static List<String> users(ObjectNode body) {
    Bodies.refuseOthers(body, FIELDS);
    return body.has("users") ? Bodies.texts(body, "users") : List.of();
  }

  private Group create(Transaction tx, String name, String properties, List<String> users) {
    if (tx.groups().find(name).isPresent()) {
      throw new HttpException(409, "Group " + name + " already exists");
    }
    Group group = tx.groups().create(name, properties);
    members(tx, users).forEach(user -> tx.groups().add(group.id(), user.id()));
    return group;
  }

  private List<User> members(Transaction tx, List<String> wanted) {
    var users = new ArrayList<User>();
    for (String typed : wanted) {
      String name = names.normalised(typed);
      users.add(
          tx.users()
              .find(name)
              .orElseThrow(() -> new HttpException(400, "No such user: " + Bodies.shown(name))));
    }
    return users;
  }

  private void delete(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("group");
    database.change(tx -> tx.groups().delete(known(tx, name).id()));
    exchange.sendEmpty(204);
  }

  private void join(Exchange exchange, Visitor visitor) throws IOException {
    List<String> users = names(exchange);
    change(
        exchange,
        visitor,
        (tx, group) -> members(tx, users).forEach(user -> tx.groups().add(group.id(), user.id())));
  }

  private void leave(Exchange exchange, Visitor visitor) throws IOException {
    List<String> users = names(exchange);
    change(
        exchange,
        visitor,
        (tx, group) ->
            members(tx, users).forEach(user -> tx.groups().remove(group.id(), user.id())));
  }

  private static List<String> names(Exchange exchange) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    if (!body.has("users")) {
      throw new HttpException(400, "Must specify users");
    }
    return Bodies.texts(body, "users");
  }

  private void properties(Exchange exchange, Visitor visitor) throws IOException {
    JsonNode properties = exchange.json().orElseGet(Json::object);
    if (!properties.isObject()) {
      throw new HttpException(400, "properties must be a JSON object");
    }
    change(
        exchange,
        visitor,
        (tx, group) -> tx.groups().setProperties(group.id(), Json.text(properties)));
  }

  private interface Change {
    void make(Transaction tx, Group group);
  }

  private void change(Exchange exchange, Visitor visitor, Change change) {
    String name = exchange.parameter("group");
    ObjectNode model =
        database.write(tx -> {
          change.make(tx, known(tx, name));
          return model(tx, known(tx, name), visitor);
        });
    exchange.sendJson(200, model);
  }
}
