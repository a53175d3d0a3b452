package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Share;
import dev.orrery.hub.store.ShareFilter;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Who may use servers of others: given by name, taken back, given up. */
final class SharesApi {

  private static final System.Logger LOG = System.getLogger(SharesApi.class.getName());

  private static final Set<String> FIELDS = Set.of("scopes", "user", "group");

  private final Database database;
  private final Sharing sharing;
  private final ShareModels models;
  private final HubSettings.Api settings;
  private final Clock clock;

  SharesApi(
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
        "/shares/{user}",
        "List who may use the servers of a person",
        Needs.onUser(StandardScope.READ_SHARES),
        (exchange, _) -> list(exchange, tx -> SharedServers.ofOwner(tx, exchange)));
    ofServer(operations, "/shares/{user}/{server}", false);
    ofServer(operations, "/shares/{user}/", true);
    operations.add(
        "GET",
        "/users/{user}/shared",
        "List what is shared with a person and with their groups",
        Needs.onUser(StandardScope.READ_USERS_SHARES),
        (exchange, _) -> list(exchange, tx -> new ShareFilter.WithUser(user(tx, exchange))));
    ofUser(operations, "/users/{user}/shared/{owner}/{server}", false);
    ofUser(operations, "/users/{user}/shared/{owner}/", true);
    operations.add(
        "GET",
        "/groups/{group}/shared",
        "List what is shared with a group",
        Needs.onGroup(StandardScope.READ_GROUPS_SHARES),
        (exchange, _) -> list(exchange, tx -> new ShareFilter.WithGroup(group(tx, exchange))));
    ofGroup(operations, "/groups/{group}/shared/{owner}/{server}", false);
    ofGroup(operations, "/groups/{group}/shared/{owner}/", true);
  }

  private void ofServer(Operations operations, String path, boolean standard) {
    operations.add(
        "GET",
        path,
        "List who may use a server",
        SharedServers.needs(StandardScope.READ_SHARES, standard),
        (exchange, _) ->
            list(
                exchange,
                tx -> SharedServers.ofServer(tx, SharedServers.named(exchange, standard))));
    operations.add(
        "POST",
        path,
        "Share a server with a person or a group",
        SharedServers.needs(StandardScope.SHARES, standard),
        (exchange, visitor) -> grant(exchange, visitor, SharedServers.named(exchange, standard)));
    operations.add(
        "PATCH",
        path,
        "Take back what is shared of a server with a person or a group",
        SharedServers.needs(StandardScope.SHARES, standard),
        (exchange, visitor) -> revoke(exchange, visitor, SharedServers.named(exchange, standard)));
    operations.add(
        "DELETE",
        path,
        "Share a server with nobody any more",
        SharedServers.needs(StandardScope.SHARES, standard),
        (exchange, visitor) ->
            revokeAll(exchange, visitor, SharedServers.named(exchange, standard)));
  }

  private void ofUser(Operations operations, String path, boolean standard) {
    operations.add(
        "GET",
        path,
        "Read what is shared of a server with a person",
        Needs.onUser(StandardScope.READ_USERS_SHARES),
        (exchange, _) ->
            show(exchange, standard, Holder.USER, tx -> known(tx, exchange.parameter("user"))));
    operations.add(
        "DELETE",
        path,
        "Give up what is shared of a server with a person",
        Needs.onUser(StandardScope.USERS_SHARES),
        (exchange, visitor) ->
            leave(
                exchange,
                visitor,
                standard,
                Holder.USER,
                tx -> known(tx, exchange.parameter("user"))));
  }

  private void ofGroup(Operations operations, String path, boolean standard) {
    operations.add(
        "GET",
        path,
        "Read what is shared of a server with a group",
        Needs.onGroup(StandardScope.READ_GROUPS_SHARES),
        (exchange, _) ->
            show(exchange, standard, Holder.GROUP, tx -> OptionalLong.of(group(tx, exchange))));
    operations.add(
        "DELETE",
        path,
        "Give up what is shared of a server with a group",
        Needs.onGroup(StandardScope.GROUPS_SHARES),
        (exchange, visitor) ->
            leave(
                exchange,
                visitor,
                standard,
                Holder.GROUP,
                tx -> OptionalLong.of(group(tx, exchange))));
  }

  private static long user(Transaction tx, Exchange exchange) {
    return UsersApi.known(tx, exchange.parameter("user")).id();
  }

  private static long group(Transaction tx, Exchange exchange) {
    return GroupsApi.known(tx, exchange.parameter("group")).id();
  }

  private static OptionalLong known(Transaction tx, String user) {
    Optional<User> found = tx.users().find(user);
    return found.isPresent() ? OptionalLong.of(found.get().id()) : OptionalLong.empty();
  }

  private void list(Exchange exchange, Function<Transaction, ShareFilter> which) {
    Pages page = Pages.of(exchange, settings.pageDefault(), settings.pageMost());
    Instant now = clock.instant();
    record Found(List<ObjectNode> models, long total) {}
    Found found =
        database.read(tx -> {
          ShareFilter filter = which.apply(tx);
          return new Found(
              tx.shares().page(filter, page.offset(), page.limit(), now).stream()
                  .map(models::share)
                  .toList(),
              tx.shares().count(filter, now));
        });
    page.sendTold(exchange, found.models(), found.total());
  }

  /**
   * Whom a server is to be shared with, and how.
   *
   * @param scopes nothing where the request does not say
   */
  private record Wish(Holder kind, String with, Optional<List<String>> scopes) {

    static Wish of(Exchange exchange) throws IOException {
      ObjectNode body = Bodies.object(exchange.json());
      Bodies.refuseOthers(body, FIELDS);
      Optional<String> user = Bodies.optionalText(body, "user");
      Optional<String> group = Bodies.optionalText(body, "group");
      if (user.isPresent() == group.isPresent()) {
        throw new HttpException(
            400, "Name whom to share with: either a 'user' or a 'group', and not both");
      }
      return new Wish(
          user.isPresent() ? Holder.USER : Holder.GROUP,
          user.or(() -> group).orElseThrow(),
          Bodies.optionalTexts(body, "scopes").filter(scopes -> !scopes.isEmpty()));
    }

    /** The row of whom it names; nothing when there is nobody of that name. */
    Optional<Long> find(Transaction tx) {
      return kind == Holder.USER
          ? tx.users().find(with).map(User::id)
          : tx.groups().find(with).map(Group::id);
    }
  }

  private void grant(Exchange exchange, Visitor visitor, Resource.Server named) throws IOException {
    Wish wish = Wish.of(exchange);
    List<String> scopes = sharing.scopes(wish.scopes().orElse(List.of()), named);
    ObjectNode model =
        database.write(tx -> {
          UserServer server = SharedServers.known(tx, named);
          Sharing.requireHeld(visitor, scopes, named);
          Sharing.requireNameable(visitor, wish.kind(), wish.with());
          long with =
              wish.find(tx)
                  .orElseThrow(() ->
                      new HttpException(
                          400,
                          "No such "
                              + (wish.kind() == Holder.USER ? "user: " : "group: ")
                              + Bodies.shown(wish.with())));
          return models.share(sharing.grant(tx, server, wish.kind(), with, scopes));
        });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " shared " + named.filter() + " with " + Bodies.shown(wish.with()));
    exchange.sendJson(200, model);
  }

  private void revoke(Exchange exchange, Visitor visitor, Resource.Server named)
      throws IOException {
    Wish wish = Wish.of(exchange);
    Optional<List<String>> scopes = wish.scopes().map(asked -> sharing.scopes(asked, named));
    Optional<ObjectNode> left =
        database.write(tx -> {
          UserServer server = SharedServers.known(tx, named);
          return wish.find(tx)
              .flatMap(with -> sharing.revoke(tx, server, wish.kind(), with, scopes))
              .map(models::share);
        });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " took " + named.filter() + " back from " + Bodies.shown(wish.with()));
    exchange.sendJson(200, left.orElseGet(Json::object));
  }

  private void revokeAll(Exchange exchange, Visitor visitor, Resource.Server named) {
    int ended = database.write(tx -> tx.shares().deleteOf(SharedServers.known(tx, named).id()));
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " ended " + ended + " shares of " + named.filter());
    exchange.sendEmpty(204);
  }

  private void show(
      Exchange exchange, boolean standard, Holder kind, Function<Transaction, OptionalLong> with) {
    exchange.sendJson(
        200, database.read(tx -> models.share(find(tx, exchange, standard, kind, with.apply(tx)))));
  }

  private void leave(
      Exchange exchange,
      Visitor visitor,
      boolean standard,
      Holder kind,
      Function<Transaction, OptionalLong> with) {
    Share left =
        database.write(tx -> {
          Share share = find(tx, exchange, standard, kind, with.apply(tx));
          tx.shares().delete(share.id());
          return share;
        });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name()
            + " gave up what was shared of "
            + left.server().owner()
            + "/"
            + left.server().name()
            + " with "
            + left.with());
    exchange.sendEmpty(204);
  }

  private Share find(
      Transaction tx, Exchange exchange, boolean standard, Holder kind, OptionalLong with) {
    String owner = exchange.parameter("owner");
    String server = standard ? "" : exchange.parameter("server");
    Optional<UserServer> shared =
        tx.users().find(owner).flatMap(found -> tx.servers().find(found.id(), server));
    return shared
        .filter(_ -> with.isPresent())
        .flatMap(found -> sharing.find(tx, found.id(), kind, with.getAsLong()))
        .orElseThrow(() ->
            new HttpException(
                404,
                "Nothing of "
                    + Bodies.shown(owner)
                    + "/"
                    + Bodies.shown(server)
                    + " is shared with them"));
  }
}
