package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.StandardScope;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a request has to be allowed: one of some scopes, for what its address names.
 *
 * @param resource what the address names; nothing where it names nothing in particular
 * @param anyReach whether a scope will do that is limited to some, because the answer is limited to
 *     the same
 */
public record Needs(
    List<StandardScope> scopes, Function<Exchange, Optional<Resource>> resource, boolean anyReach) {

  public Needs {
    scopes = List.copyOf(scopes);
  }

  /** One of these, without a limit. */
  public static Needs everywhere(StandardScope... scopes) {
    return new Needs(List.of(scopes), _ -> Optional.empty(), false);
  }

  /** One of these, however limited; the handler shows only what lies within. */
  public static Needs somewhere(StandardScope... scopes) {
    return new Needs(List.of(scopes), _ -> Optional.empty(), true);
  }

  /** One of these for the person that the address names {@code user}. */
  public static Needs onUser(StandardScope... scopes) {
    return new Needs(
        List.of(scopes),
        exchange -> Optional.of(new Resource.User(exchange.parameter("user"))),
        false);
  }

  /** One of these for the server that the address names {@code user} and {@code server}. */
  public static Needs onServer(StandardScope... scopes) {
    return new Needs(
        List.of(scopes),
        exchange ->
            Optional.of(
                new Resource.Server(exchange.parameter("user"), exchange.parameter("server"))),
        false);
  }

  /** One of these for the default server of the person that the address names. */
  public static Needs onDefaultServer(StandardScope... scopes) {
    return new Needs(
        List.of(scopes),
        exchange -> Optional.of(new Resource.Server(exchange.parameter("user"), "")),
        false);
  }

  /** One of these for the group that the address names. */
  public static Needs onGroup(StandardScope... scopes) {
    return new Needs(
        List.of(scopes),
        exchange -> Optional.of(new Resource.Group(exchange.parameter("group"))),
        false);
  }

  /** One of these for the service that the address names. */
  public static Needs onService(StandardScope... scopes) {
    return new Needs(
        List.of(scopes),
        exchange -> Optional.of(new Resource.Service(exchange.parameter("service"))),
        false);
  }

  /**
   * Refuses what is not allowed.
   *
   * @throws HttpException 403 without any of the scopes; 404 with one that does not reach so far,
   *     as if there were nothing there
   */
  void check(Visitor visitor, Exchange exchange) {
    Optional<Resource> target = resource.apply(exchange);
    boolean held = false;
    for (StandardScope scope : scopes) {
      Reach reach = visitor.scopes().reach(scope);
      held |= reach != Reach.Nothing.NOTHING;
      boolean far =
          target.isPresent()
              ? reach.covers(target.get(), visitor.groups())
              : anyReach ? reach != Reach.Nothing.NOTHING : reach == Reach.Everything.EVERYTHING;
      if (far) {
        return;
      }
    }
    if (held && target.isPresent()) {
      throw new HttpException(404, "No access to resources or resources not found");
    }
    throw new HttpException(
        403,
        "Action is not authorized with current scopes; requires any of ["
            + scopes.stream().map(StandardScope::scopeName).collect(Collectors.joining(", "))
            + "]");
  }
}
