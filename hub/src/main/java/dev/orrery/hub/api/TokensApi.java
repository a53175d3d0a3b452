package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.logins.Admittance;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.hub.users.UserNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tokens of people: asked for, listed, taken back. */
final class TokensApi {

  private static final System.Logger LOG = System.getLogger(TokensApi.class.getName());

  private final Database database;
  private final Access access;
  private final Visitors visitors;
  private final Admittance admittance;
  private final ScopeTable table;
  private final HubSettings.Api settings;
  private final Clock clock;

  TokensApi(
      Database database,
      Access access,
      Visitors visitors,
      Admittance admittance,
      ScopeTable table,
      HubSettings.Api settings,
      Clock clock) {
    this.database = database;
    this.access = access;
    this.visitors = visitors;
    this.admittance = admittance;
    this.table = table;
    this.settings = settings;
    this.clock = clock;
  }

  void declare(Operations operations) {
    String all = "/users/{user}/tokens";
    operations.add(
        "GET",
        all,
        "List the tokens of a person, without the secrets",
        Needs.onUser(StandardScope.READ_TOKENS),
        this::list);
    operations.forAnybody(
        "POST",
        all,
        "Make a token; needs the scope tokens, or a name and password in the field auth",
        this::create);
    operations.add(
        "GET",
        all + "/{token}",
        "Read a token, without the secret",
        Needs.onUser(StandardScope.READ_TOKENS),
        this::show);
    operations.add(
        "DELETE",
        all + "/{token}",
        "Take back a token",
        Needs.onUser(StandardScope.TOKENS),
        this::delete);
  }

  private void list(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    Instant now = clock.instant();
    ArrayNode models =
        database.read(tx -> {
          User user = UsersApi.known(tx, name);
          var list = Json.array();
          tx.tokens().of(Holder.USER, user.id(), now).stream()
              .sorted(Comparator.comparing(TokensApi::lastSeen))
              .forEach(token -> list.add(model(tx, user, token)));
          return list;
        });
    ObjectNode answer = Json.object();
    answer.set("api_tokens", models);
    exchange.sendJson(200, answer);
  }

  private static Instant lastSeen(ApiToken token) {
    return token.lastActivity().or(token::created).orElse(Instant.EPOCH);
  }

  private ObjectNode model(Transaction tx, User user, ApiToken token) {
    return Models.token(token, user.name(), visitors.scopesOf(tx, token).texts());
  }

  private void create(Exchange exchange, Optional<Visitor> known) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    Visitor visitor = known.isPresent() ? known.get() : recognised(exchange, body);
    create(exchange, visitor, body);
  }

  /** Who shows by name and password who they are. */
  private Visitor recognised(Exchange exchange, ObjectNode body) {
    var form = new LinkedHashMap<String, String>();
    for (var field : body.path("auth").properties()) {
      form.put(field.getKey(), field.getValue().asString(""));
    }
    if (form.isEmpty()) {
      throw new HttpException(403, "Missing or invalid credentials.");
    }
    return switch (admittance.recognise(form, access.address(exchange))) {
      case Admittance.Outcome.In(User user) -> database.read(tx -> visitors.ofLogin(tx, user, ""));
      case Admittance.Outcome.Out(int status, String sentence) ->
          throw new HttpException(status, sentence);
    };
  }

  private void create(Exchange exchange, Visitor visitor, ObjectNode body) {
    String name = exchange.parameter("user");
    Optional<List<String>> roles = Bodies.optionalTexts(body, "roles");
    Optional<List<String>> scopes = Bodies.optionalTexts(body, "scopes");
    if (roles.isPresent() && scopes.isPresent()) {
      throw new HttpException(400, "Can only assign one of scopes or roles when creating tokens.");
    }
    Optional<Long> seconds = seconds(body);
    Instant now = clock.instant();
    String token = TokenHash.newToken();
    ObjectNode model =
        database.write(tx -> {
          Optional<User> user = tx.users().find(name);
          if (user.isEmpty() || !visitor.may(StandardScope.TOKENS, new Resource.User(name))) {
            throw new HttpException(
                403,
                "User "
                    + UserNames.shown(name)
                    + " not found or no permissions to generate tokens");
          }
          List<String> given = given(tx, roles, scopes);
          check(tx, user.get(), given);
          long id =
              tx.tokens()
                  .create(
                      new NewToken(
                          Holder.USER,
                          user.get().id(),
                          TokenHash.ofOurs(token),
                          TokenHash.prefix(token),
                          OAuthClient.OWN,
                          "",
                          seconds.map(now::plusSeconds),
                          note(body, visitor, name),
                          given),
                      now);
          return model(tx, user.get(), tx.tokens().byId(id).orElseThrow());
        });
    LOG.log(System.Logger.Level.INFO, visitor.name() + " requested a token for " + name);
    model.put("token", token);
    exchange.sendJson(201, model);
  }

  private static String note(ObjectNode body, Visitor visitor, String name) {
    String by =
        switch (visitor.owner()) {
          case Resource.User(String who) -> who.equals(name) ? "" : " by user " + who;
          case Resource.Service(String who) -> " by service " + who;
        };
    return Json.field(body, "note").orElse("Requested via api" + by);
  }

  private Optional<Long> seconds(ObjectNode body) {
    JsonNode value = body.path("expires_in");
    long most = settings.longestToken().toSeconds();
    if (value.isMissingNode() || value.isNull()) {
      return most > 0 ? Optional.of(most) : Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new HttpException(400, "token expires_in must be null or integer");
    }
    long seconds = value.asLong();
    if (seconds < 1 || seconds > 100L * 366 * 86_400) {
      throw new HttpException(
          400, "expires_in must be a positive number of seconds below a century, or null");
    }
    if (most > 0 && seconds > most) {
      throw new HttpException(400, "token expires_in: " + seconds + " must not exceed " + most);
    }
    return Optional.of(seconds);
  }

  /** The scopes a token is to have: those of roles, those named, or what its owner may do. */
  private static List<String> given(
      Transaction tx, Optional<List<String>> roles, Optional<List<String>> scopes) {
    if (scopes.isPresent()) {
      return scopes.get();
    }
    var given = new ArrayList<String>();
    for (String role : roles.orElse(List.of(RoleDefinition.TOKEN))) {
      given.addAll(
          tx.roles()
              .find(role)
              .orElseThrow(() -> new HttpException(400, "No such role: " + Bodies.shown(role)))
              .scopes());
    }
    return given.stream().distinct().toList();
  }

  private void check(Transaction tx, User user, List<String> scopes) {
    List<String> problems = table.problems(scopes);
    if (!problems.isEmpty()) {
      throw new HttpException(400, String.join(" ", problems));
    }
    List<String> excess = visitors.excess(tx, user, scopes);
    if (!excess.isEmpty()) {
      throw new HttpException(
          400,
          "Not assigning requested scopes "
              + String.join(", ", excess)
              + " not held by user "
              + user.name());
    }
  }

  private void show(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    String id = exchange.parameter("token");
    ObjectNode model =
        database.read(tx -> {
          User user = UsersApi.known(tx, name);
          return model(tx, user, find(tx, user, id));
        });
    exchange.sendJson(200, model);
  }

  private void delete(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("user");
    String id = exchange.parameter("token");
    database.change(tx -> {
      User user = UsersApi.known(tx, name);
      ApiToken token = find(tx, user, id);
      if (token.clientId().equals(OAuthClient.OWN)) {
        tx.tokens().delete(token.id());
      } else {
        // What a server was given for one browser it was given for all.
        tx.tokens().deleteOfClient(user.id(), token.clientId());
      }
    });
    LOG.log(System.Logger.Level.INFO, visitor.name() + " took back token " + id + " of " + name);
    exchange.sendEmpty(204);
  }

  private static ApiToken find(Transaction tx, User user, String id) {
    return number(id)
        .flatMap(tx.tokens()::byId)
        .filter(token -> token.user().isPresent() && token.user().getAsLong() == user.id())
        .orElseThrow(() ->
            new HttpException(
                404, "No such token " + Bodies.shown(id) + " for user " + user.name()));
  }

  private static Optional<Long> number(String id) {
    return id.matches("a[0-9]{1,18}")
        ? Optional.of(Long.parseLong(id.substring(1)))
        : Optional.empty();
  }
}
