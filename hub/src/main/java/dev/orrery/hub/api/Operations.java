package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Needs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the API can do, each declared once: with what it is for and which scopes it needs. The
 * routes, the check of the scopes, and the documentation come from the same declaration.
 */
final class Operations {

  /** Who may use an operation. */
  sealed interface Admission {

    /** Everybody. */
    enum Open implements Admission {
      OPEN
    }

    /** Whoever shows that they are somebody. */
    enum Known implements Admission {
      KNOWN
    }

    /** Who has one of some scopes. */
    record Scoped(Needs needs) implements Admission {}
  }

  /**
   * One operation.
   *
   * @param path below {@code /api}, with parameters in braces
   * @param summary what it does, a phrase
   */
  record Operation(String method, String path, String summary, Admission admission) {}

  private final Routes routes;
  private final Access access;
  private final List<Operation> declared = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();

  Operations(Routes routes, Access access) {
    this.routes = routes;
    this.access = access;
  }

  /** Declares what one of some scopes allows. */
  void add(String method, String path, String summary, Needs needs, Access.Known handler) {
    declare(
        new Operation(method, path, summary, new Admission.Scoped(needs)),
        access.api(needs, handler));
  }

  /** Declares what everybody may do whom we know. */
  void forKnown(String method, String path, String summary, Access.Known handler) {
    declare(new Operation(method, path, summary, Admission.Known.KNOWN), access.api(handler));
  }

  /** Declares what everybody may do who shows a token, not a cookie. */
  void forTokens(String method, String path, String summary, Access.Known handler) {
    declare(
        new Operation(method, path, summary, Admission.Known.KNOWN), access.apiByToken(handler));
  }

  /** Declares what finds out by itself who may do it, where we do not know. */
  void forAnybody(String method, String path, String summary, Access.Anybody handler) {
    declare(new Operation(method, path, summary, Admission.Open.OPEN), access.open(handler));
  }

  /** Declares what needs no login. */
  void forAll(String method, String path, String summary, Handler handler) {
    declare(new Operation(method, path, summary, Admission.Open.OPEN), handler);
  }

  private void declare(Operation operation, Handler handler) {
    routes.add(Routes.Kind.API, operation.method(), "/api" + operation.path(), handler);
    if (paths.add(operation.path())) {
      // Browsers ask this first where a script comes from elsewhere.
      routes.add(Routes.Kind.API, "OPTIONS", "/api" + operation.path(), Operations::answerOptions);
    }
    declared.add(operation);
  }

  private static void answerOptions(Exchange exchange) {
    exchange.set("Content-Type", "application/json");
    exchange.sendEmpty(200);
  }

  /**
   * All of them, in the order of their declaration. Those of default servers whose path ends with a
   * slash are others of these with an empty name, and left out.
   */
  List<Operation> documented() {
    return declared.stream()
        .filter(operation -> operation.path().length() <= 1 || !operation.path().endsWith("/"))
        .toList();
  }
}
