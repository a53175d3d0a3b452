package dev.orrery.hub.access;

import dev.orrery.http.HttpException;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.store.UserQuery;
import java.util.Optional;
import java.util.Set;

/** Which people, groups and services somebody may list, as conditions of a query. */
public final class Listed {

  private Listed() {}

  /**
   * People; nothing for everybody.
   *
   * @throws HttpException 403 for nobody, and for a limit that is none of people
   */
  public static Optional<UserQuery.Among> people(Visitor visitor) {
    return switch (visitor.scopes().reach(StandardScope.LIST_USERS)) {
      case Reach.Everything _ -> Optional.empty();
      case Reach.Nothing _ -> throw new HttpException(403, "Nobody can be listed");
      case Reach.Some some -> {
        if (!some.servers().isEmpty() || !some.services().isEmpty()) {
          throw new HttpException(
              403, "list:users can be limited to users and groups, not to servers or services");
        }
        yield Optional.of(new UserQuery.Among(some.users(), some.groups()));
      }
    };
  }

  /**
   * Groups; nothing for all.
   *
   * @throws HttpException 403 for a limit that is none of groups
   */
  public static Optional<Set<String>> groups(Visitor visitor) {
    return switch (visitor.scopes().reach(StandardScope.LIST_GROUPS)) {
      case Reach.Everything _ -> Optional.empty();
      case Reach.Nothing _ -> Optional.of(Set.of());
      case Reach.Some some -> {
        if (!some.users().isEmpty() || !some.servers().isEmpty() || !some.services().isEmpty()) {
          throw new HttpException(403, "list:groups can be limited to groups only");
        }
        yield Optional.of(some.groups());
      }
    };
  }

  /** Services; nothing for all. */
  public static Optional<Set<String>> services(Visitor visitor) {
    return switch (visitor.scopes().reach(StandardScope.LIST_SERVICES)) {
      case Reach.Everything _ -> Optional.empty();
      case Reach.Nothing _ -> Optional.of(Set.of());
      case Reach.Some some -> Optional.of(some.services());
    };
  }
}
