package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Codes that are turned into shares. What has expired is as if it were not there. */
public final class ShareCodes {

  private static final String SELECT =
      "SELECT share_codes.id, share_codes.hashed, share_codes.scopes, share_codes.created_at,"
          + " share_codes.expires_at, share_codes.exchange_count, share_codes.last_exchanged_at, "
          + ShareRows.SERVER
          + " FROM share_codes"
          + ShareRows.joins("share_codes");

  private final Handle handle;
  private final Dialect dialect;

  ShareCodes(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  private RowMapper<ShareCode> mapper() {
    return (row, _) -> {
      SharedServer server = ShareRows.server(row);
      return new ShareCode(
          row.getLong("id"),
          server,
          row.getString("hashed"),
          ShareRows.scopes(row, server),
          dialect.time(row, "created_at").orElse(Instant.EPOCH),
          dialect.time(row, "expires_at"),
          row.getInt("exchange_count"),
          dialect.time(row, "last_exchanged_at"));
    };
  }

  /** Those that are valid and begin so; which of them it is tells their hash. */
  public List<ShareCode> byPrefix(String prefix, Instant now) {
    return handle
        .select(
            SELECT
                + " WHERE share_codes.prefix = ?"
                + " AND (share_codes.expires_at IS NULL OR share_codes.expires_at >= ?)",
            prefix,
            now)
        .map(mapper())
        .list();
  }

  public Optional<ShareCode> byId(long id) {
    return handle.select(SELECT + " WHERE share_codes.id = ?", id).map(mapper()).findOne();
  }

  /** One page of codes of an owner or of a server, oldest first. */
  public List<ShareCode> page(ShareFilter.OfWhat filter, int offset, int limit, Instant now) {
    String sql =
        SELECT
            + ShareRows.where("share_codes", filter)
            + " ORDER BY share_codes.id LIMIT :limit OFFSET :offset";
    return ShareRows.bound(handle.createQuery(sql), filter, now)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(mapper())
        .list();
  }

  /** How many there would be on all pages. */
  public long count(ShareFilter.OfWhat filter, Instant now) {
    Query query =
        handle.createQuery(
            "SELECT count(*) FROM share_codes" + ShareRows.where("share_codes", filter));
    return ShareRows.bound(query, filter, now).mapTo(Long.class).one();
  }

  /**
   * Keeps a code.
   *
   * @param prefix the first characters of the code
   */
  public ShareCode create(
      UserServer server,
      String hashed,
      String prefix,
      List<String> scopes,
      Instant now,
      Instant expiresAt) {
    long id =
        handle
            .createQuery(
                "INSERT INTO share_codes (hashed, prefix, exchange_count, created_at, scopes,"
                    + " expires_at, owner_id, spawner_id) VALUES (:hashed, :prefix, 0, :now,"
                    + " :scopes, :expires, :owner, :server) RETURNING id")
            .bind("hashed", hashed)
            .bind("prefix", prefix)
            .bind("now", now)
            .bind("scopes", JsonText.ofList(scopes))
            .bind("expires", expiresAt)
            .bind("owner", server.user())
            .bind("server", server.id())
            .mapTo(Long.class)
            .one();
    return byId(id).orElseThrow();
  }

  /** Counts that a code was turned into a share. */
  public void exchanged(long id, Instant now) {
    handle.execute(
        "UPDATE share_codes SET exchange_count = COALESCE(exchange_count, 0) + 1,"
            + " last_exchanged_at = ? WHERE id = ?",
        now,
        id);
  }

  public void delete(long id) {
    handle.execute("DELETE FROM share_codes WHERE id = ?", id);
  }

  /** Takes back all codes of a server. */
  public int deleteOf(long server) {
    return handle.execute("DELETE FROM share_codes WHERE spawner_id = ?", server);
  }

  /** Takes away what is no longer valid. */
  public int deleteExpired(Instant now) {
    return handle.execute("DELETE FROM share_codes WHERE expires_at < ?", now);
  }
}
