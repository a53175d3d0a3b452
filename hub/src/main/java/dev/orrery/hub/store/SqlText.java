package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pieces of statements that several tables need. */
final class SqlText {

  private SqlText() {}

  /** Text for a pattern in lower case in which the signs of patterns, after {@code !}, are none. */
  static String escapedLike(String text) {
    return text.toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  /**
   * Names by the number they belong to.
   *
   * @param sql gives number and name for the numbers in {@code <ids>}
   */
  static Map<Long, List<String>> names(Sql sql, String text, Collection<Long> ids) {
    var names = new LinkedHashMap<Long, List<String>>();
    if (ids.isEmpty()) {
      return names;
    }
    sql.createQuery(text)
        .bindList("ids", List.copyOf(ids))
        .map(row -> Map.entry(row.getLong(1), row.getString(2)))
        .forEach(entry ->
            names.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>()).add(entry.getValue()));
    return names;
  }

  /** Makes administrators of those of a kind who have a role; and, where exact, of nobody else. */
  static void followAdminRole(Sql sql, Holder kind, String role, boolean exact) {
    String holders =
        "(SELECT map."
            + kind.column()
            + " FROM "
            + kind.map()
            + " map JOIN roles ON roles.id = map.role_id WHERE roles.name = ?)";
    String table = kind == Holder.USER ? "users" : "services";
    sql.execute("UPDATE " + table + " SET admin = TRUE WHERE id IN " + holders, role);
    if (exact) {
      sql.execute(
          "UPDATE " + table + " SET admin = FALSE WHERE admin AND id NOT IN " + holders, role);
    }
  }
}
