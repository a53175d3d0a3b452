package dev.orrery.hub.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What lets programs in. */
public final class Tokens {

  private static final String COLUMNS =
      "api_tokens.id, api_tokens.user_id, api_tokens.service_id, api_tokens.hashed,"
          + " api_tokens.client_id, oauth_clients.description, api_tokens.session_id,"
          + " api_tokens.created, api_tokens.expires_at, api_tokens.last_activity, api_tokens.note,"
          + " api_tokens.scopes";

  private static final String FROM =
      " FROM api_tokens"
          + " LEFT JOIN oauth_clients ON oauth_clients.identifier = api_tokens.client_id";

  private static final String SELECT = "SELECT " + COLUMNS + FROM;

  private static final String VALID =
      " AND (api_tokens.expires_at IS NULL OR api_tokens.expires_at >= ?)";

  /**
   * A token, and the person whose it is.
   *
   * @param owner nobody where it is a service's
   */
  public record Held(ApiToken token, Optional<User> owner) {}

  private final Sql sql;

  Tokens(Sql sql) {
    this.sql = sql;
  }

  private static ApiToken token(Row row) throws SQLException {
    return new ApiToken(
        row.getLong("id"),
        number(row, "user_id"),
        number(row, "service_id"),
        row.getString("hashed"),
        text(row, "client_id"),
        text(row, "description"),
        text(row, "session_id"),
        row.time("created"),
        row.time("expires_at"),
        row.time("last_activity"),
        text(row, "note"),
        JsonText.list(row.getString("scopes")));
  }

  private static OptionalLong number(Row row, String column) throws SQLException {
    return row.isNull(column) ? OptionalLong.empty() : OptionalLong.of(row.getLong(column));
  }

  private static String text(Row row, String column) throws SQLException {
    return row.text(column).orElse("");
  }

  /** Those that are valid and begin so; which of them it is tells their hash. */
  public List<Held> byPrefix(String prefix, Instant now) {
    return sql.select(
            "SELECT "
                + COLUMNS
                + ", "
                + Users.OWNER
                + FROM
                + " LEFT JOIN users ON users.id = api_tokens.user_id"
                + " WHERE api_tokens.prefix = ?"
                + VALID,
            prefix,
            now)
        .map(Tokens::held)
        .list();
  }

  private static Held held(Row row) throws SQLException {
    ApiToken token = token(row);
    return new Held(
        token,
        row.isNull("owner_name")
            ? Optional.empty()
            : Optional.of(Users.owner(row, row.getLong("user_id"))));
  }

  /** The valid tokens of somebody, oldest first. */
  public List<ApiToken> of(Holder kind, long owner, Instant now) {
    return sql.select(
            SELECT
                + " WHERE api_tokens."
                + kind.column()
                + " = ?"
                + VALID
                + " ORDER BY api_tokens.id",
            owner,
            now)
        .map(Tokens::token)
        .list();
  }

  /** How many valid tokens each of these services has; those without any are left out. */
  public Map<Long, Long> ofServices(Collection<Long> services, Instant now) {
    return services.isEmpty()
        ? Map.of()
        : SqlText.counts(
            sql.createQuery(
                    "SELECT service_id, count(*) FROM api_tokens WHERE service_id IN (<ids>)"
                        + " AND (expires_at IS NULL OR expires_at >= :now) GROUP BY service_id")
                .bindList("ids", List.copyOf(services))
                .bind("now", now));
  }

  public Optional<ApiToken> byId(long id) {
    return sql.select(SELECT + " WHERE api_tokens.id = ?", id).map(Tokens::token).findOne();
  }

  /** Keeps a token; gives its number. */
  public long create(NewToken token, Instant now) {
    return sql.createQuery(
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
        .map(RowMapper.NUMBER)
        .one();
  }

  public void delete(long id) {
    sql.execute("DELETE FROM api_tokens WHERE id = ?", id);
  }

  /** Takes back what a client was given for a person. */
  public void deleteOfClient(long user, String clientId) {
    sql.execute("DELETE FROM api_tokens WHERE user_id = ? AND client_id = ?", user, clientId);
  }

  /** Takes back what belongs to a person's login with one browser. */
  public int deleteOfSession(long user, String sessionId) {
    return sql.execute(
        "DELETE FROM api_tokens WHERE user_id = ? AND session_id = ?", user, sessionId);
  }

  /** Takes back what is no longer valid. */
  public int deleteExpired(Instant now) {
    return sql.execute("DELETE FROM api_tokens WHERE expires_at < ?", now);
  }

  /** Notes that a token was used. */
  public void used(long id, Instant time) {
    sql.execute("UPDATE api_tokens SET last_activity = ? WHERE id = ?", time, id);
  }
}
