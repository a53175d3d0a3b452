package dev.orrery.hub.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups of people. */
public final class Groups {

  private static final RowMapper<Group> GROUP =
      row ->
          new Group(row.getLong("id"), row.getString("name"), row.text("properties").orElse("{}"));

  private final Sql sql;

  Groups(Sql sql) {
    this.sql = sql;
  }

  public Optional<Group> find(String name) {
    return sql.select("SELECT id, name, properties FROM groups WHERE name = ?", name)
        .map(GROUP)
        .findOne();
  }

  /** Adds a group; its name is not taken. */
  public Group create(String name, String properties) {
    return sql.createQuery(
            "INSERT INTO groups (name, properties) VALUES (:name, :properties)"
                + " RETURNING id, name, properties")
        .bind("name", name)
        .bind("properties", properties)
        .map(GROUP)
        .one();
  }

  public void delete(long group) {
    sql.execute("DELETE FROM groups WHERE id = ?", group);
  }

  public void setProperties(long group, String json) {
    sql.execute("UPDATE groups SET properties = ? WHERE id = ?", json, group);
  }

  /** One page of groups in the order they were made; of those with these names, or of all. */
  public List<Group> page(Optional<Set<String>> among, int offset, int limit) {
    String text =
        "SELECT id, name, properties FROM groups"
            + SqlText.among(among)
            + " ORDER BY id LIMIT :limit OFFSET :offset";
    return SqlText.bound(sql.createQuery(text), among)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(GROUP)
        .list();
  }

  public long count(Optional<Set<String>> among) {
    return SqlText.bound(
            sql.createQuery("SELECT count(*) FROM groups" + SqlText.among(among)), among)
        .map(RowMapper.NUMBER)
        .one();
  }

  /** Puts a person into a group; nothing happens when they are in it. */
  public void add(long group, long user) {
    sql.execute(
        "INSERT INTO user_group_map (user_id, group_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        user,
        group);
  }

  /** Takes a person out of a group; nothing happens when they are not in it. */
  public void remove(long group, long user) {
    sql.execute("DELETE FROM user_group_map WHERE user_id = ? AND group_id = ?", user, group);
  }

  /** The names of the people in each of these groups. */
  public Map<Long, List<String>> members(Collection<Long> groups) {
    return SqlText.names(
        sql,
        "SELECT user_group_map.group_id, users.name FROM users"
            + " JOIN user_group_map ON users.id = user_group_map.user_id"
            + " WHERE user_group_map.group_id IN (<ids>) ORDER BY users.id",
        groups);
  }

  /** The names of some of the people in a group, in alphabetical order. */
  public List<String> members(long group, int offset, int limit) {
    return sql.createQuery(
            "SELECT users.name FROM users"
                + " JOIN user_group_map ON users.id = user_group_map.user_id"
                + " WHERE user_group_map.group_id = :group"
                + " ORDER BY users.name LIMIT :limit OFFSET :offset")
        .bind("group", group)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(RowMapper.TEXT)
        .list();
  }

  /** How many people are in each of these groups; those in which nobody is are left out. */
  public Map<Long, Long> sizes(Collection<Long> groups) {
    return SqlText.counts(sql, "user_group_map", "group_id", groups);
  }

  /** For everybody who is in one of these groups: in which of them. */
  public Map<String, Set<String>> groupsOfMembers(Set<String> groups) {
    var found = new HashMap<String, Set<String>>();
    if (groups.isEmpty()) {
      return found;
    }
    sql.createQuery(
            "SELECT users.name, groups.name FROM users"
                + " JOIN user_group_map ON users.id = user_group_map.user_id"
                + " JOIN groups ON groups.id = user_group_map.group_id"
                + " WHERE groups.name IN (<names>)")
        .bindList("names", List.copyOf(groups))
        .map(row -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(entry ->
            found.computeIfAbsent(entry.getKey(), _ -> new HashSet<>()).add(entry.getValue()));
    return found;
  }
}
