package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pieces of statements that several tables need. */
final class SqlText {

  private SqlText() {}

  /** Text for a pattern in lower case in which the signs of patterns, after {@code !}, are none. */
  private static String escapedLike(String text) {
    return text.toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  /** The condition that a column has some letters in it, which {@link #boundLike} gives. */
  static String like(String column) {
    return "lower(" + column + ") LIKE :part ESCAPE '!'";
  }

  /** Gives a query with {@link #like} its letters; without any, it has no such condition. */
  static Query boundLike(Query query, String letters) {
    return letters.isEmpty() ? query : query.bind("part", "%" + escapedLike(letters) + "%");
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

  /**
   * How many rows belong to each of these numbers; those to which none do are left out.
   *
   * @param column refers to the number
   */
  static Map<Long, Long> counts(Sql sql, String table, String column, Collection<Long> ids) {
    return ids.isEmpty()
        ? Map.of()
        : counts(
            sql.createQuery(
                    "SELECT "
                        + column
                        + ", count(*) FROM "
                        + table
                        + " WHERE "
                        + column
                        + " IN (<ids>) GROUP BY "
                        + column)
                .bindList("ids", List.copyOf(ids)));
  }

  /** The same of a query that gives the number and how many. */
  static Map<Long, Long> counts(Query query) {
    var counts = new HashMap<Long, Long>();
    query
        .map(row -> Map.entry(row.getLong(1), row.getLong(2)))
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  /** A condition for names; none where there is no limit to some. */
  static String among(Optional<Set<String>> names) {
    return names.map(set -> set.isEmpty() ? " WHERE 1 = 0" : " WHERE name IN (<names>)").orElse("");
  }

  /** Gives a query with {@link #among} its names. */
  static Query bound(Query query, Optional<Set<String>> names) {
    names.filter(set -> !set.isEmpty()).ifPresent(set -> query.bindList("names", List.copyOf(set)));
    return query;
  }

  /** Makes administrators of those of a kind who have a role; and, where exact, of nobody else. */
  static void followAdminRole(Sql sql, Holder kind, String role, boolean exact) {
    String holders =
        "(SELECT map."
            + kind.column()
            + " FROM "
            + kind.map()
            + " map JOIN roles ON roles.id = map.role_id WHERE roles.name = ?)";
    sql.execute("UPDATE " + kind.table() + " SET admin = TRUE WHERE id IN " + holders, role);
    if (exact) {
      sql.execute(
          "UPDATE " + kind.table() + " SET admin = FALSE WHERE admin AND id NOT IN " + holders,
          role);
    }
  }
}
