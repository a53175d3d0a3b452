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
