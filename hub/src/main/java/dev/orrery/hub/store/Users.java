package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The people a hub knows. */
public final class Users {

  private static final String COLUMNS =
      "users.id, users.name, users.admin, users.created, users.last_activity, users.cookie_id,"
          + " users.user_info";

  private final Sql sql;

  Users(Sql sql) {
    this.sql = sql;
  }

  /** The columns that {@link #owner} reads, of the table of people. */
  static final String OWNER =
      "users.name AS owner_name, users.admin AS owner_admin, users.created AS owner_created,"
          + " users.last_activity AS owner_last_activity, users.cookie_id AS owner_cookie_id,"
          + " users.user_info AS owner_user_info";

  private static User user(Row row) throws SQLException {
    return user(row, row.getLong("id"), "");
  }

  /** The person of that number in a row of something else. */
  static User owner(Row row, long id) throws SQLException {
    return user(row, id, "owner_");
  }

  private static User user(Row row, long id, String prefix) throws SQLException {
    return new User(
        id,
        row.getString(prefix + "name"),
        row.getBoolean(prefix + "admin"),
        row.time(prefix + "created"),
        row.time(prefix + "last_activity"),
        row.getString(prefix + "cookie_id"),
        row.text(prefix + "user_info"));
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
    return sql.select("SELECT " + COLUMNS + " FROM users WHERE " + column + " = ?", value)
        .map(Users::user)
        .findOne();
  }

  /** How many were seen since then. */
  public long seenSince(Instant time) {
    return sql.select("SELECT count(*) FROM users WHERE last_activity >= ?", time)
        .map(RowMapper.NUMBER)
        .one();
  }

  /** How many there are. */
  public long count() {
    return sql.select("SELECT count(*) FROM users").map(RowMapper.NUMBER).one();
  }

  /**
   * Adds a person.
   *
   * @param name normalised and checked; not taken
   * @param cookieId random
   */
  public User create(String name, boolean admin, String cookieId, Instant now) {
    long id =
        sql.createQuery(
                "INSERT INTO users (name, admin, created, cookie_id)"
                    + " VALUES (:name, :admin, :now, :cookie) RETURNING id")
            .bind("name", name)
            .bind("admin", admin)
            .bind("now", now)
            .bind("cookie", cookieId)
            .map(RowMapper.NUMBER)
            .one();
    new OwnAccounts(sql).belongsTo(name, id);
    return new User(
        id, name, admin, Optional.of(now), Optional.empty(), cookieId, Optional.empty());
  }

  /** Takes a person away, and with them everything that is theirs. */
  public void delete(long id) {
    sql.execute(
        "DELETE FROM servers WHERE id IN (SELECT server_id FROM spawners WHERE user_id = ?)", id);
    sql.execute(
        "DELETE FROM oauth_clients WHERE identifier IN"
            + " (SELECT oauth_client_id FROM spawners WHERE user_id = ?)",
        id);
    sql.execute("DELETE FROM users WHERE id = ?", id);
  }

  public void rename(long id, String name) {
    // An account that somebody asked for under this name is not this person's.
    sql.execute("DELETE FROM orrery_passwords WHERE name = ?", name);
    sql.execute("UPDATE users SET name = ? WHERE id = ?", name, id);
  }

  /**
   * Ends all logins of a person.
   *
   * @param cookieId random; what their cookies hold from now on
   */
  public void setCookieId(long id, String cookieId) {
    sql.execute("UPDATE users SET cookie_id = ? WHERE id = ?", cookieId, id);
  }

  public void setAdmin(long id, boolean admin) {
    sql.execute("UPDATE users SET admin = ? WHERE id = ?", admin, id);
  }

  /** What the authenticator keeps of a person, encrypted. */
  public Optional<byte[]> authState(long id) {
    return sql.select("SELECT encrypted_auth_state FROM users WHERE id = ?", id)
        .map(row -> row.bytes(1))
        .findOne()
        .flatMap(state -> state);
  }

  public void setAuthState(long id, Optional<byte[]> encrypted) {
    sql.execute(
        "UPDATE users SET encrypted_auth_state = ? WHERE id = ?", encrypted.orElse(null), id);
  }

  /** Keeps what the authenticator told of a person, a JSON object. */
  public void setUserInfo(long id, String json) {
    sql.execute("UPDATE users SET user_info = ? WHERE id = ?", json, id);
  }

  /** Notes that a person was seen, unless they were seen later. */
  public void seen(long id, Instant time) {
    sql.execute(
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
    String text =
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
    return bound(sql.createQuery(text), query)
        .bind("limit", query.limit())
        .bind("offset", query.offset())
        .map(Users::user)
        .list();
  }

  /** How many people a query would find on all its pages. */
  public long count(UserQuery query) {
    return bound(sql.createQuery("SELECT count(*) FROM users" + where(query)), query)
        .map(RowMapper.NUMBER)
        .one();
  }

  private static String where(UserQuery query) {
    var conditions = new ArrayList<String>();
    switch (query.state()) {
      case ANY -> {}
      case ACTIVE -> conditions.add("users.id IN (" + ACTIVE + ")");
      case INACTIVE -> conditions.add("users.id NOT IN (" + ACTIVE + ")");
      case READY ->
          conditions.add(
              "users.id IN ("
                  + RUNNING
                  + " AND NOT EXISTS (SELECT 1 FROM orrery_server_work"
                  + " WHERE orrery_server_work.spawner_id = spawners.id"
                  + " AND orrery_server_work.step <> 'failed'))");
    }
    if (!query.nameContains().isEmpty()) {
      conditions.add(SqlText.like("users.name"));
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

  /** Runs, or is about to. */
  private static final String ACTIVE =
      "SELECT spawners.user_id FROM spawners"
          + " LEFT JOIN orrery_server_work work ON work.spawner_id = spawners.id"
          + " WHERE spawners.user_id IS NOT NULL AND (spawners.server_id IS NOT NULL"
          + " OR (work.step IS NOT NULL AND work.step <> 'failed'))";

  private static Query bound(Query query, UserQuery wanted) {
    SqlText.boundLike(query, wanted.nameContains());
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
        sql,
        "SELECT user_group_map.user_id, groups.name FROM groups"
            + " JOIN user_group_map ON groups.id = user_group_map.group_id"
            + " WHERE user_group_map.user_id IN (<ids>) ORDER BY groups.name",
        users);
  }

  /** All names, by the order in which the people came. */
  public Map<Long, String> names() {
    var names = new LinkedHashMap<Long, String>();
    sql.select("SELECT id, name FROM users ORDER BY id")
        .map(row -> Map.entry(row.getLong(1), row.getString(2)))
        .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
    return names;
  }

  /**
   * Makes administrators of those who have a role.
   *
   * @param exact whether nobody else is one
   */
  public void followAdminRole(String role, boolean exact) {
    SqlText.followAdminRole(sql, Holder.USER, role, exact);
  }

  /**
   * Gives the two standard roles to those who should have them.
   *
   * @param user the name of the role that everybody has
   * @param admin the name of the role that administrators have
   */
  public void giveMissingRoles(String user, String admin) {
    sql.execute(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth)"
            + " SELECT users.id, roles.id, FALSE FROM users, roles"
            + " WHERE (roles.name = ? OR (roles.name = ? AND users.admin))"
            + " AND NOT EXISTS (SELECT 1 FROM user_role_map map"
            + " WHERE map.user_id = users.id AND map.role_id = roles.id)",
        user,
        admin);
  }
}
