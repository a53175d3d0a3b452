package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** What people may do, all in one question, for it is asked with each request. */
public final class Rights {

  private static final String OF_USER =
      "SELECT roles.scopes, NULL AS owner_name, NULL AS server_name FROM user_role_map map"
          + " JOIN roles ON roles.id = map.role_id WHERE map.user_id = :user"
          + " UNION ALL SELECT roles.scopes, NULL, NULL FROM user_group_map"
          + " JOIN group_role_map map ON map.group_id = user_group_map.group_id"
          + " JOIN roles ON roles.id = map.role_id WHERE user_group_map.user_id = :user"
          + " UNION ALL SELECT shares.scopes, owners.name, spawners.name FROM shares"
          + " JOIN spawners ON spawners.id = shares.spawner_id"
          + " JOIN users owners ON owners.id = spawners.user_id"
          + " WHERE (shares.user_id = :user OR shares.group_id IN"
          + " (SELECT group_id FROM user_group_map WHERE user_id = :user))"
          + " AND (shares.expires_at IS NULL OR shares.expires_at >= :now)";

  private final Sql sql;

  Rights(Sql sql) {
    this.sql = sql;
  }

  /**
   * The scopes of a person: by roles, by roles of their groups, and by what is shared with them.
   */
  public List<String> of(long user, Instant now) {
    return sql
        .createQuery(OF_USER)
        .bind("user", user)
        .bind("now", now)
        .map(Rights::scopes)
        .list()
        .stream()
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  private static List<String> scopes(Row row) throws SQLException {
    return row.isNull("owner_name")
        ? JsonText.list(row.getString("scopes"))
        : ShareRows.scopes(
            row.getString("scopes"), row.getString("owner_name"), row.getString("server_name"));
  }
}
