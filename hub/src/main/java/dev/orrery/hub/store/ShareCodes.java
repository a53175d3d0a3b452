package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Codes that are turned into shares. What has expired is as if it were not there. */
public final class ShareCodes {

  private static final String SELECT =
      "SELECT share_codes.id, share_codes.hashed, share_codes.scopes, share_codes.created_at,"
          + " share_codes.expires_at, share_codes.exchange_count, share_codes.last_exchanged_at, "
          + ShareRows.SERVER
          + " FROM share_codes"
          + ShareRows.joins("share_codes");

  private final Sql sql;

  ShareCodes(Sql sql) {
    this.sql = sql;
  }

  private RowMapper<ShareCode> mapper() {
    return row -> {
      SharedServer server = ShareRows.server(row);
      return new ShareCode(
          row.getLong("id"),
          server,
          row.getString("hashed"),
          ShareRows.scopes(row.getString("scopes"), server.owner(), server.name()),
          row.time("created_at").orElse(Instant.EPOCH),
          row.time("expires_at"),
          row.getInt("exchange_count"),
          row.time("last_exchanged_at"));
    };
  }

  /** Those that are valid and begin so; which of them it is tells their hash. */
  public List<ShareCode> byPrefix(String prefix, Instant now) {
    return sql.select(
            SELECT
                + " WHERE share_codes.prefix = ?"
                + " AND (share_codes.expires_at IS NULL OR share_codes.expires_at >= ?)",
            prefix,
            now)
        .map(mapper())
        .list();
  }

  public Optional<ShareCode> byId(long id) {
    return sql.select(SELECT + " WHERE share_codes.id = ?", id).map(mapper()).findOne();
  }

  /** One page of codes of an owner or of a server, oldest first. */
  public List<ShareCode> page(ShareFilter.OfWhat filter, int offset, int limit, Instant now) {
    String text =
        SELECT
            + ShareRows.where("share_codes", filter)
            + " ORDER BY share_codes.id LIMIT :limit OFFSET :offset";
    return ShareRows.bound(sql.createQuery(text), filter, now)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(mapper())
        .list();
  }

  /** How many there would be on all pages. */
  public long count(ShareFilter.OfWhat filter, Instant now) {
    Query query =
        sql.createQuery(
            "SELECT count(*) FROM share_codes" + ShareRows.where("share_codes", filter));
    return ShareRows.bound(query, filter, now).map(RowMapper.NUMBER).one();
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
        sql.createQuery(
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
            .map(RowMapper.NUMBER)
            .one();
    return byId(id).orElseThrow();
  }

  /** Counts that a code was turned into a share. */
  public void exchanged(long id, Instant now) {
    sql.execute(
        "UPDATE share_codes SET exchange_count = COALESCE(exchange_count, 0) + 1,"
            + " last_exchanged_at = ? WHERE id = ?",
        now,
        id);
  }

  public void delete(long id) {
    sql.execute("DELETE FROM share_codes WHERE id = ?", id);
  }

  /** Takes back all codes of a server. */
  public int deleteOf(long server) {
    return sql.execute("DELETE FROM share_codes WHERE spawner_id = ?", server);
  }

  /** Takes away what is no longer valid. */
  public int deleteExpired(Instant now) {
    return sql.execute("DELETE FROM share_codes WHERE expires_at < ?", now);
  }
}
