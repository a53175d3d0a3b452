package dev.orrery.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one or more sources say: sections of named values. A section is a class name, or for a
 * section within a section the names joined by dots, the inner one last.
 */
final class Layer {

  private final Map<String, Map<String, Raw>> sections = new LinkedHashMap<>();

  void put(String section, String name, Raw raw) {
    sections.computeIfAbsent(section, key -> new LinkedHashMap<>()).put(name, raw);
  }

  Optional<Raw> get(String section, String name) {
    return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(name));
  }

  Map<String, Map<String, Raw>> sections() {
    return Collections.unmodifiableMap(sections);
  }

  void forEach(BiConsumer<Name, Raw> action) {
    sections.forEach((section, values) ->
        values.forEach((name, raw) -> action.accept(new Name(section, name), raw)));
  }

  /** Merges a more important layer into this one. */
  void merge(Layer over) {
    over.forEach((name, raw) -> {
      var before = get(name.section(), name.trait());
      put(name.section(), name.trait(), before.map(raw::over).orElse(raw));
    });
  }

  /** A name within a layer. */
  record Name(String section, String trait) {

    /** The class that the section is about: the innermost of nested sections. */
    String className() {
      return section.substring(section.lastIndexOf('.') + 1);
    }

    int depth() {
      return (int) section.chars().filter(c -> c == '.').count();
    }

    /** Written out because what a record has instead is put together anew at every start. */
    @Override
    public int hashCode() {
      return 31 * section.hashCode() + trait.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name name && name.section.equals(section) && name.trait.equals(trait);
    }

    @Override
    public String toString() {
      return section + "." + trait;
    }
  }

  /** Whether traitlets takes a key for the name of a section. */
  static boolean isSection(String key) {
    return !key.isEmpty()
        && !key.startsWith("_")
        && Character.toUpperCase(key.codePointAt(0)) == key.codePointAt(0);
  }
}
