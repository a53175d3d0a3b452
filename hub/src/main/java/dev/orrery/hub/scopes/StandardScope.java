package dev.orrery.hub.scopes;

import java.util.List;

/**
 * The scopes every hub has, with what each allows and which others it brings along. The
 * documentation is made from this table.
 */
public enum StandardScope {
  NO_SCOPE("(no_scope)", "Learn who the owner is, and nothing else."),
  SELF("self", "All that belongs to the user: profile, servers, tokens. Nothing for a service."),
  INHERIT("inherit", "Whatever the owner of the token may do, now and later."),

  ADMIN_UI("admin-ui", "Open the admin page. What can be done there needs further scopes."),

  ADMIN_USERS(
      "admin:users",
      "Create, read, change and delete users and what their login left behind, but not their"
          + " servers and tokens. Whoever has it can become anybody.",
      "admin:auth_state",
      "users",
      "read:roles:users",
      "delete:users"),
  ADMIN_AUTH_STATE("admin:auth_state", "Read what a user's login left behind."),
  USERS(
      "users",
      "Read and change users, without their servers, tokens and what their login left behind.",
      "read:users",
      "list:users",
      "users:activity"),
  DELETE_USERS("delete:users", "Delete users."),
  LIST_USERS("list:users", "List users, at least by name.", "read:users:name"),
  READ_USERS(
      "read:users",
      "Read users, with the address of a default server that runs.",
      "read:users:name",
      "read:users:groups",
      "read:users:activity"),
  READ_USERS_NAME("read:users:name", "Read the names of users."),
  READ_USERS_GROUPS("read:users:groups", "Read which groups users are in."),
  READ_USERS_ACTIVITY("read:users:activity", "Read when users were last active."),
  USERS_ACTIVITY("users:activity", "Report that a user is active.", "read:users:activity"),

  READ_ROLES(
      "read:roles",
      "Read which roles are given to whom.",
      "read:roles:users",
      "read:roles:services",
      "read:roles:groups"),
  READ_ROLES_USERS("read:roles:users", "Read the roles of users."),
  READ_ROLES_SERVICES("read:roles:services", "Read the roles of services."),
  READ_ROLES_GROUPS("read:roles:groups", "Read the roles of groups."),

  ADMIN_SERVERS(
      "admin:servers",
      "Create, read, start, stop and delete servers, and read their inner state.",
      "admin:server_state",
      "servers"),
  ADMIN_SERVER_STATE("admin:server_state", "Read and write the inner state of servers."),
  SERVERS(
      "servers",
      "Read, start and stop servers.",
      "read:servers",
      "start:servers",
      "delete:servers"),
  READ_SERVERS(
      "read:servers",
      "Read the names of users, and their servers without the inner state.",
      "read:users:name"),
  START_SERVERS("start:servers", "Start servers, and change what is said of them."),
  DELETE_SERVERS("delete:servers", "Stop and delete servers."),
  ACCESS_SERVERS("access:servers", "Use servers, in the browser or by their API."),

  TOKENS("tokens", "Read, make and revoke tokens of users.", "read:tokens"),
  READ_TOKENS("read:tokens", "Read which tokens users have, without the secrets."),

  ADMIN_GROUPS(
      "admin:groups",
      "Create, read, change and delete groups.",
      "groups",
      "read:roles:groups",
      "delete:groups"),
  GROUPS(
      "groups",
      "Read and change groups, and who is in them. Being in a group may give a user more rights.",
      "read:groups",
      "list:groups"),
  LIST_GROUPS("list:groups", "List groups, at least by name.", "read:groups:name"),
  READ_GROUPS("read:groups", "Read groups and who is in them.", "read:groups:name"),
  READ_GROUPS_NAME("read:groups:name", "Read the names of groups."),
  DELETE_GROUPS("delete:groups", "Delete groups."),

  ADMIN_SERVICES(
      "admin:services",
      "Create, read, change and delete services that are not in the configuration.",
      "list:services",
      "read:services",
      "read:roles:services"),
  LIST_SERVICES("list:services", "List services, at least by name.", "read:services:name"),
  READ_SERVICES("read:services", "Read services.", "read:services:name"),
  READ_SERVICES_NAME("read:services:name", "Read the names of services."),
  ACCESS_SERVICES("access:services", "Use services, in the browser or by their API."),

  SHARES(
      "shares",
      "Let others use servers, and end it.",
      "access:servers",
      "read:shares",
      "users:shares",
      "groups:shares"),
  READ_SHARES("read:shares", "Read who may use which server of somebody else."),
  USERS_SHARES("users:shares", "Read and give up what is shared with a user.", "read:users:shares"),
  READ_USERS_SHARES("read:users:shares", "Read which servers are shared with a user."),
  GROUPS_SHARES(
      "groups:shares", "Read and give up what is shared with a group.", "read:groups:shares"),
  READ_GROUPS_SHARES("read:groups:shares", "Read which servers are shared with a group."),

  READ_HUB("read:hub", "Read versions and parts of the hub."),
  PROXY("proxy", "Read the routes, compare them with the hub's, and name another proxy."),
  SHUTDOWN("shutdown", "Shut the hub down."),
  READ_METRICS("read:metrics", "Read the figures for monitoring.");

  /** Of texts and a copied list. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Scope definition;

  StandardScope(String name, String description, String... implies) {
    this.definition = new Scope(name, description, List.of(implies));
  }

  /** Name, description, and what it brings along. */
  public Scope definition() {
    return definition;
  }

  /** For example {@code read:users:name}. */
  public String scopeName() {
    return definition.name();
  }

  @Override
  public String toString() {
    return scopeName();
  }
}
