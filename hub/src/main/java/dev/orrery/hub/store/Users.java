package dev.orrery.hub.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** The people a hub knows. */
public final class Users {

  private static final String COLUMNS =
      "users.id, users.name, users.admin, users.created, users.last_activity, users.cookie_id,"
          + " users.user_info";

  private final Handle handle;
  private final Dialect dialect;

  Users(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  private RowMapper<User> mapper() {
    return (row, _) ->
        new User(
            row.getLong("id"),
            row.getString("name"),
            row.getBoolean("admin"),
            dialect.time(row, "created"),
            dialect.time(row, "last_activity"),
            row.getString("cookie_id"),
            Optional.ofNullable(row.getString("user_info")));
  }

  /** The person of that name. */
  public Optional<User> find(String name) {
    return one("name", name);
  }

  /** The person whose login cookie holds this. */
  public Optional<User> byCookieId(String cookieId) {
    return one("cookie_id", cookieId);
  }

  /** The person of that number. */
  public Optional<User> byId(long id) {
    return one("id", id);
  }

  private Optional<User> one(String column, Object value) {
    return handle
        .select("SELECT " + COLUMNS + " FROM users WHERE " + column + " = ?", value)
        .map(mapper())
        .findOne();
  }

  /** How many were seen since then. */
  public long seenSince(Instant time) {
    return handle
        .select("SELECT count(*) FROM users WHERE last_activity >= ?", time)
        .mapTo(Long.class)
        .one();
  }

  /** How many there are. */
  public long count() {
    return handle.select("SELECT count(*) FROM users").mapTo(Long.class).one();
  }

  /**
   * Adds a person.
   *
   * @param name normalised and checked; not taken
   * @param cookieId random
   */
  public User create(String name, boolean admin, String cookieId, Instant now) {
    long id =
        handle
            .createQuery(
                "INSERT INTO users (name, admin, created, cookie_id)"
                    + " VALUES (:name, :admin, :now, :cookie) RETURNING id")
            .bind("name", name)
            .bind("admin", admin)
            .bind("now", now)
            .bind("cookie", cookieId)
            .mapTo(Long.class)
            .one();
    new OwnAccounts(handle).belongsTo(name, id);
    return new User(
        id, name, admin, Optional.of(now), Optional.empty(), cookieId, Optional.empty());
  }

  /** Takes a person away, and with them everything that is theirs. */
  public void delete(long id) {
    handle.execute(
        "DELETE FROM servers WHERE id IN (SELECT server_id FROM spawners WHERE user_id = ?)", id);
    handle.execute(
        "DELETE FROM oauth_clients WHERE identifier IN"
            + " (SELECT oauth_client_id FROM spawners WHERE user_id = ?)",
        id);
    handle.execute("DELETE FROM users WHERE id = ?", id);
  }

  public void rename(long id, String name) {
    // An account that somebody asked for under this name is not this person's.
    handle.execute("DELETE FROM orrery_passwords WHERE name = ?", name);
    handle.execute("UPDATE users SET name = ? WHERE id = ?", name, id);
  }

  /**
   * Ends all logins of a person.
   *
   * @param cookieId random; what their cookies hold from now on
   */
  public void setCookieId(long id, String cookieId) {
    handle.execute("UPDATE users SET cookie_id = ? WHERE id = ?", cookieId, id);
  }

  public void setAdmin(long id, boolean admin) {
    handle.execute("UPDATE users SET admin = ? WHERE id = ?", admin, id);
  }

  /** What the authenticator keeps of a person, encrypted. */
  public Optional<byte[]> authState(long id) {
    return handle
        .select("SELECT encrypted_auth_state FROM users WHERE id = ?", id)
        .map((row, _) -> Optional.ofNullable(row.getBytes(1)))
        .findOne()
        .flatMap(state -> state);
  }

  public void setAuthState(long id, Optional<byte[]> encrypted) {
    handle.execute(
        "UPDATE users SET encrypted_auth_state = ? WHERE id = ?", encrypted.orElse(null), id);
  }

  /** Keeps what the authenticator told of a person, a JSON object. */
  public void setUserInfo(long id, String json) {
    handle.execute("UPDATE users SET user_info = ? WHERE id = ?", json, id);
  }

  /** Notes that a person was seen, unless they were seen later. */
  public void seen(long id, Instant time) {
    handle.execute(
        "UPDATE users SET last_activity = ?"
            + " WHERE id = ? AND (last_activity IS NULL OR last_activity < ?)",
        time,
        id,
        time);
  }

  /** One page of people. */
  public List<User> page(UserQuery query) {
    String order = "users." + query.order().column();
    // What has no value is sorted in different places by different databases; to say where keeps
    // them from using an index, so it is not said of what always has one.
    String missing = query.order().mayBeMissing() ? order + " IS NULL" : "";
    String direction = query.descending() ? " DESC" : "";
    String sql =
        "SELECT "
            + COLUMNS
            + " FROM users"
            + where(query)
            + " ORDER BY "
            + (missing.isEmpty() ? "" : missing + (query.descending() ? ", " : " DESC, "))
            + order
            + direction
            + (query.order() == UserQuery.Order.ID ? "" : ", users.id" + direction)
            + " LIMIT :limit OFFSET :offset";
    return bound(handle.createQuery(sql), query)
        .bind("limit", query.limit())
        .bind("offset", query.offset())
        .map(mapper())
        .list();
  }

  /** How many people a query would find on all its pages. */
  public long count(UserQuery query) {
    return bound(handle.createQuery("SELECT count(*) FROM users" + where(query)), query)
        .mapTo(Long.class)
        .one();
  }

  private static String where(UserQuery query) {
    var conditions = new ArrayList<String>();
    switch (query.state()) {
      case ANY -> {}
      case ACTIVE -> conditions.add("users.id IN (" + RUNNING + ")");
      case INACTIVE -> conditions.add("users.id NOT IN (" + RUNNING + ")");
      case READY ->
          conditions.add(
              "users.id IN ("
                  + RUNNING
                  + " AND NOT EXISTS (SELECT 1 FROM orrery_server_work"
                  + " WHERE orrery_server_work.spawner_id = spawners.id"
                  + " AND orrery_server_work.step <> 'failed'))");
    }
    if (!query.nameContains().isEmpty()) {
      conditions.add("lower(users.name) LIKE :part ESCAPE '!'");
    }
    query
        .among()
        .ifPresent(among -> {
          var any = new ArrayList<String>();
          if (!among.users().isEmpty()) {
            any.add("users.name IN (<users>)");
          }
          if (!among.groups().isEmpty()) {
            any.add(
                "users.id IN (SELECT user_group_map.user_id FROM user_group_map"
                    + " JOIN groups ON groups.id = user_group_map.group_id"
                    + " WHERE groups.name IN (<groups>))");
          }
          conditions.add(any.isEmpty() ? "1 = 0" : "(" + String.join(" OR ", any) + ")");
        });
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  /** Asked once, not for each person: JupyterHub's table has no index that would help there. */
  private static final String RUNNING =
      "SELECT spawners.user_id FROM spawners"
          + " WHERE spawners.server_id IS NOT NULL AND spawners.user_id IS NOT NULL";

  private static Query bound(Query query, UserQuery wanted) {
    if (!wanted.nameContains().isEmpty()) {
      query.bind("part", "%" + SqlText.escapedLike(wanted.nameContains()) + "%");
    }
    wanted
        .among()
        .ifPresent(among -> {
          if (!among.users().isEmpty()) {
            query.bindList("users", List.copyOf(among.users()));
          }
          if (!among.groups().isEmpty()) {
            query.bindList("groups", List.copyOf(among.groups()));
          }
        });
    return query;
  }

  /** The names of the groups each of these people is in, sorted. */
  public Map<Long, List<String>> groups(Collection<Long> users) {
    return SqlText.names(
        handle,
        "SELECT user_group_map.user_id, groups.name FROM groups"
            + " JOIN user_group_map ON groups.id = user_group_map.group_id"
            + " WHERE user_group_map.user_id IN (<ids>) ORDER BY groups.name",
        users);
  }

  /** All names, by the order in which the people came. */
  public Map<Long, String> names() {
    var names = new LinkedHashMap<Long, String>();
    handle
        .select("SELECT id, name FROM users ORDER BY id")
        .map((row, _) -> Map.entry(row.getLong(1), row.getString(2)))
        .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
    return names;
  }

  /**
   * Makes administrators of those who have a role.
   *
   * @param exact whether nobody else is one
   */
  public void followAdminRole(String role, boolean exact) {
    SqlText.followAdminRole(handle, Holder.USER, role, exact);
  }

  /**
   * Gives the two standard roles to those who should have them.
   *
   * @param user the name of the role that everybody has
   * @param admin the name of the role that administrators have
   */
  public void giveMissingRoles(String user, String admin) {
    handle.execute(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth)"
            + " SELECT users.id, roles.id, FALSE FROM users, roles"
            + " WHERE (roles.name = ? OR (roles.name = ? AND users.admin))"
            + " AND NOT EXISTS (SELECT 1 FROM user_role_map map"
            + " WHERE map.user_id = users.id AND map.role_id = roles.id)",
        user,
        admin);
  }
}
