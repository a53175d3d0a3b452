package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

  private final Sql sql;

  UserServers(Sql sql) {
    this.sql = sql;
  }

  private RowMapper<UserServer> mapper() {
    return row ->
        new UserServer(
            row.getLong("id"),
            row.getLong("user_id"),
            row.getString("user_name"),
            row.text("name").orElse(""),
            row.text("display_name"),
            address(row),
            row.text("state"),
            row.time("started"),
            row.time("last_activity"),
            row.text("user_options"),
            row.text("oauth_client_id"),
            work(row));
  }

  private static Optional<UserServer.Address> address(Row row) throws SQLException {
    if (row.isNull("server_id")) {
      return Optional.empty();
    }
    return Optional.of(
        new UserServer.Address(
            row.text("proto").orElse("http"),
            row.text("ip").orElse(""),
            row.getInt("port"),
            row.text("base_url").orElse("/")));
  }

  private Optional<UserServer.Work> work(Row row) throws SQLException {
    Optional<String> step = row.text("step");
    if (step.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new UserServer.Work(
            UserServer.Step.valueOf(step.get().toUpperCase(Locale.ROOT)),
            row.text("spawn_id").orElse(""),
            row.text("worker").orElse(""),
            row.time("lease_until"),
            row.time("since"),
            row.text("progress"),
            row.text("failure")));
  }

  /** The server of that name; the empty name is that of the default server. */
  public Optional<UserServer> find(long user, String name) {
    return sql.select(SELECT + " WHERE spawners.user_id = ? AND spawners.name = ?", user, name)
        .map(mapper())
        .findFirst();
  }

  /** The server that logs people in as this client of OAuth. */
  public Optional<UserServer> ofClient(String clientId) {
    return sql.select(SELECT + " WHERE spawners.oauth_client_id = ?", clientId)
        .map(mapper())
        .findFirst();
  }

  public Optional<UserServer> byId(long id) {
    return sql.select(SELECT + " WHERE spawners.id = ?", id).map(mapper()).findOne();
  }

  /** The servers of each of these people, the default one first, then by age. */
  public Map<Long, List<UserServer>> of(Collection<Long> users) {
    var servers = new LinkedHashMap<Long, List<UserServer>>();
    if (users.isEmpty()) {
      return servers;
    }
    sql.createQuery(
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
    return sql.createQuery(
            SELECT
                + " WHERE spawners.server_id IS NOT NULL"
                + " OR (work.step IS NOT NULL AND work.step <> 'failed') ORDER BY spawners.id")
        .map(mapper())
        .list();
  }

  /** How many run or are about to, and how many of these are being started or are ready. */
  public Counts counts() {
    return sql.createQuery(
            "SELECT count(*), sum(CASE WHEN work.step = 'spawn' THEN 1 ELSE 0 END),"
                + " sum(CASE WHEN work.step IS NULL OR work.step = 'failed' THEN 1 ELSE 0 END)"
                + " FROM spawners"
                + " LEFT JOIN orrery_server_work work ON work.spawner_id = spawners.id"
                + " WHERE spawners.server_id IS NOT NULL"
                + " OR (work.step IS NOT NULL AND work.step <> 'failed')")
        .map(row -> new Counts(row.getInt(1), row.getInt(2), row.getInt(3)))
        .one();
  }

  /** See {@link #counts}. */
  public record Counts(int active, int starting, int ready) {}

  /** Adds a server that is stopped; there is none of that name. */
  public UserServer create(long user, String name, String displayName) {
    long id =
        sql.createQuery(
                "INSERT INTO spawners (user_id, name, display_name, state, user_options)"
                    + " VALUES (:user, :name, :display, :nothing, :nothing) RETURNING id")
            .bind("user", user)
            .bind("name", name)
            .bind("display", displayName)
            .bind("nothing", "{}")
            .map(RowMapper.NUMBER)
            .one();
    return byId(id).orElseThrow();
  }

  public void delete(long id) {
    clearAddress(id);
    sql.execute("DELETE FROM spawners WHERE id = ?", id);
  }

  /** Gives it another name; there is none of that name. */
  public void rename(long id, String name) {
    sql.execute("UPDATE spawners SET name = ? WHERE id = ?", name, id);
  }

  public void setDisplayName(long id, String text) {
    sql.execute("UPDATE spawners SET display_name = ? WHERE id = ?", text, id);
  }

  /** Notes that its start has begun. */
  public void setStarted(long id, Instant started) {
    sql.execute("UPDATE spawners SET started = ? WHERE id = ?", started, id);
    used(id, started);
  }

  /** Notes where it listens. */
  public void setAddress(long id, UserServer.Address address, Instant started) {
    clearAddress(id);
    long server =
        sql.createQuery(
                "INSERT INTO servers (proto, ip, port, base_url, cookie_name)"
                    + " VALUES (:proto, :ip, :port, :base, :cookie) RETURNING id")
            .bind("proto", address.proto())
            .bind("ip", address.ip())
            .bind("port", address.port())
            .bind("base", address.basePath())
            .bind("cookie", "cookie")
            .map(RowMapper.NUMBER)
            .one();
    sql.execute("UPDATE spawners SET server_id = ?, started = ? WHERE id = ?", server, started, id);
    used(id, started);
  }

  /** Notes that it does not run. */
  public void clearAddress(long id) {
    Optional<Long> server =
        sql.select("SELECT server_id FROM spawners WHERE id = ?", id)
            .map(row -> row.getLong(1))
            .findOne();
    sql.execute("UPDATE spawners SET server_id = NULL, started = NULL WHERE id = ?", id);
    server.ifPresent(row -> sql.execute("DELETE FROM servers WHERE id = ?", row));
  }

  public void setState(long id, Optional<String> json) {
    sql.execute("UPDATE spawners SET state = ? WHERE id = ?", json.orElse(null), id);
  }

  public void setUserOptions(long id, Optional<String> json) {
    sql.execute("UPDATE spawners SET user_options = ? WHERE id = ?", json.orElse(null), id);
  }

  public void setClient(long id, Optional<String> clientId) {
    sql.execute("UPDATE spawners SET oauth_client_id = ? WHERE id = ?", clientId.orElse(null), id);
  }

  /** Notes that it was used, unless it was later. */
  public void used(long id, Instant time) {
    sql.execute(
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
    return sql.createQuery(
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
   * Takes over a step that another hub began and is no longer at.
   *
   * @param seen what was under way when that was found out
   * @return whether it is the worker's now
   */
  public boolean takeOver(long id, UserServer.Work seen, String worker, Instant until) {
    return sql.createQuery(
                "UPDATE orrery_server_work SET worker = :worker, lease_until = :until"
                    + " WHERE spawner_id = :id AND step = :step AND worker = :before"
                    + " AND lease_until = :lease")
            .bind("worker", worker)
            .bind("until", until)
            .bind("id", id)
            .bind("step", word(seen.step()))
            .bind("before", seen.worker())
            .bind("lease", seen.leaseUntil().orElse(null))
            .execute()
        == 1;
  }

  /** Servers with a step that has not ended. */
  public List<UserServer> underWay() {
    return sql.select(SELECT + " WHERE work.step <> 'failed'").map(mapper()).list();
  }

  /**
   * Says that the worker is still at it.
   *
   * @return false when it has been taken over; then the worker stops
   */
  public boolean extend(long id, String worker, Instant until) {
    return sql.execute(
            "UPDATE orrery_server_work SET lease_until = ? WHERE spawner_id = ? AND worker = ?"
                + " AND step <> 'failed'",
            until,
            id,
            worker)
        == 1;
  }

  /** Whether that start is under way, and the worker's. */
  public boolean isAt(long id, String worker, String spawnId) {
    return sql.select(
            "SELECT 1 FROM orrery_server_work WHERE spawner_id = ? AND worker = ? AND spawn_id = ?"
                + " AND step = 'spawn'",
            id,
            worker,
            spawnId)
        .map(RowMapper.NUMBER)
        .findFirst()
        .isPresent();
  }

  /** What the one who waits is told. */
  public void progress(long id, String json) {
    sql.execute("UPDATE orrery_server_work SET progress = ? WHERE spawner_id = ?", json, id);
  }

  /** The step has ended well. */
  public void end(long id) {
    sql.execute("DELETE FROM orrery_server_work WHERE spawner_id = ?", id);
  }

  /** The step has failed; the reason is kept until the next one begins. */
  public void fail(long id, String json) {
    sql.execute(
        "UPDATE orrery_server_work SET step = 'failed', failure = ?, worker = NULL,"
            + " lease_until = NULL WHERE spawner_id = ?",
        json,
        id);
  }

  private static String word(UserServer.Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }
}
