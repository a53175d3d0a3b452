package dev.orrery.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Who may use servers of others. What has expired is as if it were not there. */
public final class Shares {

  private static final String SELECT =
      "SELECT shares.id, shares.scopes, shares.created_at, shares.expires_at,"
          + " users.name AS with_user, groups.name AS with_group, "
          + ShareRows.SERVER
          + " FROM shares"
          + ShareRows.joins("shares")
          + " LEFT JOIN users ON users.id = shares.user_id"
          + " LEFT JOIN groups ON groups.id = shares.group_id";

  private final Handle handle;
  private final Dialect dialect;

  Shares(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  private RowMapper<Share> mapper() {
    return (row, _) -> share(row);
  }

  private Share share(ResultSet row) throws SQLException {
    Optional<String> user = Optional.ofNullable(row.getString("with_user"));
    Optional<String> group = Optional.ofNullable(row.getString("with_group"));
    SharedServer server = ShareRows.server(row);
    return new Share(
        row.getLong("id"),
        server,
        user.isPresent() ? Holder.USER : Holder.GROUP,
        user.or(() -> group).orElse(""),
        ShareRows.scopes(row, server),
        dialect.time(row, "created_at").orElse(Instant.EPOCH),
        dialect.time(row, "expires_at"));
  }

  /** What is shared of a server with a person, not by a group, or with a group. */
  public Optional<Share> find(long server, Holder kind, long with, Instant now) {
    return handle
        .select(
            SELECT
                + " WHERE shares.spawner_id = ? AND shares."
                + kind.column()
                + " = ? AND (shares.expires_at IS NULL OR shares.expires_at >= ?)",
            server,
            with,
            now)
        .map(mapper())
        .findFirst();
  }

  private Optional<Share> byId(long id) {
    return handle.select(SELECT + " WHERE shares.id = ?", id).map(mapper()).findOne();
  }

  /** One page of shares, oldest first. */
  public List<Share> page(ShareFilter filter, int offset, int limit, Instant now) {
    String sql =
        SELECT
            + ShareRows.where("shares", filter)
            + " ORDER BY shares.id LIMIT :limit OFFSET :offset";
    return ShareRows.bound(handle.createQuery(sql), filter, now)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(mapper())
        .list();
  }

  /** How many there would be on all pages. */
  public long count(ShareFilter filter, Instant now) {
    Query query =
        handle.createQuery("SELECT count(*) FROM shares" + ShareRows.where("shares", filter));
    return ShareRows.bound(query, filter, now).mapTo(Long.class).one();
  }

  /** The scopes that a person has by what is shared with them and with their groups. */
  public List<String> scopesWith(long user, Instant now) {
    return handle
        .createQuery(
            "SELECT shares.scopes, "
                + ShareRows.SERVER
                + " FROM shares"
                + ShareRows.joins("shares")
                + ShareRows.where("shares", new ShareFilter.WithUser(user)))
        .bind("filter", user)
        .bind("now", now)
        .map((row, _) -> ShareRows.scopes(row, ShareRows.server(row)))
        .list()
        .stream()
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  /** Shares a server; it is not shared with them yet. */
  public Share create(UserServer server, Holder kind, long with, List<String> scopes, Instant now) {
    long id =
        handle
            .createQuery(
                "INSERT INTO shares ("
                    + kind.column()
                    + ", owner_id, spawner_id, scopes, created_at)"
                    + " VALUES (:with, :owner, :server, :scopes, :now) RETURNING id")
            .bind("with", with)
            .bind("owner", server.user())
            .bind("server", server.id())
            .bind("scopes", JsonText.ofList(scopes))
            .bind("now", now)
            .mapTo(Long.class)
            .one();
    return byId(id).orElseThrow();
  }

  /** Changes what may be done. */
  public Share setScopes(long id, List<String> scopes) {
    handle.execute("UPDATE shares SET scopes = ? WHERE id = ?", JsonText.ofList(scopes), id);
    return byId(id).orElseThrow();
  }

  public void delete(long id) {
    handle.execute("DELETE FROM shares WHERE id = ?", id);
  }

  /** Ends all sharing of a server. */
  public int deleteOf(long server) {
    return handle.execute("DELETE FROM shares WHERE spawner_id = ?", server);
  }

  /** Takes away what is no longer valid. */
  public int deleteExpired(Instant now) {
    return handle.execute("DELETE FROM shares WHERE expires_at < ?", now);
  }
}
