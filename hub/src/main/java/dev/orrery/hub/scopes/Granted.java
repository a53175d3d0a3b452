package dev.orrery.hub.scopes;

import dev.orrery.hub.scopes.Resource.Owner;
import dev.orrery.hub.scopes.Resource.Target;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of the scopes that were asked for by OAuth is given.
 *
 * @param granted texts as they were asked for, or the part of one that may be given, sorted
 * @param refused texts that were asked for and are not, or not wholly, given; sorted
 */
public record Granted(List<String> granted, List<String> refused) {

  public Granted {
    granted = List.copyOf(granted);
    refused = List.copyOf(refused);
  }

  /**
   * Compares what is asked for with what may be given.
   *
   * @param allowed the texts the client may ask for
   * @param owner who would own the token
   */
  public static Granted of(
      ScopeTable table,
      Collection<String> asked,
      Collection<String> allowed,
      Owner owner,
      Optional<Target> client,
      Groups groups) {
    var granted = new TreeSet<String>();
    var refused = new TreeSet<String>();
    ScopeSet limit = table.expand(allowed, owner, client);
    for (String text : asked) {
      if (allowed.contains(text)) {
        granted.add(text);
        continue;
      }
      ScopeSet wanted = table.expand(Set.of(text), owner, client);
      ScopeSet given = wanted.intersect(limit, groups);
      if (given.equals(wanted)) {
        granted.add(text);
      } else {
        granted.addAll(given.texts());
        refused.add(text);
      }
    }
    return new Granted(List.copyOf(granted), List.copyOf(refused));
  }
}
