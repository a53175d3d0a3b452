package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.sharing.Sharing;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Share;
import dev.orrery.hub.store.ShareCode;
import dev.orrery.hub.store.ShareFilter;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Who may use a server besides its owner: links are made, taken back, and accepted. */
public final class SharingPages {

  private static final System.Logger LOG = System.getLogger(SharingPages.class.getName());

  /** How long a link may be accepted, in hours. */
  static final List<Integer> HOURS = List.of(1, 24, 7 * 24);

  private static final int MOST = 200;

  private final Database database;
  private final Access access;
  private final Sharing sharing;
  private final ScopeTable table;
  private final Redirects redirects;
  private final Site site;
  private final Clock clock;
  private final Places places;

  /** Shares servers by {@code sharing}. */
  public SharingPages(
      Database database,
      Access access,
      Sharing sharing,
      ScopeTable table,
      Redirects redirects,
      Site site,
      Clock clock) {
    this.database = database;
    this.access = access;
    this.sharing = sharing;
    this.table = table;
    this.redirects = redirects;
    this.site = site;
    this.clock = clock;
    this.places = new Places(database, site.addresses());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String path : List.of("/share/{user}", "/share/{user}/{server}")) {
      routes.add(Routes.Kind.PAGE, "GET", path, access.page(this::show));
      routes.add(Routes.Kind.PAGE, "POST", path, access.page(this::change));
    }
    routes.add(Routes.Kind.PAGE, "GET", "/accept-share", access.page(this::ask));
    routes.add(Routes.Kind.PAGE, "POST", "/accept-share", access.page(this::accept));
  }

  /**
   * What the page shows.
   *
   * @param kinds whom the visitor may name to share with
   * @param link that was just made; mostly empty
   * @param problem why nobody of that name may use it now; mostly empty
   */
  record View(
      String shown,
      String xsrf,
      List<Holder> kinds,
      String link,
      String problem,
      List<Row> shares,
      List<Row> codes) {}

  /** A share, or a link by which there can be more. */
  record Row(long id, String name, Optional<Instant> created, Optional<Instant> until, int used) {}

  private void show(Exchange exchange, Visitor visitor) {
    show(exchange, visitor, places.named(exchange, visitor, StandardScope.SHARES), 200, "", "");
  }

  private void show(
      Exchange exchange,
      Visitor visitor,
      Places.Place place,
      int status,
      String link,
      String problem) {
    Frame frame = site.frame(exchange, visitor, "share");
    Instant now = clock.instant();
    View view =
        database.read(tx -> {
          Optional<UserServer> server = tx.servers().find(place.user().id(), place.server());
          if (server.isEmpty() && !place.server().isEmpty()) {
            throw Places.nothing();
          }
          Optional<ShareFilter.OfServer> filter =
              server.map(known -> new ShareFilter.OfServer(known.id()));
          return new View(
              shown(frame, visitor, place, server),
              site.proof(exchange, visitor),
              kinds(visitor),
              link,
              problem,
              filter.map(of -> tx.shares().page(of, 0, MOST, now)).orElse(List.of()).stream()
                  .map(share -> row(frame, share))
                  .toList(),
              filter.map(of -> tx.shareCodes().page(of, 0, MOST, now)).orElse(List.of()).stream()
                  .map(SharingPages::row)
                  .toList());
        });
    site.send(exchange, status, out -> JteshareGenerated.render(out, Site.NOBODY, frame, view));
  }

  /** Whom one may name: of people everybody knows themselves, which is no use here. */
  private static List<Holder> kinds(Visitor visitor) {
    boolean people =
        switch (visitor.scopes().reach(StandardScope.READ_USERS_NAME)) {
          case Reach.Everything _ -> true;
          case Reach.Nothing _ -> false;
          case Reach.Some some ->
              !some.groups().isEmpty() || !Set.of(visitor.name()).containsAll(some.users());
        };
    boolean groups =
        switch (visitor.scopes().reach(StandardScope.READ_GROUPS_NAME)) {
          case Reach.Everything _ -> true;
          case Reach.Nothing _ -> false;
          case Reach.Some some -> !some.groups().isEmpty();
        };
    return Stream.of(Holder.USER, Holder.GROUP)
        .filter(kind -> kind == Holder.USER ? people : groups)
        .toList();
  }

  private static String shown(
      Frame frame, Visitor visitor, Places.Place place, Optional<UserServer> server) {
    if (place.server().isEmpty()) {
      return place.user().name().equals(visitor.name())
          ? frame.say("share.default")
          : place.user().name();
    }
    return server
        .flatMap(UserServer::displayName)
        .filter(name -> !name.isEmpty())
        .orElse(place.server());
  }

  private static Row row(Frame frame, Share share) {
    return new Row(
        share.id(),
        share.kind() == Holder.GROUP ? frame.say("share.group", share.with()) : share.with(),
        Optional.of(share.createdAt()),
        share.expiresAt(),
        0);
  }

  private static Row row(ShareCode code) {
    return new Row(
        code.id(), "", Optional.of(code.createdAt()), code.expiresAt(), code.exchangeCount());
  }

  private void change(Exchange exchange, Visitor visitor) throws IOException {
    Map<String, String> form = access.form(exchange, Optional.of(visitor));
    Places.Place place = places.named(exchange, visitor, StandardScope.SHARES);
    switch (form.getOrDefault("do", "")) {
      case "link" -> {
        String path = link(visitor, place, hours(form.getOrDefault("lasts", "24")));
        show(exchange, visitor, place, 200, site.origin(exchange) + path, "");
      }
      case "grant" -> {
        try {
          grant(visitor, place, kind(form), form.getOrDefault("with", "").strip());
        } catch (HttpException e) {
          if (kinds(visitor).isEmpty()) {
            throw e;
          }
          show(exchange, visitor, place, e.status(), "", e.message());
          return;
        }
        exchange.redirect(places.page("share", place));
      }
      case "revoke" -> {
        long id = number(form);
        database.change(tx ->
            shares(tx, place).stream()
                .filter(share -> share.id() == id)
                .forEach(share -> tx.shares().delete(id)));
        exchange.redirect(places.page("share", place));
      }
      case "revoke-link" -> {
        long id = number(form);
        database.change(tx ->
            tx.shareCodes()
                .byId(id)
                .filter(code -> isOf(code, place))
                .ifPresent(_ -> tx.shareCodes().delete(id)));
        exchange.redirect(places.page("share", place));
      }
      default -> throw new HttpException(400, "do is link, grant, revoke or revoke-link");
    }
  }

  private static boolean isOf(ShareCode code, Places.Place place) {
    return code.server().ownerId() == place.user().id()
        && code.server().name().equals(place.server());
  }

  private List<Share> shares(Transaction tx, Places.Place place) {
    return tx.servers()
        .find(place.user().id(), place.server())
        .map(server ->
            tx.shares().page(new ShareFilter.OfServer(server.id()), 0, MOST, clock.instant()))
        .orElse(List.of());
  }

  private static int hours(String text) {
    return HOURS.stream()
        .filter(hours -> Integer.toString(hours).equals(text))
        .findFirst()
        .orElseThrow(() -> new HttpException(400, "lasts is one of these hours: " + HOURS));
  }

  private static long number(Map<String, String> form) {
    String text = form.getOrDefault("id", "");
    if (!text.matches("[0-9]{1,18}")) {
      throw new HttpException(400, "id is a number");
    }
    return Long.parseLong(text);
  }

  private String link(Visitor visitor, Places.Place place, int hours) {
    List<String> scopes = access(visitor, place);
    Sharing.Made made =
        database.write(
            tx -> sharing.makeCode(tx, server(tx, place), scopes, Duration.ofHours(hours)));
    return Sharing.acceptPath(site.addresses().hubPath(), made.secret());
  }

  private static Holder kind(Map<String, String> form) {
    return switch (form.getOrDefault("kind", "")) {
      case "user" -> Holder.USER;
      case "group" -> Holder.GROUP;
      default -> throw new HttpException(400, "kind is user or group");
    };
  }

  private void grant(Visitor visitor, Places.Place place, Holder kind, String with) {
    List<String> scopes = access(visitor, place);
    Sharing.requireNameable(visitor, kind, with);
    database.change(tx -> {
      Optional<Long> found =
          kind == Holder.USER
              ? tx.users().find(with).map(User::id)
              : tx.groups().find(with).map(Group::id);
      long id =
          found.orElseThrow(() ->
              new HttpException(
                  400,
                  "No such "
                      + (kind == Holder.USER ? "user" : "group")
                      + ": "
                      + (with.length() > 100 ? with.substring(0, 100) + "…" : with)));
      if (kind == Holder.USER && id == place.user().id()) {
        throw new HttpException(400, "It is " + with + "'s own server");
      }
      sharing.grant(tx, server(tx, place), kind, id, scopes);
    });
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name()
            + " shared server="
            + place.user().name()
            + "/"
            + place.server()
            + " with "
            + with);
  }

  /** What is shared: use of this server, if the visitor has that. */
  private List<String> access(Visitor visitor, Places.Place place) {
    var resource = new Resource.Server(/* user= */ place.user().name(), /* name= */ place.server());
    List<String> scopes = sharing.scopes(List.of(), resource);
    Sharing.requireHeld(visitor, scopes, resource);
    return scopes;
  }

  /** The record of a server; that of a default server is made where there is none yet. */
  private static UserServer server(Transaction tx, Places.Place place) {
    return tx.servers()
        .find(place.user().id(), place.server())
        .or(() ->
            place.server().isEmpty()
                ? Optional.of(tx.servers().create(place.user().id(), "", ""))
                : Optional.empty())
        .orElseThrow(Places::nothing);
  }

  // ---- the other side

  private ShareCode code(Exchange exchange) {
    return database
        .read(tx -> sharing.code(tx, exchange.query("code").orElse("")))
        .orElseThrow(() ->
            new HttpException(
                404, "This link is not valid any more. Who sent it can send another one"));
  }

  private void ask(Exchange exchange, Visitor visitor) {
    ShareCode code = code(exchange);
    if (code.server().ownerId() == HomePages.user(visitor).id()) {
      throw new HttpException(403, "This is a link to your own server; give it to somebody else");
    }
    Map<String, String> scopes = table.described(code.scopes());
    // The address holds a secret, which no other site is to learn.
    exchange.set("Referrer-Policy", "no-referrer");
    Frame frame = site.frame(exchange, visitor, "share");
    String proof = site.proof(exchange, visitor);
    site.send(
        exchange,
        200,
        out ->
            JteacceptshareGenerated.render(
                out,
                Site.NOBODY,
                frame,
                code.server().owner(),
                code.server().name(),
                scopes,
                code.server().ready(),
                proof));
  }

  private void accept(Exchange exchange, Visitor visitor) throws IOException {
    access.form(exchange, Optional.of(visitor));
    User user = HomePages.user(visitor);
    ShareCode code = code(exchange);
    database.change(tx -> sharing.exchange(tx, code, user));
    String server =
        Paths.of(site.addresses().basePath(), code.server().owner(), code.server().name());
    exchange.redirect(
        exchange
            .query("next")
            .filter(next -> !next.isEmpty())
            .map(next -> redirects.safe(next))
            .orElse(server));
  }
}
