package dev.orrery.hub.scopes;

import dev.orrery.hub.scopes.Reach.Everything;
import dev.orrery.hub.scopes.Reach.Nothing;
import dev.orrery.hub.scopes.Reach.Some;
import dev.orrery.hub.scopes.Resource.Owner;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Service;
import dev.orrery.hub.scopes.Resource.Target;
import dev.orrery.hub.scopes.Resource.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What somebody may do: scopes with everything they imply, and how far each goes. Sets are
 * immutable and equal when they allow the same, so that they can be kept as long as what they were
 * made from is unchanged. One that came out of {@link #intersect} may depend on who was in which
 * group at that time.
 */
public final class ScopeSet {

  private static final ScopeSet NONE = new ScopeSet(Map.of());

  /** By name of the scope; a scope that reaches nothing is not in it. */
  private final Map<String, Reach> reaches;

  private ScopeSet(Map<String, Reach> reaches) {
    this.reaches = reaches;
  }

  /** Nothing is allowed. */
  public static ScopeSet none() {
    return NONE;
  }

  static ScopeSet of(Map<String, Reach> reaches) {
    var held = new HashMap<>(reaches);
    held.values().removeIf(reach -> reach == Nothing.NOTHING);
    return held.isEmpty() ? NONE : new ScopeSet(held);
  }

  /** What a token is given on top of its scopes, so that whoever shows it can learn whose it is. */
  public static ScopeSet identify(Owner owner) {
    return switch (owner) {
      case User _ ->
          limitedTo(owner, StandardScope.READ_USERS_NAME, StandardScope.READ_USERS_GROUPS);
      case Service _ -> limitedTo(owner, StandardScope.READ_SERVICES_NAME);
    };
  }

  /** What a browser needs to be let into a server or service. */
  public static ScopeSet access(Target target) {
    return switch (target) {
      case Server _ -> limitedTo(target, StandardScope.ACCESS_SERVERS);
      case Service _ -> limitedTo(target, StandardScope.ACCESS_SERVICES);
    };
  }

  private static ScopeSet limitedTo(Resource resource, StandardScope... scopes) {
    var reaches = new HashMap<String, Reach>();
    for (StandardScope scope : scopes) {
      reaches.put(scope.scopeName(), Reach.of(resource));
    }
    return new ScopeSet(reaches);
  }

  /** How far the scope goes, e.g. whom a list of users may show. */
  public Reach reach(StandardScope scope) {
    return reach(scope.scopeName());
  }

  /** How far the scope of that name goes. */
  public Reach reach(String scope) {
    return reaches.getOrDefault(scope, Nothing.NOTHING);
  }

  /** Whether the scope is there at all, however limited. */
  public boolean has(StandardScope scope) {
    return reaches.containsKey(scope.scopeName());
  }

  /** Whether the scope is there without a limit, as acts on no particular resource need it. */
  public boolean hasWithoutLimit(StandardScope scope) {
    return reach(scope) == Everything.EVERYTHING;
  }

  /** Whether the scope holds for that resource. */
  public boolean allows(StandardScope scope, Resource resource, Groups groups) {
    return reach(scope).covers(resource, groups);
  }

  /** All that either allows. */
  public ScopeSet union(ScopeSet other) {
    if (other.reaches.isEmpty()) {
      return this;
    }
    var all = new HashMap<>(reaches);
    other.reaches.forEach((scope, reach) -> all.merge(scope, reach, Reach::union));
    return of(all);
  }

  /** What both allow. */
  public ScopeSet intersect(ScopeSet other, Groups groups) {
    var common = new HashMap<String, Reach>();
    reaches.forEach(
        (scope, reach) -> common.put(scope, reach.intersect(other.reach(scope), groups)));
    return of(common);
  }

  /** As texts with one filter each, sorted by code points. */
  public List<String> texts() {
    var texts = new ArrayList<String>();
    reaches.forEach((scope, reach) -> {
      switch (reach) {
        case Nothing _ -> {}
        case Everything _ -> texts.add(scope);
        case Some some -> some.filters().forEach(filter -> texts.add(scope + "!" + filter));
      }
    });
    texts.sort((one, two) -> Arrays.compare(codePoints(one), codePoints(two)));
    return Collections.unmodifiableList(texts);
  }

  /** The {@link #texts} of this set that the other one does not have, sorted. */
  public List<String> textsMissingIn(ScopeSet other) {
    Set<String> there = new HashSet<>(other.texts());
    return texts().stream().filter(text -> !there.contains(text)).toList();
  }

  private static int[] codePoints(String text) {
    return text.codePoints().toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScopeSet that && reaches.equals(that.reaches);
  }

  @Override
  public int hashCode() {
    return reaches.hashCode();
  }

  @Override
  public String toString() {
    return texts().toString();
  }
}
