package dev.orrery.hub.scopes;

import dev.orrery.hub.scopes.Resource.Group;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Service;
import dev.orrery.hub.scopes.Resource.User;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** How far one scope goes: over nothing, over everything, or over what its filters name. */
public sealed interface Reach {

  /** The scope is not held. */
  enum Nothing implements Reach {
    NOTHING
  }

  /** The scope is held without a filter. */
  enum Everything implements Reach {
    EVERYTHING
  }

  /**
   * The scope is held for these, at least one of them. It holds for the users in the groups and for
   * the servers of all those users, too.
   */
  record Some(Set<String> users, Set<String> groups, Set<Server> servers, Set<String> services)
      implements Reach {

    public Some {
      users = Set.copyOf(users);
      groups = Set.copyOf(groups);
      servers = Set.copyOf(servers);
      services = Set.copyOf(services);
    }

    Stream<String> filters() {
      Stream<Resource> named =
          Stream.of(users.stream().map(User::new), groups.stream().map(Group::new))
              .flatMap(names -> names);
      Stream<Resource> others =
          Stream.concat(servers.stream(), services.stream().map(Service::new));
      return Stream.concat(named, others).map(Resource::filter);
    }

    private boolean isEmpty() {
      return users.isEmpty() && groups.isEmpty() && servers.isEmpty() && services.isEmpty();
    }

    private boolean holdsUser(String user, Groups membership) {
      return users.contains(user) || isInGroup(user, membership);
    }

    private boolean isInGroup(String user, Groups membership) {
      if (groups.isEmpty()) {
        return false;
      }
      for (String group : membership.groupsOf(user)) {
        if (groups.contains(group)) {
          return true;
        }
      }
      return false;
    }
  }

  /** What one filter names. */
  static Reach of(Resource resource) {
    return switch (resource) {
      case User user -> new Some(Set.of(user.name()), Set.of(), Set.of(), Set.of());
      case Group group -> new Some(Set.of(), Set.of(group.name()), Set.of(), Set.of());
      case Server server -> new Some(Set.of(), Set.of(), Set.of(server), Set.of());
      case Service service -> new Some(Set.of(), Set.of(), Set.of(), Set.of(service.name()));
    };
  }

  /** Whether the resource lies within. A server also lies within its user, and that in groups. */
  default boolean covers(Resource resource, Groups membership) {
    return switch (this) {
      case Nothing _ -> false;
      case Everything _ -> true;
      case Some some ->
          switch (resource) {
            case User(String name) -> some.holdsUser(name, membership);
            case Group(String name) -> some.groups.contains(name);
            case Service(String name) -> some.services.contains(name);
            case Server server ->
                some.servers.contains(server) || some.holdsUser(server.user(), membership);
          };
    };
  }

  /** What lies within either. */
  default Reach union(Reach other) {
    if (this == Everything.EVERYTHING || other == Everything.EVERYTHING) {
      return Everything.EVERYTHING;
    }
    if (!(this instanceof Some one)) {
      return other;
    }
    if (!(other instanceof Some two)) {
      return this;
    }
    return new Some(
        both(one.users, two.users),
        both(one.groups, two.groups),
        both(one.servers, two.servers),
        both(one.services, two.services));
  }

  /**
   * What lies within both. Two different groups have nothing in common here even if a user is in
   * both; that user is told apart only by name.
   */
  default Reach intersect(Reach other, Groups membership) {
    if (this == Everything.EVERYTHING) {
      return other;
    }
    if (other == Everything.EVERYTHING) {
      return this;
    }
    if (!(this instanceof Some one) || !(other instanceof Some two)) {
      return Nothing.NOTHING;
    }
    var common =
        new Some(
            within(one.users, two.users, User::new, one, two, membership),
            within(one.groups, two.groups, Group::new, one, two, membership),
            within(one.servers, two.servers, server -> server, one, two, membership),
            within(one.services, two.services, Service::new, one, two, membership));
    return common.isEmpty() ? Nothing.NOTHING : common;
  }

  private static <T> Set<T> within(
      Set<T> ofOne,
      Set<T> ofTwo,
      Function<T, Resource> resource,
      Some one,
      Some two,
      Groups membership) {
    var common = new HashSet<T>();
    for (T name : ofOne) {
      if (two.covers(resource.apply(name), membership)) {
        common.add(name);
      }
    }
    for (T name : ofTwo) {
      if (one.covers(resource.apply(name), membership)) {
        common.add(name);
      }
    }
    return common;
  }

  private static <T> Set<T> both(Set<T> one, Set<T> two) {
    var all = new HashSet<>(one);
    all.addAll(two);
    return all;
  }
}
