package dev.orrery.hub.scopes;

import dev.orrery.hub.scopes.Resource.Owner;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Service;
import dev.orrery.hub.scopes.Resource.Target;
import dev.orrery.hub.scopes.Resource.User;
import dev.orrery.hub.scopes.ScopeText.Grant;
import dev.orrery.hub.scopes.ScopeText.Limit;
import dev.orrery.hub.scopes.ScopeText.Malformed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All scopes a hub knows, its own and those of its configuration, and what texts of scopes mean by
 * them. Immutable.
 */
public final class ScopeTable {

  /** What a user may do with what is theirs. */
  private static final List<StandardScope> SELF =
      List.of(
          StandardScope.READ_USERS,
          StandardScope.USERS_SHARES,
          StandardScope.READ_SHARES,
          StandardScope.USERS_ACTIVITY,
          StandardScope.SERVERS,
          StandardScope.TOKENS,
          StandardScope.ACCESS_SERVERS);

  private static final ScopeTable STANDARD = new ScopeTable(List.of());

  private final Map<String, Scope> scopes = new LinkedHashMap<>();

  /** A scope by name, with itself and all it implies, near and far. */
  private final Map<String, Set<String>> closures = new HashMap<>();

  ScopeTable(Collection<Scope> custom) {
    for (StandardScope scope : StandardScope.values()) {
      scopes.put(scope.scopeName(), scope.definition());
    }
    custom.forEach(scope -> scopes.put(scope.name(), scope));
    for (String name : scopes.keySet()) {
      var closure = new LinkedHashSet<String>();
      close(name, closure);
      closures.put(name, closure);
    }
  }

  private void close(String name, Set<String> closure) {
    @Nullable Scope scope = scopes.get(name);
    if (scope == null) {
      throw new IllegalArgumentException("the scope " + name + " is implied, but does not exist");
    }
    if (closure.add(name)) {
      scope.implies().forEach(implied -> close(implied, closure));
    }
  }

  /** The scopes every hub has. */
  public static ScopeTable standard() {
    return STANDARD;
  }

  /** Every scope, those of the configuration last. */
  public Collection<Scope> scopes() {
    return Collections.unmodifiableCollection(scopes.values());
  }

  /** The scope of that name, without a filter. */
  public Optional<Scope> find(String name) {
    return Optional.ofNullable(scopes.get(name));
  }

  /** The names of the scope and of all it implies, near and far; none for an unknown one. */
  Set<String> closure(String name) {
    return closures.getOrDefault(name, Set.of());
  }

  /** What each of these allows, in a sentence; one that there is not stands for itself. */
  public Map<String, String> described(Collection<String> texts) {
    var descriptions = new LinkedHashMap<String, String>();
    for (String text : texts) {
      descriptions.put(
          text, find(text.replaceFirst("!.*", "")).map(Scope::description).orElse(text));
    }
    return descriptions;
  }

  /** What the text says. */
  public ScopeText parse(String text) {
    int mark = text.indexOf('!');
    String scope = mark < 0 ? text : text.substring(0, mark);
    if (!scopes.containsKey(scope)) {
      String hint = scope.equals("all") ? "; it is called 'inherit'" : "";
      return new Malformed(text, "There is no scope '" + scope + "'" + hint + ".");
    }
    return mark < 0
        ? new Grant(scope, Limit.None.NONE)
        : ScopeText.of(text, scope, text.substring(mark + 1));
  }

  /** A sentence for each text that is no scope. */
  public List<String> problems(Collection<String> texts) {
    var sentences = new ArrayList<String>();
    for (String text : texts) {
      if (parse(text) instanceof Malformed malformed) {
        sentences.add(malformed.sentence());
      }
    }
    return List.copyOf(sentences);
  }

  /**
   * What the texts allow in the hands of an owner: with everything implied, and with filters that
   * name nobody filled in. What cannot be filled in, and what is no scope, allows nothing.
   *
   * @param client what a token was issued for by OAuth; it fills in {@code !server}, and it goes
   *     before the owner for {@code !service}
   */
  public ScopeSet expand(Collection<String> texts, Owner owner, Optional<Target> client) {
    var reaches = new HashMap<String, Reach>();
    for (String text : texts) {
      if (parse(text) instanceof Grant grant) {
        if (grant.limit() == Limit.None.NONE && isSelf(grant.scope())) {
          if (owner instanceof User) {
            SELF.forEach(scope -> add(scope.scopeName(), Reach.of(owner), reaches));
          }
        } else {
          add(grant.scope(), reach(grant.limit(), owner, client), reaches);
        }
      }
    }
    return ScopeSet.of(reaches);
  }

  /** What the scopes of roles allow to whom the roles are given. */
  public ScopeSet expand(Collection<String> texts, Owner owner) {
    return expand(texts, owner, Optional.empty());
  }

  /**
   * What a token allows: what it was given and its owner still has. With {@code inherit} that is
   * everything the owner has.
   *
   * @param texts the scopes the token was given
   * @param ownerScopes what the owner has, by roles and by shares
   * @param client what the token was issued for by OAuth; whoever holds it may enter there
   */
  public ScopeSet ofToken(
      Collection<String> texts,
      Owner owner,
      ScopeSet ownerScopes,
      Optional<Target> client,
      Groups groups) {
    if (texts.contains(StandardScope.INHERIT.scopeName())) {
      return ownerScopes;
    }
    ScopeSet given = expand(texts, owner, client).union(ScopeSet.identify(owner));
    if (client.isPresent()) {
      given = given.union(ScopeSet.access(client.get()));
    }
    return given.intersect(ownerScopes, groups);
  }

  /**
   * The scopes that cannot be given to a token because its owner does not have them, sorted; none
   * when all is well. {@code inherit} is never more than the owner has.
   */
  public List<String> excess(
      Collection<String> texts,
      Owner owner,
      ScopeSet ownerScopes,
      Optional<Target> client,
      Groups groups) {
    var given = new ArrayList<>(texts);
    given.removeIf(StandardScope.INHERIT.scopeName()::equals);
    ScopeSet wanted = expand(given, owner, client);
    return wanted.textsMissingIn(wanted.intersect(ownerScopes, groups));
  }

  private static boolean isSelf(String scope) {
    return scope.equals(StandardScope.SELF.scopeName());
  }

  private void add(String scope, Reach reach, Map<String, Reach> reaches) {
    boolean toServers = reach instanceof Reach.Some some && !some.servers().isEmpty();
    for (String implied : closure(scope)) {
      // What is read of a user cannot be limited to one of their servers.
      if (!(toServers && implied.startsWith("read:user"))) {
        reaches.merge(implied, reach, Reach::union);
      }
    }
  }

  private static Reach reach(Limit limit, Owner owner, Optional<Target> client) {
    return switch (limit) {
      case Limit.None _ -> Reach.Everything.EVERYTHING;
      case Limit.To(Resource resource) -> Reach.of(resource);
      case Limit.Own own -> own(own, owner, client);
    };
  }

  private static Reach own(Limit.Own own, Owner owner, Optional<Target> client) {
    return switch (own) {
      case USER -> owner instanceof User ? Reach.of(owner) : Reach.Nothing.NOTHING;
      case SERVER ->
          client.filter(Server.class::isInstance).map(Reach::of).orElse(Reach.Nothing.NOTHING);
      case SERVICE ->
          client
              .filter(Service.class::isInstance)
              .map(Reach::of)
              .orElse(owner instanceof Service ? Reach.of(owner) : Reach.Nothing.NOTHING);
    };
  }
}
