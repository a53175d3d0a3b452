package dev.orrery.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How the configurable classes descend from each other, and so which sections reach which trait.
 */
final class ClassTree {

  /** All classes, every ancestor before its descendants. */
  private final List<String> order;

  private final Map<String, Set<String>> ancestors;
  private final Map<String, List<String>> lineages = new HashMap<>();

  private ClassTree(List<String> order, Map<String, Set<String>> ancestors) {
    this.order = order;
    this.ancestors = ancestors;
    for (var name : order) {
      lineages.put(name, computeLineage(name));
    }
  }

  static ClassTree of(Map<String, List<String>> parents, Stream<String> further) {
    Map<String, Set<String>> ancestors = new LinkedHashMap<>();
    parents.keySet().forEach(name -> visit(name, parents, ancestors, new LinkedHashSet<>()));
    further.forEach(name -> visit(name, parents, ancestors, new LinkedHashSet<>()));
    return new ClassTree(new ArrayList<>(ancestors.keySet()), ancestors);
  }

  private static void visit(
      String name,
      Map<String, List<String>> parents,
      Map<String, Set<String>> ancestors,
      Set<String> path) {
    if (ancestors.containsKey(name)) {
      return;
    }
    if (!path.add(name)) {
      throw new IllegalArgumentException(name + " descends from itself; remove one inherits");
    }
    Set<String> all = new LinkedHashSet<>();
    // The last named parent is the most general one, as in Python's method resolution order.
    for (var parent : parents.getOrDefault(name, List.of()).reversed()) {
      visit(parent, parents, ancestors, path);
      all.addAll(ancestors.getOrDefault(parent, Set.of()));
      all.add(parent);
    }
    path.remove(name);
    ancestors.put(name, all);
  }

  private List<String> computeLineage(String name) {
    Set<String> family = new LinkedHashSet<>();
    ancestors.forEach((candidate, above) -> {
      if (candidate.equals(name) || above.contains(name)) {
        family.add(candidate);
        family.addAll(above);
      }
    });
    return order.stream().filter(family::contains).toList();
  }

  /** Every class whose section reaches the traits of {@code name}, the most general first. */
  List<String> lineage(String name) {
    return lineages.getOrDefault(name, List.of(name));
  }

  /** Direct and indirect ancestors, the most general first. */
  List<String> ancestors(String name) {
    return List.copyOf(ancestors.getOrDefault(name, Set.of()));
  }

  boolean knows(String name) {
    return ancestors.containsKey(name);
  }

  List<String> all() {
    return order;
  }
}
