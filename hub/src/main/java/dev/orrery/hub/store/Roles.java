package dev.orrery.hub.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Named sets of scopes, and who has them. */
public final class Roles {

  private static final RowMapper<Role> ROLE =
      row ->
          new Role(
              row.getLong("id"),
              row.getString("name"),
              row.text("description").orElse(""),
              JsonText.list(row.getString("scopes")),
              row.getBoolean("managed_by_auth"));

  private static final String COLUMNS =
      "roles.id, roles.name, roles.description, roles.scopes, roles.managed_by_auth";

  private final Sql sql;

  Roles(Sql sql) {
    this.sql = sql;
  }

  public Optional<Role> find(String name) {
    return sql.select("SELECT " + COLUMNS + " FROM roles WHERE name = ?", name).map(ROLE).findOne();
  }

  public List<Role> all() {
    return sql.select("SELECT " + COLUMNS + " FROM roles ORDER BY id").map(ROLE).list();
  }

  /** Makes a role, or gives the one of that name this description and these scopes. */
  public Role put(String name, String description, List<String> scopes, boolean managedByAuth) {
    return sql.createQuery(
            "INSERT INTO roles (name, description, scopes, managed_by_auth)"
                + " VALUES (:name, :description, :scopes, :managed)"
                + " ON CONFLICT (name) DO UPDATE SET description = excluded.description,"
                + " scopes = excluded.scopes RETURNING "
                + COLUMNS.replace("roles.", ""))
        .bind("name", name)
        .bind("description", description)
        .bind("scopes", JsonText.ofList(scopes))
        .bind("managed", managedByAuth)
        .map(ROLE)
        .one();
  }

  public void delete(long role) {
    sql.execute("DELETE FROM roles WHERE id = ?", role);
  }

  /** Gives a role to somebody; nothing happens when they have it. */
  public void grant(Holder kind, long holder, long role, boolean managedByAuth) {
    sql.execute(
        "INSERT INTO "
            + kind.map()
            + " ("
            + kind.column()
            + ", role_id, managed_by_auth) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        holder,
        role,
        managedByAuth);
  }

  /** Takes a role from somebody; nothing happens when they have it not. */
  public void revoke(Holder kind, long holder, long role) {
    sql.execute(
        "DELETE FROM " + kind.map() + " WHERE " + kind.column() + " = ? AND role_id = ?",
        holder,
        role);
  }

  /** Gives a role to these of a kind, and takes it from all others. */
  public void setHolders(Holder kind, long role, Collection<Long> holders) {
    Set<Long> before =
        sql.select("SELECT " + kind.column() + " FROM " + kind.map() + " WHERE role_id = ?", role)
            .map(RowMapper.NUMBER)
            .set();
    before.stream()
        .filter(holder -> !holders.contains(holder))
        .forEach(holder -> revoke(kind, holder, role));
    holders.stream()
        .filter(holder -> !before.contains(holder))
        .forEach(holder -> grant(kind, holder, role, false));
  }

  /** One page of roles with these letters in their names, in alphabetical order. */
  public List<Role> page(String nameContains, int offset, int limit) {
    Query query =
        sql.createQuery(
            "SELECT "
                + COLUMNS
                + " FROM roles"
                + (nameContains.isEmpty() ? "" : " WHERE " + SqlText.like("roles.name"))
                + " ORDER BY roles.name LIMIT :limit OFFSET :offset");
    return SqlText.boundLike(query, nameContains)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(ROLE)
        .list();
  }

  public long count(String nameContains) {
    Query query =
        sql.createQuery(
            "SELECT count(*) FROM roles"
                + (nameContains.isEmpty() ? "" : " WHERE " + SqlText.like("roles.name")));
    return SqlText.boundLike(query, nameContains).map(RowMapper.NUMBER).one();
  }

  /** How many of a kind have each of these roles; those that nobody has are left out. */
  public Map<Long, Long> sizes(Holder kind, Collection<Long> roles) {
    return SqlText.counts(sql, kind.map(), "role_id", roles);
  }

  /**
   * The names of some of a kind who have a role themselves, in alphabetical order.
   *
   * @param nameContains letters in their names; empty for any
   */
  public List<String> holders(Holder kind, long role, String nameContains, int offset, int limit) {
    Query query =
        sql.createQuery(
            "SELECT holders.name"
                + held(kind, nameContains)
                + " ORDER BY holders.name LIMIT :limit OFFSET :offset");
    return SqlText.boundLike(query, nameContains)
        .bind("role", role)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(RowMapper.TEXT)
        .list();
  }

  /** How many {@link #holders} would find on all pages. */
  public long countHolders(Holder kind, long role, String nameContains) {
    if (nameContains.isEmpty()) {
      return sizes(kind, List.of(role)).getOrDefault(role, 0L);
    }
    Query query = sql.createQuery("SELECT count(*)" + held(kind, nameContains));
    return SqlText.boundLike(query, nameContains).bind("role", role).map(RowMapper.NUMBER).one();
  }

  private static String held(Holder kind, String nameContains) {
    return " FROM "
        + kind.table()
        + " holders JOIN "
        + kind.map()
        + " map ON map."
        + kind.column()
        + " = holders.id WHERE map.role_id = :role"
        + (nameContains.isEmpty() ? "" : " AND " + SqlText.like("holders.name"));
  }

  /** The roles somebody has themselves, not by a group. */
  public List<Role> of(Holder kind, long holder) {
    return sql.select(
            "SELECT "
                + COLUMNS
                + " FROM roles JOIN "
                + kind.map()
                + " map ON map.role_id = roles.id WHERE map."
                + kind.column()
                + " = ? ORDER BY roles.id",
            holder)
        .map(ROLE)
        .list();
  }

  /** The names of the roles each of these has themselves. */
  public Map<Long, List<String>> names(Holder kind, Collection<Long> holders) {
    return SqlText.names(
        sql,
        "SELECT map."
            + kind.column()
            + ", roles.name FROM roles JOIN "
            + kind.map()
            + " map ON map.role_id = roles.id WHERE map."
            + kind.column()
            + " IN (<ids>) ORDER BY roles.id",
        holders);
  }
}
