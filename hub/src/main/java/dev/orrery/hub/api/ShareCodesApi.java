package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.ShareCode;
import dev.orrery.hub.store.ShareFilter;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Codes that let whoever has one use a server: made, listed, taken back. */
final class ShareCodesApi {

  private static final System.Logger LOG = System.getLogger(ShareCodesApi.class.getName());

  private static final Set<String> FIELDS = Set.of("scopes", "expires_in");

  private final Database database;
  private final Sharing sharing;
  private final ShareModels models;
  private final HubSettings.Api settings;
  private final Clock clock;

  ShareCodesApi(
      Database database,
      Sharing sharing,
      ShareModels models,
      HubSettings.Api settings,
      Clock clock) {
    this.database = database;
    this.sharing = sharing;
    this.models = models;
    this.settings = settings;
    this.clock = clock;
  }

  void declare(Operations operations) {
    operations.add(
        "GET",
        "/share-codes/{user}",
        "List the codes that share servers of a person",
        Needs.onUser(StandardScope.READ_SHARES),
        (exchange, _) -> list(exchange, tx -> SharedServers.ofOwner(tx, exchange)));
    ofServer(operations, "/share-codes/{user}/{server}", false);
    ofServer(operations, "/share-codes/{user}/", true);
  }

  private void ofServer(Operations operations, String path, boolean standard) {
    operations.add(
        "GET",
        path,
        "List the codes that share a server",
        SharedServers.needs(StandardScope.READ_SHARES, standard),
        (exchange, _) ->
            list(
                exchange,
                tx -> SharedServers.ofServer(tx, SharedServers.named(exchange, standard))));
    operations.add(
        "POST",
        path,
        "Make a code that lets whoever has it use a server",
        SharedServers.needs(StandardScope.SHARES, standard),
        (exchange, visitor) -> make(exchange, visitor, SharedServers.named(exchange, standard)));
    operations.add(
        "DELETE",
        path,
        "Take back the codes of a server, or the one that code or id names",
        SharedServers.needs(StandardScope.SHARES, standard),
        (exchange, visitor) -> delete(exchange, visitor, SharedServers.named(exchange, standard)));
  }

  private void list(Exchange exchange, Function<Transaction, ShareFilter.OfWhat> which) {
    Pages page = Pages.of(exchange, settings.pageDefault(), settings.pageMost());
    Instant now = clock.instant();
    record Found(List<ObjectNode> models, long total) {}
    Found found =
        database.read(tx -> {
          ShareFilter.OfWhat filter = which.apply(tx);
          return new Found(
              tx.shareCodes().page(filter, page.offset(), page.limit(), now).stream()
                  .map(models::code)
                  .toList(),
              tx.shareCodes().count(filter, now));
        });
    page.sendTold(exchange, found.models(), found.total());
  }

  private void make(Exchange exchange, Visitor visitor, Resource.Server named) throws IOException {
    ObjectNode body = Bodies.object(exchange.json());
    Bodies.refuseOthers(body, FIELDS);
    Duration lasts = lasts(body);
    List<String> scopes =
        sharing.scopes(Bodies.optionalTexts(body, "scopes").orElse(List.of()), named);
    Sharing.requireHeld(visitor, scopes, named);
    ObjectNode model =
        database.write(tx -> {
          UserServer server = SharedServers.known(tx, named);
          return models.made(sharing.makeCode(tx, server, scopes, lasts));
        });
    LOG.log(
        System.Logger.Level.INFO, visitor.name() + " made a code that shares " + named.filter());
    exchange.sendJson(200, model);
  }

  private static Duration lasts(ObjectNode body) {
    JsonNode value = body.path("expires_in");
    if (value.isMissingNode()) {
      return Sharing.USUAL;
    }
    long least = Sharing.SHORTEST.toSeconds();
    long most = Sharing.LONGEST.toSeconds();
    long seconds = value.canConvertToLong() && value.isIntegralNumber() ? value.asLong() : 0;
    if (seconds < least || seconds > most) {
      throw new HttpException(
          400,
          "expires_in must be a whole number of seconds from "
              + least
              + " to "
              + most
              + ", not "
              + Bodies.shown(value.toString()));
    }
    return Duration.ofSeconds(seconds);
  }

  private void delete(Exchange exchange, Visitor visitor, Resource.Server named) {
    Optional<String> secret = exchange.query("code").filter(text -> !text.isEmpty());
    Optional<String> id = exchange.query("id").filter(text -> !text.isEmpty());
    int gone =
        database.write(tx -> {
          long server = SharedServers.known(tx, named).id();
          if (secret.isEmpty() && id.isEmpty()) {
            return tx.shareCodes().deleteOf(server);
          }
          ShareCode code =
              secret
                  .map(text -> sharing.code(tx, text))
                  .orElseGet(() -> id.flatMap(ShareCodesApi::number).flatMap(tx.shareCodes()::byId))
                  .filter(found -> found.server().id() == server)
                  .orElseThrow(() ->
                      new HttpException(
                          404,
                          secret.isPresent()
                              ? "No matching code found"
                              : "No code found matching id=" + Bodies.shown(id.orElse(""))));
          tx.shareCodes().delete(code.id());
          return 1;
        });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " took back " + gone + " codes of " + named.filter());
    exchange.sendEmpty(204);
  }

  private static Optional<Long> number(String id) {
    return id.matches("sc_[0-9]{1,18}")
        ? Optional.of(Long.parseLong(id.substring(3)))
        : Optional.empty();
  }
}
