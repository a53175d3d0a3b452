package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** What the tables of shares and of their codes have in common. */
final class ShareRows {

  /** The columns that {@link #server} reads. */
  static final String SERVER =
      "spawners.id AS server_id, spawners.user_id AS owner_id, owners.name AS owner_name,"
          + " spawners.name AS server_name, CASE WHEN spawners.server_id IS NOT NULL"
          + " AND (work.step IS NULL OR work.step = 'failed') THEN 1 ELSE 0 END AS server_ready";

  private ShareRows() {}

  static String joins(String table) {
    return " JOIN spawners ON spawners.id = "
        + table
        + ".spawner_id JOIN users owners ON owners.id = spawners.user_id"
        + " LEFT JOIN orrery_server_work work ON work.spawner_id = spawners.id";
  }

  static SharedServer server(Row row) throws SQLException {
    return new SharedServer(
        row.getLong("server_id"),
        row.getLong("owner_id"),
        row.getString("owner_name"),
        row.getString("server_name"),
        row.getInt("server_ready") == 1);
  }

  /**
   * The scopes of a row. What is in the column can be limited to a name that the server or its
   * owner no longer has, and must not reach whoever has that name now.
   */
  static List<String> scopes(String column, String owner, String server) {
    String limit = "!server=" + owner + "/" + server;
    return JsonText.list(column).stream()
        .map(scope -> scope.split("!", 2)[0] + limit)
        .distinct()
        .sorted()
        .toList();
  }

  static String where(String table, ShareFilter filter) {
    String fits =
        switch (filter) {
          case ShareFilter.OfOwner _ -> table + ".owner_id = :filter";
          case ShareFilter.OfServer _ -> table + ".spawner_id = :filter";
          case ShareFilter.WithGroup _ -> table + ".group_id = :filter";
          case ShareFilter.WithUser _ ->
              "("
                  + table
                  + ".user_id = :filter OR "
                  + table
                  + ".group_id IN"
                  + " (SELECT group_id FROM user_group_map WHERE user_id = :filter))";
        };
    return " WHERE "
        + fits
        + " AND ("
        + table
        + ".expires_at IS NULL OR "
        + table
        + ".expires_at >= :now)";
  }

  static Query bound(Query query, ShareFilter filter, Instant now) {
    long id =
        switch (filter) {
          case ShareFilter.OfOwner(long user) -> user;
          case ShareFilter.OfServer(long server) -> server;
          case ShareFilter.WithGroup(long group) -> group;
          case ShareFilter.WithUser(long user) -> user;
        };
    return query.bind("filter", id).bind("now", now);
  }
}
