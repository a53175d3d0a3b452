package dev.orrery.hub.store;

import java.time.Instant;
import java.util.Optional;

/** Programs that log people in with our help, and the codes on their way. */
public final class OAuth {

  private final Sql sql;

  OAuth(Sql sql) {
    this.sql = sql;
  }

  public Optional<OAuthClient> client(String identifier) {
    return sql.select(
            "SELECT identifier, description, secret, redirect_uri, allowed_scopes"
                + " FROM oauth_clients WHERE identifier = ?",
            identifier)
        .map(row ->
            new OAuthClient(
                row.getString("identifier"),
                row.text("description").orElse(""),
                row.text("secret").orElse(""),
                row.text("redirect_uri").orElse(""),
                JsonText.list(row.getString("allowed_scopes"))))
        .findOne();
  }

  /** Makes a client, or changes the one of that identifier. */
  public void put(OAuthClient client) {
    sql.createQuery(
            "INSERT INTO oauth_clients (identifier, description, secret, redirect_uri,"
                + " allowed_scopes) VALUES (:identifier, :description, :secret, :redirect, :scopes)"
                + " ON CONFLICT (identifier) DO UPDATE SET description = excluded.description,"
                + " secret = excluded.secret, redirect_uri = excluded.redirect_uri,"
                + " allowed_scopes = excluded.allowed_scopes")
        .bind("identifier", client.identifier())
        .bind("description", client.description())
        .bind("secret", client.secret())
        .bind("redirect", client.redirectUri())
        .bind("scopes", JsonText.ofList(client.allowedScopes()))
        .execute();
  }

  /** Takes a client away, with its codes and the tokens it was given. */
  public void delete(String identifier) {
    sql.execute("DELETE FROM oauth_clients WHERE identifier = ?", identifier);
  }

  public void create(OAuthCode code) {
    sql.createQuery(
            "INSERT INTO oauth_codes (client_id, code, expires_at, redirect_uri, session_id,"
                + " user_id, scopes, code_challenge, code_challenge_method) VALUES (:client, :code,"
                + " :expires, :redirect, :session, :user, :scopes, :challenge, :method)")
        .bind("client", code.clientId())
        .bind("code", code.code())
        .bind("expires", code.expiresAt().getEpochSecond())
        .bind("redirect", code.redirectUri())
        .bind("session", code.sessionId())
        .bind("user", code.user())
        .bind("scopes", JsonText.ofList(code.scopes()))
        .bind("challenge", code.challenge().isEmpty() ? null : code.challenge())
        .bind("method", code.challengeMethod().isEmpty() ? null : code.challengeMethod())
        .execute();
  }

  /** Takes a code out: nobody gets it a second time, valid or not. */
  public Optional<OAuthCode> take(String code) {
    return sql.createQuery(
            "DELETE FROM oauth_codes WHERE code = :code RETURNING client_id, code, expires_at,"
                + " redirect_uri, session_id, user_id, scopes, code_challenge,"
                + " code_challenge_method")
        .bind("code", code)
        .map(row ->
            new OAuthCode(
                row.getString("code"),
                row.getString("client_id"),
                row.getLong("user_id"),
                Instant.ofEpochSecond(row.getLong("expires_at")),
                row.text("redirect_uri").orElse(""),
                row.text("session_id").orElse(""),
                JsonText.list(row.getString("scopes")),
                row.text("code_challenge").orElse(""),
                row.text("code_challenge_method").orElse("")))
        .findFirst();
  }

  public int deleteExpiredCodes(Instant now) {
    return sql.execute("DELETE FROM oauth_codes WHERE expires_at < ?", now.getEpochSecond());
  }
}
