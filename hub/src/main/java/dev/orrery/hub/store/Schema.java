package dev.orrery.hub.store;

import java.util.List;

/**
 * The tables of JupyterHub 6.1, so that either hub can be stopped and the other be started on the
 * same database; and ours, whose names begin with {@code orrery_}. Rows of ours go with the rows of
 * theirs that they are about.
 */
final class Schema {

  /** The revision of JupyterHub's history that these tables are. */
  static final String REVISION = "f460b0348206";

  static final List<Table> JUPYTERHUB =
      List.of(
          Table.named("groups").id().text("name", 255).text("properties").unique("name"),
          Table.named("oauth_clients")
              .id()
              .text("identifier", 255)
              .text("description", 1023)
              .text("secret", 255)
              .text("redirect_uri", 1023)
              .text("allowed_scopes")
              .unique("identifier"),
          Table.named("roles")
              .id()
              .text("name", 255)
              .text("description", 1023)
              .text("scopes")
              .requiredBool("managed_by_auth")
              .unique("name"),
          Table.named("servers")
              .id()
              .text("proto", 15)
              .text("ip", 255)
              .integer("port")
              .text("base_url", 255)
              .text("cookie_name", 255),
          Table.named("users")
              .id()
              .text("name", 255)
              .text("user_info")
              .bool("admin")
              .time("created")
              .time("last_activity")
              .requiredText("cookie_id", 255)
              .text("state")
              .bytes("encrypted_auth_state")
              .unique("name")
              .unique("cookie_id"),
          roleMap("group", "groups"),
          Table.named("oauth_codes")
              .id()
              .client("client_id", "CASCADE")
              .text("code", 36)
              .integer("expires_at")
              .text("redirect_uri", 1023)
              .text("session_id", 255)
              .goesWith("user_id", "users")
              .text("scopes")
              .text("code_challenge", 255)
              .text("code_challenge_method", 64),
          Table.named("services")
              .id()
              .text("name", 255)
              .bool("admin")
              .text("url", 2047)
              .text("oauth_client_allowed_scopes")
              .text("info")
              .bool("display")
              .bool("oauth_no_confirm")
              .text("command")
              .text("cwd", 4095)
              .text("environment")
              .text("user", 255)
              .requiredInteger("timeout")
              .bool("from_config")
              .mayName("_server_id", "servers")
              .integer("pid")
              .client("oauth_client_id", "SET NULL")
              .unique("name"),
          Table.named("spawners")
              .id()
              .goesWith("user_id", "users")
              .mayName("server_id", "servers")
              .text("state")
              .text("name", 255)
              .text("display_name", 255)
              .time("started")
              .time("last_activity")
              .text("user_options")
              .client("oauth_client_id", "SET NULL"),
          Table.named("user_group_map")
              .keyGoesWith("user_id", "users")
              .keyGoesWith("group_id", "groups"),
          roleMap("user", "users"),
          Table.named("api_tokens")
              .goesWith("user_id", "users")
              .goesWith("service_id", "services")
              .id()
              .text("hashed", 255)
              .text("prefix", 16)
              .client("client_id", "CASCADE")
              .text("session_id", 255)
              .time("created")
              .time("expires_at")
              .time("last_activity")
              .text("note", 1023)
              .text("scopes")
              .unique("hashed")
              .index("prefix"),
          roleMap("service", "services"),
          Table.named("share_codes")
              .text("hashed", 255)
              .text("prefix", 16)
              .integer("exchange_count")
              .time("last_exchanged_at")
              .id()
              .requiredTime("created_at")
              .text("scopes")
              .time("expires_at")
              .goesWith("owner_id", "users")
              .goesWith("spawner_id", "spawners")
              .unique("hashed")
              .index("prefix"),
          Table.named("shares")
              .goesWith("user_id", "users")
              .goesWith("group_id", "groups")
              .id()
              .requiredTime("created_at")
              .text("scopes")
              .time("expires_at")
              .goesWith("owner_id", "users")
              .goesWith("spawner_id", "spawners"));

  /** Made where they are missing; an older hub of ours does not know the newer ones. */
  static final List<Table> OURS =
      List.of(
          // What is under way with a server, who works on it, and why the last start failed.
          Table.named("orrery_server_work")
              .keyGoesWith("spawner_id", "spawners")
              .requiredText("step", 32)
              .text("spawn_id", 64)
              .text("worker", 64)
              .time("lease_until")
              .time("since")
              .text("progress")
              .text("failure"),
          // Accounts of people who log in with a password of this hub. One that was asked for has a
          // name, and somebody from their first login on.
          Table.named("orrery_passwords")
              .id()
              .goesWith("user_id", "users")
              .text("name", 255)
              .requiredText("password", 255)
              .requiredBool("approved")
              .text("email", 255)
              .time("changed")
              .unique("user_id")
              .unique("name"),
          // How often wrong passwords were given for an account, where that is counted.
          Table.named("orrery_failed_logins")
              .id()
              .requiredText("name", 255)
              .requiredInteger("failures")
              .requiredTime("last")
              .unique("name"),
          // The proxy that an administrator named in place of the one of the settings; one row.
          Table.named("orrery_proxy").id().bytes("place"),
          // Links that let somebody in once.
          Table.named("orrery_invitations")
              .id()
              .text("hashed", 255)
              .text("name", 255)
              .requiredBool("admin")
              .time("expires_at")
              .unique("hashed"));

  /** That of nativeauthenticator, which makes it where it is missing and finds people by name. */
  static final Table NATIVE_ACCOUNTS =
      Table.named("users_info")
          .id()
          .requiredText("username", 128)
          .requiredBytes("password")
          .bool("is_authorized")
          .bool("login_email_sent")
          .text("email", 128)
          .bool("has_2fa")
          .text("otp_secret", 16);

  private Schema() {}

  private static Table roleMap(String kind, String table) {
    return Table.named(kind + "_role_map")
        .keyGoesWith(kind + "_id", table)
        .keyGoesWith("role_id", "roles")
        .requiredBool("managed_by_auth");
  }
}
