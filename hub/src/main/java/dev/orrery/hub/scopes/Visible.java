package dev.orrery.hub.scopes;

import dev.orrery.hub.scopes.Resource.Group;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Service;
import dev.orrery.hub.scopes.Resource.User;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which parts of the models of users, servers, groups and services somebody may see. A model of
 * which no field may be seen is not shown at all.
 */
public record Visible(ScopeSet scopes, Groups groups) {

  private static final Map<StandardScope, Set<UserField>> USER =
      new EnumMap<>(
          Map.of(
              StandardScope.READ_USERS,
              EnumSet.complementOf(EnumSet.of(UserField.AUTH_STATE, UserField.SERVERS)),
              StandardScope.READ_USERS_NAME,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.ADMIN, UserField.USER_INFO),
              StandardScope.READ_USERS_GROUPS,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.GROUPS),
              StandardScope.READ_USERS_ACTIVITY,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.LAST_ACTIVITY),
              StandardScope.READ_SERVERS,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.SERVERS),
              StandardScope.READ_ROLES_USERS,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.ROLES, UserField.ADMIN),
              StandardScope.ADMIN_AUTH_STATE,
              EnumSet.of(UserField.KIND, UserField.NAME, UserField.AUTH_STATE)));

  private static final Map<StandardScope, Set<GroupField>> GROUP =
      new EnumMap<>(
          Map.of(
              StandardScope.READ_GROUPS,
              EnumSet.complementOf(EnumSet.of(GroupField.ROLES)),
              StandardScope.READ_GROUPS_NAME,
              EnumSet.of(GroupField.KIND, GroupField.NAME),
              StandardScope.READ_ROLES_GROUPS,
              EnumSet.of(GroupField.KIND, GroupField.NAME, GroupField.ROLES)));

  private static final Map<StandardScope, Set<ServiceField>> SERVICE =
      new EnumMap<>(
          Map.of(
              StandardScope.READ_SERVICES,
              EnumSet.complementOf(EnumSet.of(ServiceField.ROLES)),
              StandardScope.READ_SERVICES_NAME,
              EnumSet.of(ServiceField.KIND, ServiceField.NAME, ServiceField.ADMIN),
              StandardScope.READ_ROLES_SERVICES,
              EnumSet.of(
                  ServiceField.KIND, ServiceField.NAME, ServiceField.ROLES, ServiceField.ADMIN)));

  /**
   * The fields of a user. {@link UserField#SERVERS} is among them where all servers may be read;
   * where it is not, but other fields are, ask {@link #server} for each.
   */
  public Set<UserField> user(String name) {
    return fields(UserField.class, USER, new User(name));
  }

  /** Whether a server is shown within the model of its user, or by itself. */
  public boolean server(Server server) {
    return scopes.allows(StandardScope.READ_SERVERS, server, groups);
  }

  /** Whether there may be servers that are shown within the models of their users. */
  public boolean someServers() {
    return scopes.has(StandardScope.READ_SERVERS);
  }

  /** Whether the inner state of a server is shown with it. */
  public boolean serverState(Server server) {
    return scopes.allows(StandardScope.ADMIN_SERVER_STATE, server, groups);
  }

  /** The fields of a group. */
  public Set<GroupField> group(String name) {
    return fields(GroupField.class, GROUP, new Group(name));
  }

  /** The fields of a service. */
  public Set<ServiceField> service(String name) {
    return fields(ServiceField.class, SERVICE, new Service(name));
  }

  private <F extends Enum<F>> Set<F> fields(
      Class<F> type, Map<StandardScope, Set<F>> rules, Resource resource) {
    Set<F> visible = EnumSet.noneOf(type);
    rules.forEach((scope, fields) -> {
      if (scopes.allows(scope, resource, groups)) {
        visible.addAll(fields);
      }
    });
    return Collections.unmodifiableSet(visible);
  }
}
