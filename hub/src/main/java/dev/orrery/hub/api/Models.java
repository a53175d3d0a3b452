package dev.orrery.hub.api;

import dev.orrery.http.Json;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.GroupField;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ServiceField;
import dev.orrery.hub.scopes.UserField;
import dev.orrery.hub.scopes.Visible;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the API shows of people, servers, groups and tokens, as far as the asker may see it. */
final class Models {

  private final HubSettings.Addresses addresses;

  Models(HubSettings.Addresses addresses) {
    this.addresses = addresses;
  }

  /**
   * Models of people; who may not be seen at all is left out.
   *
   * @param stopped whether servers that do not run are shown
   */
  List<ObjectNode> users(Transaction tx, Collection<User> users, Visitor visitor, boolean stopped) {
    Visible visible = visitor.visible();
    var fields = new HashMap<Long, Set<UserField>>();
    users.forEach(user -> fields.put(user.id(), visible.user(user.name())));
    // What nobody is shown is not asked for: a server that checks a token sees few of the fields.
    Map<Long, List<String>> groups = tx.users().groups(with(fields, UserField.GROUPS));
    Map<Long, List<String>> roles = tx.roles().names(Holder.USER, with(fields, UserField.ROLES));
    Map<Long, List<UserServer>> servers =
        tx.servers()
            .of(
                visible.someServers()
                    ? fields.keySet()
                    : with(fields, UserField.SERVER, UserField.PENDING));
    var models = new ArrayList<ObjectNode>();
    for (User user : users) {
      ObjectNode model =
          user(
              user,
              fields.getOrDefault(user.id(), Set.of()),
              groups.getOrDefault(user.id(), List.of()),
              roles.getOrDefault(user.id(), List.of()),
              servers.getOrDefault(user.id(), List.of()),
              visible,
              stopped);
      if (!model.isEmpty()) {
        models.add(model);
      }
    }
    return models;
  }

  /** Of whom one of these fields is shown. */
  private static List<Long> with(Map<Long, Set<UserField>> shown, UserField... any) {
    List<UserField> wanted = List.of(any);
    return shown.entrySet().stream()
        .filter(entry -> wanted.stream().anyMatch(entry.getValue()::contains))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  ObjectNode user(Transaction tx, User user, Visitor visitor, boolean stopped) {
    List<ObjectNode> models = users(tx, List.of(user), visitor, stopped);
    return models.isEmpty() ? Json.object() : models.getFirst();
  }

  private ObjectNode user(
      User user,
      Set<UserField> fields,
      List<String> groups,
      List<String> roles,
      List<UserServer> servers,
      Visible visible,
      boolean stopped) {
    ObjectNode model = Json.object();
    Optional<UserServer> standard =
        servers.stream().filter(server -> server.name().isEmpty()).findFirst();
    for (UserField field : fields) {
      String key = field.key();
      switch (field) {
        case KIND -> model.put(key, "user");
        case NAME -> model.put(key, user.name());
        case ADMIN -> model.put(key, user.admin());
        case ROLES -> model.set(key, texts(roles));
        case GROUPS -> model.set(key, texts(groups));
        case SERVER ->
            put(
                model,
                key,
                standard.filter(UserServer::isReady).map(_ -> userPath(user.name(), "")));
        case PENDING ->
            put(model, key, standard.flatMap(UserServer::pending).map(UserServer.Step::shown));
        case CREATED -> put(model, key, user.created().map(Times::text));
        case LAST_ACTIVITY -> put(model, key, user.lastActivity().map(Times::text));
        case AUTH_STATE -> model.putNull(key);
        case USER_INFO -> model.set(key, json(user.userInfo()));
        case SERVERS -> {}
      }
    }
    if (fields.isEmpty()) {
      return model;
    }
    ObjectNode shown = Json.object();
    for (UserServer server : servers) {
      if ((server.isActive() || stopped)
          && visible.server(new Resource.Server(user.name(), server.name()))) {
        shown.set(server.name(), server(server, visible));
      }
    }
    if (fields.contains(UserField.SERVERS) || !shown.isEmpty()) {
      model.set("servers", shown);
    }
    return model;
  }

  /** The model of a server that may be seen. */
  ObjectNode server(UserServer server, Visible visible) {
    String path = userPath(server.userName(), server.name());
    String progress = Paths.progress(addresses.hubPath(), server.userName(), server.name());
    ObjectNode model = Json.object();
    model.put("name", server.name());
    put(model, "display_name", server.displayName());
    model.put("full_name", server.userName() + "/" + server.name());
    put(model, "last_activity", server.lastActivity().map(Times::text));
    put(model, "started", server.started().map(Times::text));
    put(model, "pending", server.pending().map(UserServer.Step::shown));
    model.put("ready", server.isReady());
    model.put("stopped", !server.isActive());
    model.put("url", path);
    model.set("user_options", server.userOptions().map(Json::parse).orElseGet(Json::object));
    model.put("progress_url", progress);
    put(model, "full_url", addresses.publicUrl().map(origin -> origin + path));
    put(model, "full_progress_url", addresses.publicUrl().map(origin -> origin + progress));
    if (visible.serverState(new Resource.Server(server.userName(), server.name()))) {
      model.set("state", server.state().map(Json::parse).orElseGet(Json::object));
    }
    return model;
  }

  /** Where a server is, in the address that people see. */
  String userPath(String user, String server) {
    return Paths.of(addresses.basePath(), user, server);
  }

  List<ObjectNode> groups(Transaction tx, Collection<Group> groups, Visitor visitor) {
    List<Long> ids = groups.stream().map(Group::id).toList();
    Map<Long, List<String>> members = tx.groups().members(ids);
    Map<Long, List<String>> roles = tx.roles().names(Holder.GROUP, ids);
    var models = new ArrayList<ObjectNode>();
    for (Group group : groups) {
      ObjectNode model = Json.object();
      for (GroupField field : visitor.visible().group(group.name())) {
        switch (field) {
          case KIND -> model.put(field.key(), "group");
          case NAME -> model.put(field.key(), group.name());
          case ROLES -> model.set(field.key(), texts(roles.getOrDefault(group.id(), List.of())));
          case USERS -> model.set(field.key(), texts(members.getOrDefault(group.id(), List.of())));
          case PROPERTIES -> model.set(field.key(), Json.parse(group.properties()));
        }
      }
      if (!model.isEmpty()) {
        models.add(model);
      }
    }
    return models;
  }

  /** Services by their names; who may not be seen at all is left out. */
  Map<String, ObjectNode> services(Transaction tx, Collection<Service> services, Visitor visitor) {
    Map<Long, List<String>> roles =
        tx.roles().names(Holder.SERVICE, services.stream().map(Service::id).toList());
    var models = new LinkedHashMap<String, ObjectNode>();
    for (Service service : services) {
      ObjectNode model = Json.object();
      for (ServiceField field : visitor.visible().service(service.name())) {
        String key = field.key();
        switch (field) {
          case KIND -> model.put(key, "service");
          case NAME -> model.put(key, service.name());
          case ADMIN -> model.put(key, service.admin());
          case ROLES -> model.set(key, texts(roles.getOrDefault(service.id(), List.of())));
          case URL -> model.put(key, service.url());
          case PREFIX ->
              model.put(
                  key,
                  service.url().isEmpty()
                      ? ""
                      : Paths.service(addresses.basePath(), service.name()));
          case COMMAND -> model.set(key, texts(service.command()));
          case PID -> model.put(key, service.pid());
          case INFO -> model.set(key, Json.parse(service.info()));
          case DISPLAY -> model.put(key, service.display());
        }
      }
      if (!model.isEmpty()) {
        models.put(service.name(), model);
      }
    }
    return models;
  }

  /** The model of a service; without fields where nothing of it may be seen. */
  ObjectNode service(Transaction tx, Service service, Visitor visitor) {
    return services(tx, List.of(service), visitor).getOrDefault(service.name(), Json.object());
  }

  /**
   * The model of a token.
   *
   * @param owner the name of whose it is
   * @param scopes what it may do
   */
  static ObjectNode token(ApiToken token, String owner, List<String> scopes) {
    ObjectNode model = Json.object();
    model.put(token.user().isPresent() ? "user" : "service", owner);
    model.put("id", token.apiId());
    model.put("kind", "api_token");
    model.putArray("roles");
    model.set("scopes", texts(scopes));
    put(model, "created", token.created().map(Times::text));
    put(model, "last_activity", token.lastActivity().map(Times::text));
    put(model, "expires_at", token.expiresAt().map(Times::text));
    model.put("note", token.note());
    put(model, "session_id", Optional.of(token.sessionId()).filter(id -> !id.isEmpty()));
    model.put(
        "oauth_client",
        token.clientDescription().isEmpty() ? token.clientId() : token.clientDescription());
    return model;
  }

  static ArrayNode texts(Collection<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return array;
  }

  private static JsonNode json(Optional<String> text) {
    return text.map(Json::parse).orElseGet(() -> Json.object().nullNode());
  }

  static void put(ObjectNode model, String key, Optional<String> value) {
    if (value.isPresent()) {
      model.put(key, value.get());
    } else {
      model.putNull(key);
    }
  }
}
