package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Logins;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.store.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ways to ask whose a token or cookie is that services of JupyterHub 1 use; {@code /user} took
 * their place.
 */
final class AuthorizationsApi {

  private final Database database;
  private final Visitors visitors;
  private final Logins logins;
  private final Models models;
  private final Clock clock;

  AuthorizationsApi(
      Database database, Visitors visitors, Logins logins, Models models, Clock clock) {
    this.database = database;
    this.visitors = visitors;
    this.logins = logins;
    this.models = models;
    this.clock = clock;
  }

  void declare(Operations operations) {
    operations.forTokens(
        "GET",
        "/authorizations/token/{token}",
        "Read whose token this is; deprecated, ask /user with it",
        this::ofToken);
    operations.forAll(
        "POST",
        "/authorizations/token",
        "Always refused; tokens are made at /users/{user}/tokens",
        exchange -> {
          throw new HttpException(
              404, "Tokens are no longer made here, but by POST to /hub/api/users/NAME/tokens");
        });
    operations.forTokens(
        "GET",
        "/authorizations/cookie/{cookie}/{value}",
        "Read whose login this cookie is; deprecated",
        (exchange, visitor) -> ofCookie(exchange, visitor, exchange.parameter("value")));
    operations.forTokens(
        "GET",
        "/authorizations/cookie/{cookie}",
        "Read whose login the cookie in the body is; deprecated",
        this::ofCookieInBody);
  }

  private void ofToken(Exchange exchange, Visitor visitor) {
    Instant now = clock.instant();
    ObjectNode model =
        database.read(tx -> {
          Visitor owner =
              visitors
                  .byToken(tx, exchange.parameter("token"), now)
                  .orElseThrow(() -> new HttpException(404, "No such token"));
          // Who has a token could ask with it who its owner is.
          Visitor knowing = visitor.with(ScopeSet.identify(owner.owner()));
          return owner
              .user()
              .map(user -> models.user(tx, user, knowing, false))
              .orElseGet(() ->
                  models.service(tx, tx.services().find(owner.name()).orElseThrow(), knowing));
        });
    exchange.sendJson(200, model);
  }

  private void ofCookieInBody(Exchange exchange, Visitor visitor) throws IOException {
    ofCookie(exchange, visitor, new String(exchange.bodyBytes(), StandardCharsets.UTF_8));
  }

  private void ofCookie(Exchange exchange, Visitor visitor, String value) {
    Optional<String> id = logins.cookieId(exchange.parameter("cookie"), value);
    ObjectNode model =
        database.read(tx ->
            models.user(
                tx,
                id.flatMap(tx.users()::byCookieId)
                    .orElseThrow(() -> new HttpException(404, "It is nobody's login")),
                visitor,
                false));
    exchange.sendJson(200, model);
  }
}
