package dev.orrery.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** The servers of people, and what is under way with them. */
public final class UserServers {

  private static final String SELECT =
      "SELECT spawners.id, spawners.user_id, users.name AS user_name, spawners.name,"
          + " spawners.display_name, spawners.state, spawners.started, spawners.last_activity,"
          + " spawners.user_options, spawners.oauth_client_id, spawners.server_id, servers.proto,"
          + " servers.ip, servers.port, servers.base_url, work.step, work.spawn_id, work.worker,"
          + " work.lease_until, work.since, work.progress, work.failure FROM spawners"
          + " JOIN users ON users.id = spawners.user_id"
          + " LEFT JOIN servers ON servers.id = spawners.server_id"
          + " LEFT JOIN orrery_server_work work ON work.spawner_id = spawners.id";

  private final Handle handle;
  private final Dialect dialect;

  UserServers(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  private RowMapper<UserServer> mapper() {
    return (row, _) ->
        new UserServer(
            row.getLong("id"),
            row.getLong("user_id"),
            row.getString("user_name"),
            text(row, "name").orElse(""),
            text(row, "display_name"),
            address(row),
            text(row, "state"),
            dialect.time(row, "started"),
            dialect.time(row, "last_activity"),
            text(row, "user_options"),
            text(row, "oauth_client_id"),
            work(row));
  }

  private static Optional<UserServer.Address> address(ResultSet row) throws SQLException {
    row.getLong("server_id");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new UserServer.Address(
            text(row, "proto").orElse("http"),
            text(row, "ip").orElse(""),
            row.getInt("port"),
            text(row, "base_url").orElse("/")));
  }

  private Optional<UserServer.Work> work(ResultSet row) throws SQLException {
    Optional<String> step = text(row, "step");
    if (step.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new UserServer.Work(
            UserServer.Step.valueOf(step.get().toUpperCase(Locale.ROOT)),
            text(row, "spawn_id").orElse(""),
            text(row, "worker").orElse(""),
            dialect.time(row, "lease_until"),
            dialect.time(row, "since"),
            text(row, "progress"),
            text(row, "failure")));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  /** The server of that name; the empty name is that of the default server. */
  public Optional<UserServer> find(long user, String name) {
    return handle
        .select(SELECT + " WHERE spawners.user_id = ? AND spawners.name = ?", user, name)
        .map(mapper())
        .findFirst();
  }

  /** The server that logs people in as this client of OAuth. */
  public Optional<UserServer> ofClient(String clientId) {
    return handle
        .select(SELECT + " WHERE spawners.oauth_client_id = ?", clientId)
        .map(mapper())
        .findFirst();
  }

  public Optional<UserServer> byId(long id) {
    return handle.select(SELECT + " WHERE spawners.id = ?", id).map(mapper()).findOne();
  }

  /** The servers of each of these people, the default one first, then by age. */
  public Map<Long, List<UserServer>> of(Collection<Long> users) {
    var servers = new LinkedHashMap<Long, List<UserServer>>();
    if (users.isEmpty()) {
      return servers;
    }
    handle
        .createQuery(
            SELECT
                + " WHERE spawners.user_id IN (<users>)"
                + " ORDER BY spawners.name <> '', spawners.id")
        .bindList("users", List.copyOf(users))
        .map(mapper())
        .forEach(
            server -> servers.computeIfAbsent(server.user(), _ -> new ArrayList<>()).add(server));
    return servers;
  }

  /** All that run or are about to. */
  public List<UserServer> active() {
    return handle
        .createQuery(
            SELECT
                + " WHERE spawners.server_id IS NOT NULL"
                + " OR (work.step IS NOT NULL AND work.step <> 'failed') ORDER BY spawners.id")
        .map(mapper())
        .list();
  }

  /** How many run or are about to, and how many of these are being started. */
  public Counts counts() {
    return handle
        .createQuery(
            "SELECT count(*), sum(CASE WHEN work.step = 'spawn' THEN 1 ELSE 0 END) FROM spawners"
                + " LEFT JOIN orrery_server_work work ON work.spawner_id = spawners.id"
                + " WHERE spawners.server_id IS NOT NULL"
                + " OR (work.step IS NOT NULL AND work.step <> 'failed')")
        .map((row, _) -> new Counts(row.getInt(1), row.getInt(2)))
        .one();
  }

  /** See {@link #counts}. */
  public record Counts(int active, int starting) {}

  /** Adds a server that is stopped; there is none of that name. */
  public UserServer create(long user, String name, String displayName) {
    long id =
        handle
            .createQuery(
                "INSERT INTO spawners (user_id, name, display_name) VALUES (:user, :name, :display)"
                    + " RETURNING id")
            .bind("user", user)
            .bind("name", name)
            .bind("display", displayName)
            .mapTo(Long.class)
            .one();
    return byId(id).orElseThrow();
  }

  public void delete(long id) {
    clearAddress(id);
    handle.execute("DELETE FROM spawners WHERE id = ?", id);
  }

  /** Gives it another name; there is none of that name. */
  public void rename(long id, String name) {
    handle.execute("UPDATE spawners SET name = ? WHERE id = ?", name, id);
  }

  public void setDisplayName(long id, String text) {
    handle.execute("UPDATE spawners SET display_name = ? WHERE id = ?", text, id);
  }

  /** Notes where it listens. */
  public void setAddress(long id, UserServer.Address address, Instant started) {
    clearAddress(id);
    long server =
        handle
            .createQuery(
                "INSERT INTO servers (proto, ip, port, base_url, cookie_name)"
                    + " VALUES (:proto, :ip, :port, :base, :cookie) RETURNING id")
            .bind("proto", address.proto())
            .bind("ip", address.ip())
            .bind("port", address.port())
            .bind("base", address.basePath())
            .bind("cookie", "cookie")
            .mapTo(Long.class)
            .one();
    handle.execute(
        "UPDATE spawners SET server_id = ?, started = ? WHERE id = ?", server, started, id);
  }

  /** Notes that it does not run. */
  public void clearAddress(long id) {
    Optional<Long> server =
        handle
            .select("SELECT server_id FROM spawners WHERE id = ?", id)
            .map((row, _) -> row.getLong(1))
            .findOne();
    handle.execute("UPDATE spawners SET server_id = NULL, started = NULL WHERE id = ?", id);
    server.ifPresent(row -> handle.execute("DELETE FROM servers WHERE id = ?", row));
  }

  public void setState(long id, Optional<String> json) {
    handle.execute("UPDATE spawners SET state = ? WHERE id = ?", json.orElse(null), id);
  }

  public void setUserOptions(long id, Optional<String> json) {
    handle.execute("UPDATE spawners SET user_options = ? WHERE id = ?", json.orElse(null), id);
  }

  public void setClient(long id, Optional<String> clientId) {
    handle.execute(
        "UPDATE spawners SET oauth_client_id = ? WHERE id = ?", clientId.orElse(null), id);
  }

  /** Notes that it was used, unless it was later. */
  public void used(long id, Instant time) {
    handle.execute(
        "UPDATE spawners SET last_activity = ?"
            + " WHERE id = ? AND (last_activity IS NULL OR last_activity < ?)",
        time,
        id,
        time);
  }

  /**
   * Takes on a step, if nobody else is at work, or has left work lying.
   *
   * @param worker the hub that will do it
   * @param until when another hub may go on with it, unless it is extended
   * @return whether it is the worker's now
   */
  public boolean begin(
      long id, UserServer.Step step, String spawnId, String worker, Instant until, Instant now) {
    return handle
            .createUpdate(
                "INSERT INTO orrery_server_work (spawner_id, step, spawn_id, worker, lease_until,"
                    + " since) VALUES (:id, :step, :spawn, :worker, :until, :now)"
                    + " ON CONFLICT (spawner_id) DO UPDATE SET step = excluded.step,"
                    + " spawn_id = excluded.spawn_id, worker = excluded.worker,"
                    + " lease_until = excluded.lease_until, since = excluded.since,"
                    + " progress = NULL, failure = NULL"
                    + " WHERE orrery_server_work.step = 'failed'")
            .bind("id", id)
            .bind("step", word(step))
            .bind("spawn", spawnId)
            .bind("worker", worker)
            .bind("until", until)
            .bind("now", now)
            .execute()
        == 1;
  }

  /**
   * Takes over a step that another hub began and no longer extends.
   *
   * @return whether it is the worker's now
   */
  public boolean takeOver(long id, String worker, Instant until, Instant now) {
    return handle.execute(
            "UPDATE orrery_server_work SET worker = ?, lease_until = ? WHERE spawner_id = ?"
                + " AND step <> 'failed' AND lease_until < ?",
            worker,
            until,
            id,
            now)
        == 1;
  }

  /** Steps that nobody extends any more. */
  public List<UserServer> abandoned(Instant now) {
    return handle
        .select(SELECT + " WHERE work.step <> 'failed' AND work.lease_until < ?", now)
        .map(mapper())
        .list();
  }

  /**
   * Says that the worker is still at it.
   *
   * @return false when it has been taken over; then the worker stops
   */
  public boolean extend(long id, String worker, Instant until) {
    return handle.execute(
            "UPDATE orrery_server_work SET lease_until = ? WHERE spawner_id = ? AND worker = ?"
                + " AND step <> 'failed'",
            until,
            id,
            worker)
        == 1;
  }

  /** What the one who waits is told. */
  public void progress(long id, String json) {
    handle.execute("UPDATE orrery_server_work SET progress = ? WHERE spawner_id = ?", json, id);
  }

  /** The step has ended well. */
  public void end(long id) {
    handle.execute("DELETE FROM orrery_server_work WHERE spawner_id = ?", id);
  }

  /** The step has failed; the reason is kept until the next one begins. */
  public void fail(long id, String json) {
    handle.execute(
        "UPDATE orrery_server_work SET step = 'failed', failure = ?, worker = NULL,"
            + " lease_until = NULL WHERE spawner_id = ?",
        json,
        id);
  }

  private static String word(UserServer.Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }
}
