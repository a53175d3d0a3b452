package dev.orrery.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** What lets programs in. */
public final class Tokens {

  private static final String SELECT =
      "SELECT api_tokens.id, api_tokens.user_id, api_tokens.service_id, api_tokens.hashed,"
          + " api_tokens.client_id, oauth_clients.description, api_tokens.session_id,"
          + " api_tokens.created, api_tokens.expires_at, api_tokens.last_activity, api_tokens.note,"
          + " api_tokens.scopes FROM api_tokens"
          + " LEFT JOIN oauth_clients ON oauth_clients.identifier = api_tokens.client_id";

  private final Handle handle;
  private final Dialect dialect;

  Tokens(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  private RowMapper<ApiToken> mapper() {
    return (row, _) ->
        new ApiToken(
            row.getLong("id"),
            number(row, "user_id"),
            number(row, "service_id"),
            row.getString("hashed"),
            text(row, "client_id"),
            text(row, "description"),
            text(row, "session_id"),
            dialect.time(row, "created"),
            dialect.time(row, "expires_at"),
            dialect.time(row, "last_activity"),
            text(row, "note"),
            JsonText.list(row.getString("scopes")));
  }

  private static OptionalLong number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column)).orElse("");
  }

  /** Those that are valid and begin so; which of them it is tells their hash. */
  public List<ApiToken> byPrefix(String prefix, Instant now) {
    return handle
        .select(
            SELECT
                + " WHERE api_tokens.prefix = ?"
                + " AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at >= ?)",
            prefix,
            now)
        .map(mapper())
        .list();
  }

  /** The valid tokens of somebody, oldest first. */
  public List<ApiToken> of(Holder kind, long owner, Instant now) {
    return handle
        .select(
            SELECT
                + " WHERE api_tokens."
                + kind.column()
                + " = ? AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at >= ?)"
                + " ORDER BY api_tokens.id",
            owner,
            now)
        .map(mapper())
        .list();
  }

  public Optional<ApiToken> byId(long id) {
    return handle.select(SELECT + " WHERE api_tokens.id = ?", id).map(mapper()).findOne();
  }

  /** Keeps a token; gives its number. */
  public long create(NewToken token, Instant now) {
    return handle
        .createQuery(
            "INSERT INTO api_tokens ("
                + token.kind().column()
                + ", hashed, prefix, client_id, session_id, created, expires_at, note, scopes)"
                + " VALUES (:owner, :hashed, :prefix, :client, :session, :now, :expires, :note,"
                + " :scopes) RETURNING id")
        .bind("owner", token.owner())
        .bind("hashed", token.hashed())
        .bind("prefix", token.prefix())
        .bind("client", token.clientId())
        .bind("session", token.sessionId().isEmpty() ? null : token.sessionId())
        .bind("now", now)
        .bind("expires", token.expiresAt().orElse(null))
        .bind("note", token.note())
        .bind("scopes", JsonText.ofList(token.scopes()))
        .mapTo(Long.class)
        .one();
  }

  public void delete(long id) {
    handle.execute("DELETE FROM api_tokens WHERE id = ?", id);
  }

  /** Takes back what a client was given for a person. */
  public void deleteOfClient(long user, String clientId) {
    handle.execute("DELETE FROM api_tokens WHERE user_id = ? AND client_id = ?", user, clientId);
  }

  /** Takes back what belongs to a person's login with one browser. */
  public int deleteOfSession(long user, String sessionId) {
    return handle.execute(
        "DELETE FROM api_tokens WHERE user_id = ? AND session_id = ?", user, sessionId);
  }

  /** Takes back what is no longer valid. */
  public int deleteExpired(Instant now) {
    return handle.execute("DELETE FROM api_tokens WHERE expires_at < ?", now);
  }

  /** Notes that a token was used. */
  public void used(long id, Instant time) {
    handle.execute("UPDATE api_tokens SET last_activity = ? WHERE id = ?", time, id);
  }
}
