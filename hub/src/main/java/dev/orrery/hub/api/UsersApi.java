package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.scopes.UserField;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserQuery;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.users.AdminRights;
import dev.orrery.hub.users.People;
import dev.orrery.hub.users.UserNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** People: who they are, and how they come, change and go. */
final class UsersApi {

  private static final System.Logger LOG = System.getLogger(UsersApi.class.getName());

  /** Clocks differ; what is further in the future than this is wrong. */
  private static final Duration FUTURE = Duration.ofMinutes(59);

  private static final Map<String, String> FIELDS =
      Map.of(
          "name", "str", "admin", "bool", "groups", "list", "roles", "list", "auth_state", "dict");

  private final Database database;
  private final Models models;
  private final UserNames names;
  private final People people;
  private final ServerLifecycle servers;
  private final HubSettings.Api settings;
  private final Optional<FernetKeys> stateKeys;
  private final Clock clock;

  UsersApi(
      Database database,
      Models models,
      UserNames names,
      People people,
      ServerLifecycle servers,
      HubSettings.Api settings,
      Optional<FernetKeys> stateKeys,
      Clock clock) {
    this.stateKeys = stateKeys;
    this.database = database;
    this.models = models;
    this.names = names;
    this.people = people;
    this.servers = servers;
    this.settings = settings;
    this.clock = clock;
  }

  void declare(Operations operations) {
    operations.forKnown("GET", "/user", "Read who is asking, and what they may do", this::self);
    operations.add(
        "GET", "/users", "List people", Needs.somewhere(StandardScope.LIST_USERS), this::list);
    operations.add(
        "POST",
        "/users",
        "Add several people",
        Needs.everywhere(StandardScope.ADMIN_USERS),
        this::addMany);
    String one = "/users/{user}";
    operations.add(
        "GET",
        one,
        "Read a person",
        Needs.onUser(
            StandardScope.READ_USERS,
            StandardScope.READ_USERS_NAME,
            StandardScope.READ_SERVERS,
            StandardScope.READ_USERS_GROUPS,
            StandardScope.READ_USERS_ACTIVITY,
            StandardScope.READ_ROLES_USERS),
        this::show);
    operations.add("POST", one, "Add a person", Needs.onUser(StandardScope.ADMIN_USERS), this::add);
    operations.add(
        "PATCH",
        one,
        "Rename a person, or make them an administrator",
        Needs.onUser(StandardScope.ADMIN_USERS),
        this::change);
    operations.add(
        "DELETE",
        one,
        "Delete a person with all that is theirs, after their servers have stopped",
        Needs.onUser(StandardScope.DELETE_USERS),
        this::delete);
    operations.add(
        "POST",
        one + "/activity",
        "Tell that a person, or servers of theirs, are active",
        Needs.onUser(StandardScope.USERS_ACTIVITY),
        this::activity);
    operations.add(
        "POST",
        one + "/admin-access",
        "Always refused; logging in to servers by OAuth took its place",
        Needs.onUser(StandardScope.SERVERS),
        UsersApi::refuseAdminAccess);
  }

  /** Whoever asks may learn who they are. */
  private void self(Exchange exchange, Visitor visitor) {
    Visitor known = visitor.with(ScopeSet.identify(visitor.owner()));
    ObjectNode model =
        visitor
            .user()
            .map(user -> database.read(tx -> models.user(tx, user, known, showsStopped(exchange))))
            .orElseGet(() -> service(known));
    Models.put(model, "token_id", visitor.token().map(token -> token.apiId()));
    Models.put(
        model,
        "session_id",
        visitor.token().map(token -> token.sessionId()).filter(id -> !id.isEmpty()));
    model.set("scopes", Models.texts(visitor.scopes().texts()));
    exchange.sendJson(200, model);
  }

  private ObjectNode service(Visitor visitor) {
    return database.read(tx ->
        tx.services()
            .find(visitor.name())
            .map(service -> models.service(tx, service, visitor))
            .orElseThrow(() -> new HttpException(403, "Missing or invalid credentials.")));
  }

  private static void refuseAdminAccess(Exchange exchange, Visitor visitor) {
    throw new HttpException(403, "admin access to user servers disabled");
  }

  private static boolean showsStopped(Exchange exchange) {
    String text = exchange.query("include_stopped_servers").orElse("0").toLowerCase(Locale.ROOT);
    return !text.equals("0") && !text.equals("false");
  }

  private void list(Exchange exchange, Visitor visitor) {
    Pages page = Pages.of(exchange, settings.pageDefault(), settings.pageMost());
    UserQuery query = query(exchange, visitor, page);
    boolean stopped = showsStopped(exchange);
    record Found(List<ObjectNode> models, long total) {}
    Found found =
        database.read(tx ->
            new Found(
                models.users(tx, tx.users().page(query), visitor, stopped),
                tx.users().count(query)));
    page.send(exchange, found.models(), found.total());
  }

  private static UserQuery query(Exchange exchange, Visitor visitor, Pages page) {
    String state = exchange.query("state").orElse("");
    String sort = exchange.query("sort").filter(text -> !text.isEmpty()).orElse("id");
    boolean descending = sort.startsWith("-");
    return new UserQuery(
        switch (state) {
          case "" -> UserQuery.State.ANY;
          case "active" -> UserQuery.State.ACTIVE;
          case "ready" -> UserQuery.State.READY;
          case "inactive" -> UserQuery.State.INACTIVE;
          default ->
              throw new HttpException(
                  400,
                  "Unrecognized state filter: '"
                      + Bodies.shown(state)
                      + "'; it is active, ready or inactive");
        },
        exchange.query("name_filter").orElse(""),
        Listed.people(visitor),
        switch (descending ? sort.substring(1) : sort) {
          case "id" -> UserQuery.Order.ID;
          case "name" -> UserQuery.Order.NAME;
          case "last_activity" -> UserQuery.Order.LAST_ACTIVITY;
          default ->
              throw new HttpException(
                  400,
                  "sort must be 'id', 'name', or 'last_activity', not '"
                      + Bodies.shown(sort)
                      + "'");
        },
        descending,
        page.offset(),
        page.limit());
  }

  private void addMany(Exchange exchange, Visitor visitor) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    JsonNode usernames = body.path("usernames");
    if (!usernames.isArray() || usernames.isEmpty()) {
      throw new HttpException(400, "Must specify at least one user to create");
    }
    List<String> wanted = Bodies.texts(body, "usernames");
    body.remove("usernames");
    Bodies.check(body, FIELDS);
    boolean admin = body.path("admin").asBoolean(false);
    AdminRights.requireToGive(admin, visitor);
    List<String> valid = wanted.stream().map(this::valid).distinct().toList();
    List<ObjectNode> made =
        database.write(tx -> {
          List<User> added = new ArrayList<>();
          for (String name : valid) {
            if (tx.users().find(name).isEmpty()) {
              added.add(people.add(tx, name, admin));
            }
          }
          return models.users(tx, added, visitor, false);
        });
    if (made.isEmpty()) {
      throw new HttpException(409, "All " + wanted.size() + " users already exist");
    }
    var answer = Json.array();
    made.forEach(answer::add);
    exchange.sendJson(201, answer);
  }

  private String valid(String name) {
    String normalised = names.normalised(name);
    if (!names.isValid(normalised)) {
      throw new HttpException(400, "Invalid username: " + UserNames.shown(normalised));
    }
    return normalised;
  }

  private void add(Exchange exchange, Visitor visitor) throws IOException {
    String name = valid(exchange.parameter("user"));
    ObjectNode body = Bodies.object(exchange.json());
    Bodies.check(body, FIELDS);
    boolean admin = body.path("admin").asBoolean(false);
    AdminRights.requireToGive(admin, visitor);
    ObjectNode made =
        database.write(tx -> {
          if (tx.users().find(name).isPresent()) {
            throw new HttpException(409, "User " + name + " already exists");
          }
          return models.user(tx, people.add(tx, name, admin), visitor, false);
        });
    exchange.sendJson(201, made);
  }

  private void show(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    boolean stopped = showsStopped(exchange);
    ObjectNode model = database.read(tx -> withState(tx, known(tx, name), visitor, stopped));
    exchange.sendJson(200, model);
  }

  static User known(Transaction tx, String name) {
    return tx.users()
        .find(name)
        .orElseThrow(() -> new HttpException(404, "No such user: " + UserNames.shown(name)));
  }

  private void change(Exchange exchange, Visitor visitor) throws IOException {
    String name = exchange.parameter("user");
    ObjectNode body = Bodies.object(exchange.json());
    Bodies.check(body, FIELDS);
    Optional<String> newName =
        Json.field(body, "name").filter(to -> !to.equals(name)).map(this::valid);
    Optional<Boolean> admin =
        body.has("admin") ? Optional.of(body.path("admin").asBoolean()) : Optional.empty();
    ObjectNode changed =
        database.write(tx -> {
          User user = known(tx, name);
          AdminRights.requireToChange(user, visitor);
          AdminRights.requireToGive(admin.orElse(false), visitor);
          newName
              .filter(to -> tx.users().find(to).isPresent())
              .ifPresent(to -> {
                throw new HttpException(
                    400, "User " + to + " already exists, username must be unique");
              });
          newName.ifPresent(to -> people.rename(tx, user, to));
          admin.ifPresent(to -> people.setAdmin(tx, user, to));
          if (body.has("auth_state")) {
            tx.users().setAuthState(user.id(), encrypted(body.path("auth_state")));
          }
          return withState(tx, known(tx, newName.orElse(name)), visitor, false);
        });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " changed " + String.join(", ", body.propertyNames()) + " of " + name);
    exchange.sendJson(200, changed);
  }

  /** The model of one person, with what their login left behind where that may be seen. */
  private ObjectNode withState(Transaction tx, User user, Visitor visitor, boolean stopped) {
    ObjectNode model = models.user(tx, user, visitor, stopped);
    String key = UserField.AUTH_STATE.key();
    if (model.has(key) && stateKeys.isPresent()) {
      tx.users()
          .authState(user.id())
          .flatMap(state -> stateKeys.get().decrypt(state))
          .ifPresent(state -> model.set(key, Json.parse(state)));
    }
    return model;
  }

  private Optional<byte[]> encrypted(JsonNode state) {
    if (state.isNull()) {
      return Optional.empty();
    }
    FernetKeys keys =
        stateKeys.orElseThrow(() ->
            new HttpException(
                400,
                "auth_state is not kept by this hub: its settings do not say"
                    + " Authenticator.enable_auth_state = True"));
    return Optional.of(keys.encrypt(Json.text(state), clock.instant()));
  }

  private void delete(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    if (visitor.user().map(User::name).filter(name::equals).isPresent()) {
      throw new HttpException(400, "Cannot delete yourself!");
    }
    User leaving = database.read(tx -> known(tx, name));
    for (UserServer server : database.read(tx -> active(tx, leaving))) {
      servers.stop(server, false);
    }
    checkStopped(database.read(tx -> active(tx, leaving)), name);
    servers.forgetAllOf(leaving);
    database.change(tx -> {
      User user = known(tx, name);
      checkStopped(active(tx, user), name);
      people.delete(tx, user);
    });
    LOG.log(System.Logger.Level.INFO, visitor.name() + " deleted " + name);
    exchange.sendEmpty(204);
  }

  private static void checkStopped(List<UserServer> active, String name) {
    if (!active.isEmpty()) {
      throw new HttpException(400, name + "'s server is in the process of stopping, please wait.");
    }
  }

  private static List<UserServer> active(Transaction tx, User user) {
    return tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()).stream()
        .filter(UserServer::isActive)
        .toList();
  }

  private void activity(Exchange exchange, Visitor visitor) throws IOException {
    String name = exchange.parameter("user");
    JsonNode body =
        exchange.json().orElseThrow(() -> new HttpException(400, "body must be a json dict"));
    if (!body.isObject()) {
      throw new HttpException(400, "body must be a json dict");
    }
    Optional<Instant> own = time(body.path("last_activity"));
    Map<String, Instant> servers = serverTimes(body.path("servers"));
    if (own.isEmpty() && servers.isEmpty()) {
      throw new HttpException(
          400, "body must contain at least one of `last_activity` or `servers`");
    }
    database.change(tx -> {
      User user = known(tx, name);
      own.ifPresent(time -> tx.users().seen(user.id(), time));
      servers.forEach((server, time) ->
          tx.servers()
              .used(
                  tx.servers()
                      .find(user.id(), server)
                      .orElseThrow(() ->
                          new HttpException(
                              400,
                              "No such server '" + Bodies.shown(server) + "' for user " + name))
                      .id(),
                  time));
    });
    Bodies.sendNothing(exchange);
  }

  private Map<String, Instant> serverTimes(JsonNode servers) {
    var times = new LinkedHashMap<String, Instant>();
    if (servers.isMissingNode() || servers.isNull()) {
      return times;
    }
    for (var entry : servers.isObject() ? servers.properties() : refuseServers()) {
      times.put(
          entry.getKey(),
          time(entry.getValue().path("last_activity")).orElseGet(UsersApi::refuseServer));
    }
    return times;
  }

  private static Instant refuseServer() {
    throw new HttpException(
        400, "servers must be a dict of the form {server_name: {last_activity: timestamp}}");
  }

  private static Set<Map.Entry<String, JsonNode>> refuseServers() {
    refuseServer();
    return Set.of();
  }

  private Optional<Instant> time(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    Instant time =
        Optional.of(node.asString(""))
            .flatMap(Times::parse)
            .orElseThrow(() ->
                new HttpException(
                    400, "Not a valid timestamp: '" + Bodies.shown(node.asString("")) + "'"));
    if (time.isAfter(clock.instant().plus(FUTURE))) {
      throw new HttpException(
          400, "Rejecting activity from more than an hour in the future: " + Times.text(time));
    }
    return Optional.of(time);
  }
}
