package dev.orrery.config;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Groups traits by class for the texts that list them. */
final class Sections {

  private Sections() {}

  /** The classes that declare traits, sorted; in each its traits, sorted. */
  static Map<String, List<Trait<?>>> of(Declarations declarations) {
    return declarations.traits().stream()
        .sorted(Comparator.comparing(Trait::name))
        .collect(Collectors.groupingBy(Trait::className, TreeMap::new, Collectors.toList()));
  }
}
