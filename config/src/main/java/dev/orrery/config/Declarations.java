package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one command can be told: its traits in their classes, aliases and flags, the names of its
 * configuration files, and how its classes descend from each other.
 */
public final class Declarations {

  /** A flag and what it sets; the same flag may set several traits. */
  record Flag(String name, Map<Trait<?>, Object> values, String help) {}

  /** The trait that names a file on the command line, and the name that file stands in for. */
  record ConfigFile(Trait<String> trait, String replacedName) {}

  /**
   * A trait that names the one class, among those that descend from {@code root}, that is used.
   *
   * @param className the class by the trait's value; nothing for one that is not known
   */
  record Plugged(Trait<String> trait, String root, Function<String, Optional<String>> className) {}

  private final String application;
  private final String description;
  private final List<String> configNames;
  private final Optional<ConfigFile> configFile;
  private final Map<String, Trait<?>> traits;
  private final Map<String, Trait<?>> aliases;
  private final Map<String, Flag> flags;
  private final Map<String, String> moved;
  private final ClassTree classes;
  private final boolean ignoresUnknownOptions;
  private final List<Plugged> plugged;
  private final Map<String, String> standIns;

  private Declarations(Builder builder) {
    this.application = builder.application;
    this.description = builder.description;
    this.configNames = List.copyOf(builder.configNames);
    this.configFile = Optional.ofNullable(builder.configFile);
    this.traits = Collections.unmodifiableMap(new LinkedHashMap<>(builder.traits));
    this.aliases = Collections.unmodifiableMap(new LinkedHashMap<>(builder.aliases));
    this.flags = Collections.unmodifiableMap(new LinkedHashMap<>(builder.flags));
    this.moved = Collections.unmodifiableMap(new LinkedHashMap<>(builder.moved));
    this.ignoresUnknownOptions = builder.ignoresUnknownOptions;
    this.plugged = List.copyOf(builder.plugged);
    this.standIns = Collections.unmodifiableMap(new LinkedHashMap<>(builder.standIns));
    this.classes = ClassTree.of(builder.parents, traits.values().stream().map(Trait::className));
  }

  /**
   * Starts the declarations of one command.
   *
   * @param application the class name of the application, e.g. {@code LabApp}
   */
  public static Builder builder(String application) {
    return new Builder(application);
  }

  /** Collects declarations; a contradiction is refused at once, where it is written. */
  public static final class Builder {

    private final String application;
    private String description = "";
    private final Set<String> configNames = new LinkedHashSet<>();
    private @Nullable ConfigFile configFile;
    private final Map<String, Trait<?>> traits = new LinkedHashMap<>();
    private final Map<String, Trait<?>> aliases = new LinkedHashMap<>();
    private final Map<String, Flag> flags = new LinkedHashMap<>();
    private final Map<String, String> moved = new LinkedHashMap<>();
    private final Map<String, List<String>> parents = new LinkedHashMap<>();
    private final List<Plugged> plugged = new ArrayList<>();
    private final Map<String, String> standIns = new LinkedHashMap<>();
    private boolean ignoresUnknownOptions;

    private Builder(String application) {
      this.application = requireNonNull(application, "application");
    }

    /** One or two sentences that head the help. */
    public Builder description(String text) {
      description = requireNonNull(text, "text");
      return this;
    }

    /**
     * The names of the configuration files without their endings, lowest priority first. As
     * upstream, a later name wins in whichever directory it lies.
     */
    public Builder configNames(String... names) {
      configNames.addAll(List.of(names));
      return this;
    }

    /**
     * The trait ({@code JupyterApp.config_file}) whose value on the command line names a file to
     * read after all others. As upstream, that file stands in for those of one name on the search
     * path. The trait is declared by this call; give it an alias such as {@code config}.
     *
     * @param replacedName the configuration name that is then not searched, e.g. {@code
     *     jupyter_server_config}; one that is not searched anyway replaces nothing
     */
    public Builder configFile(Trait<String> trait, String replacedName) {
      configFile = new ConfigFile(trait, replacedName);
      return add(trait);
    }

    /** Declares settings. Two of the same qualified name are refused. */
    public Builder add(Trait<?>... more) {
      for (var trait : more) {
        if (traits.putIfAbsent(trait.qualifiedName(), trait) != null) {
          throw new IllegalArgumentException(trait + " is declared twice; keep one declaration");
        }
      }
      return this;
    }

    /**
     * {@code --name=value} or {@code --name value}, or {@code -n value} for a name of one letter. A
     * name that is a flag too takes its value only after an equals sign.
     */
    public Builder alias(String name, Trait<?> trait) {
      requireDeclared(trait);
      if (aliases.putIfAbsent(name, trait) != null) {
        throw new IllegalArgumentException("--" + name + " is declared twice; choose another name");
      }
      return this;
    }

    /**
     * {@code --name}, or {@code -n} for a name of one letter, sets {@code trait} to {@code value}.
     * Called again with the same name, the flag sets a further trait and keeps its first help.
     */
    public <T> Builder flag(String name, Trait<T> trait, T value, String help) {
      requireDeclared(trait);
      var values = new LinkedHashMap<Trait<?>, Object>();
      String kept = help;
      var before = flags.get(name);
      if (before != null) {
        values.putAll(before.values());
        kept = before.help();
      }
      values.put(trait, value);
      flags.put(name, new Flag(name, Collections.unmodifiableMap(values), kept));
      return this;
    }

    /**
     * Says that a class descends from others, the first named being the closest. A section applies
     * to its class and to all that descend from it, and the more specific section wins; a section
     * of a descendant reaches the traits declared by its ancestors.
     */
    public Builder inherits(String child, String... closestFirst) {
      if (parents.putIfAbsent(child, List.of(closestFirst)) != null) {
        throw new IllegalArgumentException(
            child + " already has parents; name all of them in one call");
      }
      return this;
    }

    /**
     * A section of another program or time whose traits moved: {@code oldClass.x} is read as {@code
     * newClass.x}, with a warning, where {@code oldClass} has no {@code x} of its own.
     */
    public Builder moved(String oldClass, String newClass) {
      moved.put(oldClass, newClass);
      return this;
    }

    /**
     * Says that of the classes that descend from {@code root} one is used, which {@code trait}
     * names. Sections of the others are then passed over, as upstream: what is said to a class that
     * is not used must not reach the one that is.
     *
     * @param className the class by the trait's value; nothing for all of them
     */
    public Builder plugged(
        Trait<String> trait, String root, Function<String, Optional<String>> className) {
      requireDeclared(trait);
      plugged.add(new Plugged(trait, root, className));
      return this;
    }

    /**
     * Says that Python files may import a package that is not installed: its classes can be named,
     * and what depends on a value of it fails. One that is installed is used.
     *
     * @param version what the package says of itself
     */
    public Builder standIn(String name, String version) {
      standIns.put(name, version);
      return this;
    }

    /**
     * An option {@code --name=value} of no known name is warned about and has no effect, where it
     * would stop the start: for commands that other programs start with options of many versions.
     */
    public Builder ignoreUnknownOptions() {
      ignoresUnknownOptions = true;
      return this;
    }

    /** The finished declarations; the builder may be used on. */
    public Declarations build() {
      for (var trait : traits.values()) {
        trait.deprecatedFor().ifPresent(target -> requireTarget(trait, target));
      }
      return new Declarations(this);
    }

    private void requireTarget(Trait<?> trait, String target) {
      var replacement = traits.get(target);
      if (replacement == null || replacement == trait) {
        throw new IllegalArgumentException(
            trait + " is deprecated for " + target + ", which is not declared; add it");
      }
    }

    private void requireDeclared(Trait<?> trait) {
      if (traits.get(trait.qualifiedName()) != trait) {
        throw new IllegalArgumentException(trait + " is not declared; add it first");
      }
    }
  }

  /** The class name of the application. */
  public String application() {
    return application;
  }

  /** Every trait in the order of declaration. */
  public List<Trait<?>> traits() {
    return List.copyOf(traits.values());
  }

  String description() {
    return description;
  }

  List<String> configNames() {
    return configNames;
  }

  Optional<ConfigFile> configFile() {
    return configFile;
  }

  Map<String, Trait<?>> byQualifiedName() {
    return traits;
  }

  Map<String, Trait<?>> aliases() {
    return aliases;
  }

  Map<String, Flag> flags() {
    return flags;
  }

  Map<String, String> moved() {
    return moved;
  }

  boolean ignoresUnknownOptions() {
    return ignoresUnknownOptions;
  }

  Map<String, String> standIns() {
    return standIns;
  }

  List<Plugged> plugged() {
    return plugged;
  }

  ClassTree classes() {
    return classes;
  }

  /** Whether a setting of that section and name is declared, by descent in either direction. */
  public boolean knows(String section, String name) {
    return find(section, name).isPresent();
  }

  /** The trait that {@code section.name} sets, by descent in either direction. */
  Optional<Trait<?>> find(String section, String name) {
    var exact = traits.get(section + "." + name);
    if (exact != null) {
      return Optional.of(exact);
    }
    return traits.values().stream()
        .filter(trait -> trait.name().equals(name))
        .filter(trait -> classes.lineage(trait.className()).contains(section))
        .findFirst()
        .map(trait -> trait);
  }
}
