package dev.orrery.hub.oauth;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.RawPath;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.pages.ConfirmPage;
import dev.orrery.hub.scopes.Granted;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.OAuthCode;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * The authorization code flow, the only one (RFC 6749, section 4.1): a browser brings a server's
 * question here, takes a code back, and the server turns it into a token. Single-user servers and
 * services of JupyterHub use it unchanged.
 */
public final class OAuthPages {

  private static final System.Logger LOG = System.getLogger(OAuthPages.class.getName());

  private static final Duration CODE = Duration.ofMinutes(5);
  private static final int MOST_CHARACTERS = 1_023;

  private final Database database;
  private final Access access;
  private final Visitors visitors;
  private final ScopeTable table;
  private final HubSettings.Sessions settings;
  private final ConfirmPage confirm;
  private final Clock clock;

  /** Logs people in to the clients that the database knows. */
  public OAuthPages(
      Database database,
      Access access,
      Visitors visitors,
      ScopeTable table,
      HubSettings.Sessions settings,
      ConfirmPage confirm,
      Clock clock) {
    this.database = database;
    this.access = access;
    this.visitors = visitors;
    this.table = table;
    this.settings = settings;
    this.confirm = confirm;
    this.clock = clock;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/api/oauth2/authorize", access.page(this::ask));
    routes.add(Routes.Kind.PAGE, "POST", "/api/oauth2/authorize", access.page(this::confirmed));
    routes.add(Routes.Kind.API, "POST", "/api/oauth2/token", this::exchange);
  }

  /** A question that can be answered. */
  private record Question(
      OAuthClient client,
      Resource.Target target,
      String state,
      String challenge,
      String method,
      List<String> scopes,
      boolean mayPass) {}

  private void ask(Exchange exchange, Visitor visitor) throws IOException {
    Optional<Question> valid = question(exchange, visitor);
    if (valid.isEmpty()) {
      return;
    }
    Question question = valid.get();
    if (needsConfirmation(question, visitor)) {
      confirm.show(
          exchange, visitor, question.client().description(), table.described(question.scopes()));
      return;
    }
    giveCode(exchange, visitor, question, question.scopes());
  }

  private static boolean needsConfirmation(Question question, Visitor visitor) {
    boolean own =
        question.target() instanceof Resource.Server(String user, _) && user.equals(visitor.name());
    return !own && !question.mayPass();
  }

  private void confirmed(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, List<String>> form = exchange.formFields();
    access.checkForm(
        exchange, Optional.of(visitor), form.getOrDefault("_xsrf", List.of()).stream().findFirst());
    Optional<Question> valid = question(exchange, visitor);
    if (valid.isPresent()) {
      Set<String> chosen = new HashSet<>(form.getOrDefault("scopes", List.of()));
      List<String> scopes = valid.get().scopes().stream().filter(chosen::contains).toList();
      giveCode(exchange, visitor, valid.get(), scopes);
    }
  }

  /**
   * Checks what a browser brings.
   *
   * @return nothing when the client was told of an error by way of the browser
   * @throws HttpException for what must not be answered by a redirect: the client is not known, or
   *     the address is not its own
   */
  private Optional<Question> question(Exchange exchange, Visitor visitor) {
    String id = exchange.query("client_id").orElse("");
    record Known(
        OAuthClient client,
        Optional<Resource.Target> target,
        Set<String> before,
        boolean noConfirm) {}
    Known known =
        database.read(tx -> {
          OAuthClient client =
              tx.oauth()
                  .client(id)
                  .orElseThrow(() -> new HttpException(400, "Invalid client_id parameter value."));
          return new Known(
              client,
              visitors.target(tx, id),
              before(tx, visitor, id),
              tx.services().ofClient(id).map(Service::noConfirm).orElse(false));
        });
    String redirect = exchange.query("redirect_uri").orElse(known.client().redirectUri());
    if (known.client().redirectUri().isEmpty() || !redirect.equals(known.client().redirectUri())) {
      throw new HttpException(400, "Mismatching redirect URI.");
    }
    Resource.Target target =
        known.target().orElseThrow(() -> new HttpException(500, "OAuth configuration error"));
    StandardScope needed =
        target instanceof Resource.Server
            ? StandardScope.ACCESS_SERVERS
            : StandardScope.ACCESS_SERVICES;
    if (!visitor.may(needed, target)) {
      throw new HttpException(
          403, "You do not have permission to access " + known.client().description());
    }
    String state = exchange.query("state").orElse("");
    String challenge = exchange.query("code_challenge").orElse("");
    String method =
        challenge.isEmpty() ? "" : exchange.query("code_challenge_method").orElse("plain");
    Optional<String> error = error(exchange, state, challenge, method);
    if (error.isPresent()) {
      back(exchange, known.client(), "error=" + error.get(), state);
      return Optional.empty();
    }
    List<String> asked =
        exchange
            .query("scope")
            .map(text -> Arrays.stream(text.split(" ", 100)).filter(s -> !s.isEmpty()).toList())
            .filter(list -> !list.isEmpty())
            .orElse(known.client().allowedScopes());
    List<String> given = given(visitor, known.client(), target, asked);
    boolean before = known.before().containsAll(given) && !known.before().isEmpty();
    return Optional.of(
        new Question(
            known.client(), target, state, challenge, method, given, before || known.noConfirm()));
  }

  private Optional<String> error(Exchange exchange, String state, String challenge, String method) {
    if (!exchange.query("response_type").orElse("").equals("code")) {
      return Optional.of("unsupported_response_type");
    }
    boolean tooLong = state.length() > MOST_CHARACTERS * 4 || challenge.length() > 255;
    boolean wrongMethod = !challenge.isEmpty() && !Pkce.isMethod(method);
    boolean missing = challenge.isEmpty() && settings.requirePkce();
    return tooLong || wrongMethod || missing ? Optional.of("invalid_request") : Optional.empty();
  }

  private Set<String> before(Transaction tx, Visitor visitor, String clientId) {
    if (visitor.user().isEmpty()) {
      return Set.of();
    }
    var scopes = new HashSet<String>();
    tx.tokens().of(Holder.USER, visitor.user().get().id(), clock.instant()).stream()
        .filter(token -> token.clientId().equals(clientId))
        .map(ApiToken::scopes)
        .forEach(scopes::addAll);
    return scopes;
  }

  /** What of the scopes is given: what the client may ask for, and the person has. */
  private List<String> given(
      Visitor visitor, OAuthClient client, Resource.Target target, List<String> asked) {
    Granted granted =
        Granted.of(
            table,
            asked,
            client.allowedScopes(),
            visitor.owner(),
            Optional.of(target),
            visitor.groups());
    var scopes = new ArrayList<>(granted.granted());
    scopes.addAll(ScopeSet.identify(visitor.owner()).texts());
    scopes.addAll(ScopeSet.access(target).texts());
    return scopes.stream().distinct().sorted().toList();
  }

  private void giveCode(
      Exchange exchange, Visitor visitor, Question question, List<String> scopes) {
    User user = visitor.user().orElseThrow(() -> new HttpException(403, "Only people can log in"));
    String code = UUID.randomUUID().toString();
    var kept =
        new OAuthCode(
            code,
            question.client().identifier(),
            user.id(),
            clock.instant().plus(CODE),
            question.client().redirectUri(),
            visitor.sessionId(),
            scopes,
            question.challenge(),
            question.method());
    database.change(tx -> tx.oauth().create(kept));
    back(exchange, question.client(), "code=" + code, question.state());
  }

  private static void back(Exchange exchange, OAuthClient client, String answer, String state) {
    String uri = client.redirectUri();
    exchange.set("Cache-Control", "no-store");
    exchange.redirect(
        uri
            + (uri.contains("?") ? "&" : "?")
            + answer
            + (state.isEmpty() ? "" : "&state=" + RawPath.encodeQuery(state)));
  }

  // ---- the server's side

  private void exchange(Exchange exchange) throws IOException {
    Map<String, String> form = exchange.form();
    exchange.set("Cache-Control", "no-store");
    exchange.set("Pragma", "no-cache");
    if (!form.getOrDefault("grant_type", "").equals("authorization_code")) {
      refuse(exchange, 400, "unsupported_grant_type");
      return;
    }
    Optional<OAuthClient> client = client(exchange, form);
    if (client.isEmpty()) {
      refuse(exchange, 401, "invalid_client");
      return;
    }
    Instant now = clock.instant();
    Optional<OAuthCode> taken =
        database.write(tx -> tx.oauth().take(form.getOrDefault("code", "")));
    boolean valid =
        taken.isPresent()
            && taken.get().expiresAt().isAfter(now)
            && taken.get().clientId().equals(client.get().identifier())
            && taken.get().redirectUri().equals(form.getOrDefault("redirect_uri", ""));
    if (!valid) {
      refuse(exchange, 400, "invalid_grant");
      return;
    }
    OAuthCode code = taken.get();
    String verifier = form.getOrDefault("code_verifier", "");
    if (!code.challenge().isEmpty() && verifier.isEmpty()) {
      refuse(exchange, 400, "invalid_request");
      return;
    }
    if (!code.challenge().isEmpty()
        && !Pkce.matches(code.challenge(), code.challengeMethod(), verifier)) {
      refuse(exchange, 400, "invalid_grant");
      return;
    }
    give(exchange, client.get(), code, now);
  }

  private void give(Exchange exchange, OAuthClient client, OAuthCode code, Instant now) {
    String token = TokenHash.newToken();
    Duration lasts = settings.clientToken();
    database.change(tx ->
        tx.tokens()
            .create(
                new NewToken(
                    Holder.USER,
                    code.user(),
                    TokenHash.ofOurs(token),
                    TokenHash.prefix(token),
                    client.identifier(),
                    code.sessionId(),
                    Optional.of(now.plus(lasts)),
                    "",
                    code.scopes()),
                now));
    LOG.log(System.Logger.Level.DEBUG, "Gave a token to " + client.identifier());
    ObjectNode answer = Json.object().put("access_token", token);
    answer.put("expires_in", lasts.toSeconds()).put("token_type", "Bearer");
    answer.put("scope", String.join(" ", code.scopes()));
    exchange.sendJson(200, answer);
  }

  /** The client that proves itself, in the form or by the basic scheme. */
  private Optional<OAuthClient> client(Exchange exchange, Map<String, String> form) {
    String id = form.getOrDefault("client_id", "");
    String secret = form.getOrDefault("client_secret", "");
    Optional<String[]> basic = basic(exchange);
    if (basic.isPresent()) {
      id = basic.get()[0];
      secret = basic.get()[1];
    }
    String wanted = id;
    String given = secret;
    return database
        .read(tx -> tx.oauth().client(wanted))
        .filter(client -> !client.secret().isEmpty() && TokenHash.matches(client.secret(), given));
  }

  private static Optional<String[]> basic(Exchange exchange) {
    return exchange
        .header("Authorization")
        .filter(header -> header.regionMatches(true, 0, "basic ", 0, 6))
        .flatMap(header -> {
          try {
            byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
            String[] parts = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
            return parts.length == 2 ? Optional.of(parts) : Optional.empty();
          } catch (IllegalArgumentException e) {
            return Optional.empty();
          }
        });
  }

  private static void refuse(Exchange exchange, int status, String error) {
    exchange.sendJson(status, Json.object().put("error", error));
  }
}
