package dev.orrery.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of one start, one per declared trait; immutable. */
public final class Settings {

  static final String DEFAULT = "default";

  /** A value and where it came from. */
  record Entry(Object value, String origin) {}

  private final Declarations declarations;
  private final Map<Trait<?>, Entry> entries;
  private final List<String> arguments;

  Settings(Declarations declarations, Map<Trait<?>, Entry> entries, List<String> arguments) {
    this.declarations = declarations;
    this.entries = Map.copyOf(entries);
    this.arguments = List.copyOf(arguments);
  }

  /** Every trait at its default and no arguments: for tests and for embedding. */
  public static Settings defaults(Declarations declarations) {
    return new Settings(declarations, Map.of(), List.of());
  }

  /** The same settings with one value replaced; its origin is {@code program}. */
  public <T> Settings with(Trait<T> trait, T value) {
    requireDeclared(trait);
    var changed = new HashMap<>(entries);
    changed.put(trait, new Entry(value, "program"));
    return new Settings(declarations, changed, arguments);
  }

  /**
   * The value of a declared trait: the configured one, else the default.
   *
   * @throws IllegalArgumentException when the trait is not part of the declarations
   */
  public <T> T get(Trait<T> trait) {
    requireDeclared(trait);
    @Nullable Entry entry = entries.get(trait);
    if (entry == null) {
      return trait.defaultValue();
    }
    // Entries are made by the kind of the very trait that is their key.
    @SuppressWarnings("unchecked")
    T value = (T) entry.value();
    return value;
  }

  /** Whether any source, the environment included, gave a value. */
  public boolean isSet(Trait<?> trait) {
    requireDeclared(trait);
    return entries.containsKey(trait);
  }

  /**
   * Where the value came from: {@code default}, {@code command line}, {@code environment variable
   * NAME}, or a file with its line where that is known.
   */
  public String origin(Trait<?> trait) {
    requireDeclared(trait);
    @Nullable Entry entry = entries.get(trait);
    return entry == null ? DEFAULT : entry.origin();
  }

  /** Whether the value was given on the command line. */
  public boolean isTyped(Trait<?> trait) {
    return origin(trait).equals(Origin.COMMAND_LINE);
  }

  /** The arguments that are no options, in their order: e.g. the directory to open. */
  public List<String> arguments() {
    return arguments;
  }

  Declarations declarations() {
    return declarations;
  }

  private void requireDeclared(Trait<?> trait) {
    if (declarations.byQualifiedName().get(trait.qualifiedName()) != trait) {
      throw new IllegalArgumentException(
          trait + " is not declared for " + declarations.application() + "; add it there");
    }
  }
}
