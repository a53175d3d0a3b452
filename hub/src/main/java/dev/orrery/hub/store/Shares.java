package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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

  private final Sql sql;

  Shares(Sql sql) {
    this.sql = sql;
  }

  private RowMapper<Share> mapper() {
    return row -> share(row);
  }

  private Share share(Row row) throws SQLException {
    Optional<String> user = row.text("with_user");
    Optional<String> group = row.text("with_group");
    SharedServer server = ShareRows.server(row);
    return new Share(
        row.getLong("id"),
        server,
        user.isPresent() ? Holder.USER : Holder.GROUP,
        user.or(() -> group).orElse(""),
        ShareRows.scopes(row.getString("scopes"), server.owner(), server.name()),
        row.time("created_at").orElse(Instant.EPOCH),
        row.time("expires_at"));
  }

  /** What is shared of a server with a person, not by a group, or with a group. */
  public Optional<Share> find(long server, Holder kind, long with, Instant now) {
    return sql.select(
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
    return sql.select(SELECT + " WHERE shares.id = ?", id).map(mapper()).findOne();
  }

  /** One page of shares, oldest first. */
  public List<Share> page(ShareFilter filter, int offset, int limit, Instant now) {
    String text =
        SELECT
            + ShareRows.where("shares", filter)
            + " ORDER BY shares.id LIMIT :limit OFFSET :offset";
    return ShareRows.bound(sql.createQuery(text), filter, now)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(mapper())
        .list();
  }

  /** How many there would be on all pages. */
  public long count(ShareFilter filter, Instant now) {
    Query query =
        sql.createQuery("SELECT count(*) FROM shares" + ShareRows.where("shares", filter));
    return ShareRows.bound(query, filter, now).map(RowMapper.NUMBER).one();
  }

  /** Shares a server; it is not shared with them yet. */
  public Share create(UserServer server, Holder kind, long with, List<String> scopes, Instant now) {
    long id =
        sql.createQuery(
                "INSERT INTO shares ("
                    + kind.column()
                    + ", owner_id, spawner_id, scopes, created_at)"
                    + " VALUES (:with, :owner, :server, :scopes, :now) RETURNING id")
            .bind("with", with)
            .bind("owner", server.user())
            .bind("server", server.id())
            .bind("scopes", JsonText.ofList(scopes))
            .bind("now", now)
            .map(RowMapper.NUMBER)
            .one();
    return byId(id).orElseThrow();
  }

  /** Changes what may be done. */
  public Share setScopes(long id, List<String> scopes) {
    sql.execute("UPDATE shares SET scopes = ? WHERE id = ?", JsonText.ofList(scopes), id);
    return byId(id).orElseThrow();
  }

  public void delete(long id) {
    sql.execute("DELETE FROM shares WHERE id = ?", id);
  }

  /** Ends all sharing of a server. */
  public int deleteOf(long server) {
    return sql.execute("DELETE FROM shares WHERE spawner_id = ?", server);
  }

  /** Takes away what is no longer valid. */
  public int deleteExpired(Instant now) {
    return sql.execute("DELETE FROM shares WHERE expires_at < ?", now);
  }
}
