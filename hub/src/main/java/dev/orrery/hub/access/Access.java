package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HeaderToken;
import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import dev.orrery.http.SignedCookies;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The door: finds out who a request comes from, refuses what no page of ours made, and asks for the
 * scopes an operation needs. Every handler of the hub is behind one of its methods.
 */
public final class Access {

  private final Database database;
  private final Visitors visitors;
  private final Logins logins;
  private final Origins origins;
  private final HubXsrf xsrf;
  private final Clock clock;
  private final Duration activityResolution;
  private final String hubPath;

  /** Lets in whom the database knows. */
  public Access(
      Database database,
      Visitors visitors,
      Logins logins,
      SignedCookies cookies,
      Origins origins,
      Clock clock,
      Duration activityResolution,
      String hubPath) {
    this.database = database;
    this.visitors = visitors;
    this.logins = logins;
    this.origins = origins;
    this.xsrf = new HubXsrf(cookies, origins, hubPath);
    this.clock = clock;
    this.activityResolution = activityResolution;
    this.hubPath = hubPath;
  }

  /** Answers somebody whom we know. */
  @FunctionalInterface
  public interface Known {
    /**
     * Answers.
     *
     * @throws IOException when the client is gone
     */
    void handle(Exchange exchange, Visitor visitor) throws IOException;
  }

  /** For programs and the scripts of our pages: a token, or a login. */
  public Handler api(Needs needs, Known handler) {
    return api((exchange, visitor) -> {
      needs.check(visitor, exchange);
      handler.handle(exchange, visitor);
    });
  }

  /** The same for what anybody may do whom we know. */
  public Handler api(Known handler) {
    return open(
        (exchange, visitor) -> handler.handle(exchange, visitor.orElseThrow(Access::unknown)));
  }

  /** The same for what asks for a token, because it is nothing for browsers. */
  public Handler apiByToken(Known handler) {
    return exchange -> {
      Visitor known = holder(exchange).orElseThrow(Access::unknown);
      Audit.told(exchange, address(exchange), known, () -> handler.handle(exchange, known));
    };
  }

  private static HttpException unknown() {
    return new HttpException(403, "Missing or invalid credentials.");
  }

  /** Answers somebody whom we may know. */
  @FunctionalInterface
  public interface Anybody {
    /**
     * Answers.
     *
     * @throws IOException when the client is gone
     */
    void handle(Exchange exchange, Optional<Visitor> visitor) throws IOException;
  }

  /** The same for what has other ways to show who one is. */
  public Handler open(Anybody handler) {
    return exchange -> {
      Optional<Visitor> visitor = caller(exchange);
      // A script of another site learns nothing from this: without a login it gets the same.
      if (visitor.isPresent() && visitor.get().token().isEmpty()) {
        xsrf.check(exchange, visitor, Logins.sessionId(exchange), Optional.empty());
      }
      if (visitor.isPresent()) {
        Audit.told(
            exchange, address(exchange), visitor.get(), () -> handler.handle(exchange, visitor));
      } else {
        handler.handle(exchange, visitor);
      }
    };
  }

  /**
   * For people: without a login to the login page and back. Pages hold what proves that a form is
   * ours, so scripts of other people's servers on this origin may not read them.
   */
  public Handler page(Known handler) {
    return instead((exchange, visitor) -> {
      if (exchange.method().equals("GET")) {
        xsrf.check(exchange, Optional.of(visitor), visitor.sessionId(), Optional.empty());
      }
      handler.handle(exchange, visitor);
    });
  }

  /** For people, in place of a server of theirs: what its scripts ask for comes here, too. */
  public Handler instead(Known handler) {
    return exchange -> {
      Optional<Visitor> visitor = person(exchange);
      if (visitor.isEmpty()) {
        exchange.redirect(hubPath + "login?next=" + RawPath.encodeQuery(here(exchange)));
        return;
      }
      Audit.told(
          exchange,
          address(exchange),
          visitor.get(),
          () -> handler.handle(exchange, visitor.get()));
    };
  }

  private static String here(Exchange exchange) {
    String query = exchange.rawQuery();
    return exchange.rawPath() + (query.isEmpty() ? "" : "?" + query);
  }

  /** The address a request comes from. */
  public String address(Exchange exchange) {
    return origins.address(exchange);
  }

  /** Who is logged in in this browser. */
  public Optional<Visitor> person(Exchange exchange) {
    Optional<String> cookieId = logins.cookieId(exchange);
    if (cookieId.isEmpty()) {
      return Optional.empty();
    }
    String session =
        Optional.of(Logins.sessionId(exchange))
            .filter(id -> !id.isEmpty())
            .orElseGet(() -> logins.newSession(exchange));
    Optional<Visitor> found =
        database.read(tx ->
            tx.users().byCookieId(cookieId.get()).map(user -> visitors.ofLogin(tx, user, session)));
    if (found.isEmpty()) {
      logins.forget(exchange);
    }
    found.ifPresent(visitor -> seen(visitor, clock.instant()));
    return found;
  }

  private Optional<Visitor> caller(Exchange exchange) {
    Optional<Visitor> holder = holder(exchange);
    return holder.isEmpty() && mayUseCookie(exchange) ? person(exchange) : holder;
  }

  private Optional<Visitor> holder(Exchange exchange) {
    Instant now = clock.instant();
    Optional<Visitor> holder =
        HeaderToken.of(exchange)
            .flatMap(token -> database.read(tx -> visitors.byToken(tx, token, now)));
    holder.ifPresent(visitor -> seen(visitor, now));
    return holder;
  }

  /** A form of another site can send a cookie, but no JSON. */
  private static boolean mayUseCookie(Exchange exchange) {
    return !exchange.method().equals("POST")
        || exchange
            .header("Content-Type")
            .map(type -> type.toLowerCase(Locale.ROOT).strip().startsWith("application/json"))
            .orElse(true);
  }

  private void seen(Visitor visitor, Instant now) {
    Optional<ApiToken> stale = visitor.token().filter(token -> isStale(token.lastActivity(), now));
    // What a server tells of itself is not its owner.
    boolean byServer =
        visitor.token().filter(token -> token.note().startsWith("Server at ")).isPresent();
    Optional<User> unseen =
        visitor.user().filter(user -> !byServer && isStale(user.lastActivity(), now));
    if (stale.isEmpty() && unseen.isEmpty()) {
      return;
    }
    database.change(tx -> {
      stale.ifPresent(token -> tx.tokens().used(token.id(), now));
      unseen.ifPresent(user -> tx.users().seen(user.id(), now));
    });
  }

  private boolean isStale(Optional<Instant> last, Instant now) {
    return last.isEmpty() || last.get().plus(activityResolution).isBefore(now);
  }

  /** The token against forged requests for the forms of a page. */
  public String xsrfToken(Exchange exchange, Optional<Visitor> visitor) {
    String session = visitor.map(Visitor::sessionId).orElseGet(() -> Logins.sessionId(exchange));
    return xsrf.token(exchange, visitor, session);
  }

  /**
   * The fields of a form that a page of ours sent.
   *
   * @throws HttpException 403 for another one
   */
  public Map<String, String> form(Exchange exchange, Optional<Visitor> visitor) throws IOException {
    Map<String, String> fields = exchange.form();
    checkForm(exchange, visitor, Optional.ofNullable(fields.get("_xsrf")));
    return fields;
  }

  /**
   * Refuses a form that no page of ours sent.
   *
   * @param sent the field of the form
   */
  public void checkForm(Exchange exchange, Optional<Visitor> visitor, Optional<String> sent) {
    String session = visitor.map(Visitor::sessionId).orElseGet(() -> Logins.sessionId(exchange));
    xsrf.check(exchange, visitor, session, sent);
  }

  /** Ends the login of a browser, and takes back what servers were given for it. */
  public void logOut(Exchange exchange) {
    Optional<Visitor> visitor = person(exchange);
    visitor
        .filter(known -> !known.sessionId().isEmpty())
        .flatMap(Visitor::user)
        .ifPresent(user ->
            database.change(
                tx -> tx.tokens().deleteOfSession(user.id(), visitor.get().sessionId())));
    logins.logOut(exchange);
  }

  /** Logs a browser in. */
  public void logIn(Exchange exchange, User user) {
    logins.logIn(exchange, user);
  }

  /** What somebody may do, asked within a transaction. */
  public Visitor visitor(Transaction tx, User user, String sessionId) {
    return visitors.ofLogin(tx, user, sessionId);
  }
}
