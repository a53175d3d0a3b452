package dev.orrery.hub.access;

import dev.orrery.hub.scopes.Groups;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out who somebody is and what they may do, from what the database says at this moment. */
public final class Visitors {

  private static final String GROUP = "!group=";

  private final ScopeTable table;
  private final Clock clock;

  /** Understands scopes by {@code table}; what is shared expires by {@code clock}. */
  public Visitors(ScopeTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  /** Whose valid token this is. */
  public Optional<Visitor> byToken(Transaction tx, String token, Instant now) {
    if (token.length() < TokenHash.LEAST_CHARACTERS || token.length() > TokenHash.MOST_CHARACTERS) {
      return Optional.empty();
    }
    return tx.tokens().byPrefix(TokenHash.prefix(token), now).stream()
        .filter(held -> TokenHash.matches(held.token().hashed(), token))
        .findFirst()
        .flatMap(held ->
            held.owner().isPresent()
                ? Optional.of(user(tx, held.owner().get(), held.token()))
                : service(tx, held.token()));
  }

  private Visitor user(Transaction tx, User user, ApiToken token) {
    var owner = new Resource.User(user.name());
    List<String> given = tx.rights().of(user.id(), clock.instant());
    Groups groups = groups(tx, Stream.concat(given.stream(), token.scopes().stream()));
    ScopeSet scopes =
        table.ofToken(
            token.scopes(), owner, table.expand(given, owner), targetOf(tx, token), groups);
    return new Visitor(
        owner, Optional.of(user), Optional.of(token), token.sessionId(), scopes, groups);
  }

  private Optional<Visitor> service(Transaction tx, ApiToken token) {
    return token.service().isEmpty()
        ? Optional.empty()
        : tx.services()
            .byId(token.service().getAsLong())
            .map(service -> service(tx, service, token));
  }

  private Visitor service(Transaction tx, Service service, ApiToken token) {
    var owner = new Resource.Service(service.name());
    List<String> roles = scopes(tx.roles().of(Holder.SERVICE, service.id()));
    Groups groups = groups(tx, Stream.concat(roles.stream(), token.scopes().stream()));
    ScopeSet scopes =
        table.ofToken(
            token.scopes(), owner, table.expand(roles, owner), targetOf(tx, token), groups);
    return new Visitor(
        owner, Optional.empty(), Optional.of(token), token.sessionId(), scopes, groups);
  }

  /** What a token may do. */
  public ScopeSet scopesOf(Transaction tx, ApiToken token) {
    return (token.user().isPresent()
            ? tx.users().byId(token.user().getAsLong()).map(owner -> user(tx, owner, token))
            : service(tx, token))
        .map(Visitor::scopes)
        .orElseGet(ScopeSet::none);
  }

  /** The scopes among these that a person has not, and so can't give to a token. */
  public List<String> excess(Transaction tx, User user, List<String> scopes) {
    Visitor owner = ofLogin(tx, user, "");
    return table.excess(
        scopes, owner.owner(), owner.scopes(), Optional.empty(), groups(tx, scopes.stream()));
  }

  /** The scopes among these that somebody has not here and now, and so can't give away. */
  public List<String> excess(Transaction tx, Visitor visitor, List<String> scopes) {
    List<String> unknown = scopes.stream().filter(scope -> !isKnown(scope)).toList();
    if (!unknown.isEmpty()) {
      return unknown;
    }
    return table.excess(
        scopes, visitor.owner(), visitor.scopes(), Optional.empty(), groups(tx, scopes.stream()));
  }

  private boolean isKnown(String scope) {
    return table.problems(List.of(scope)).isEmpty();
  }

  /** Who the owner of a login is. */
  public Visitor ofLogin(Transaction tx, User user, String sessionId) {
    List<String> given = tx.rights().of(user.id(), clock.instant());
    var owner = new Resource.User(user.name());
    return new Visitor(
        owner,
        Optional.of(user),
        Optional.empty(),
        sessionId,
        table.expand(given, owner),
        groups(tx, given.stream()));
  }

  private static List<String> scopes(List<Role> roles) {
    return roles.stream().map(Role::scopes).flatMap(List::stream).distinct().toList();
  }

  /** What the client of a token lets browsers into; not asked for where it does not matter. */
  private Optional<Resource.Target> targetOf(Transaction tx, ApiToken token) {
    return token.clientId().equals(OAuthClient.OWN)
            || token.scopes().contains(StandardScope.INHERIT.scopeName())
        ? Optional.empty()
        : target(tx, token.clientId());
  }

  /** What a client of OAuth lets browsers into. */
  public Optional<Resource.Target> target(Transaction tx, String clientId) {
    Optional<Resource.Target> server =
        tx.servers()
            .ofClient(clientId)
            .map(found -> new Resource.Server(found.userName(), found.name()));
    return server.isPresent()
        ? server
        : tx.services().ofClient(clientId).map(found -> new Resource.Service(found.name()));
  }

  /** Who is in the groups that scopes are limited to; mostly there are none. */
  private static Groups groups(Transaction tx, Stream<String> scopes) {
    Set<String> named =
        scopes
            .filter(scope -> scope.contains(GROUP))
            .map(scope -> scope.substring(scope.indexOf(GROUP) + GROUP.length()))
            .collect(Collectors.toSet());
    if (named.isEmpty()) {
      return _ -> Set.of();
    }
    Map<String, Set<String>> members = tx.groups().groupsOfMembers(named);
    return user -> members.getOrDefault(user, Set.of());
  }
}
