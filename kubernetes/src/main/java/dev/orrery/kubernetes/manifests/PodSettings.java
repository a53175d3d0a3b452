package dev.orrery.kubernetes.manifests;

import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the settings say for one pod, with what a profile has changed. */
public final class PodSettings {

  private static final Map<String, Trait<?>> BY_NAME =
      KubeTraits.OF_MANIFESTS.stream().collect(Collectors.toMap(Trait::name, Function.identity()));

  /** By the names of traits, as a settings file has them. */
  private final Map<String, @Nullable Object> values;

  private PodSettings(Map<String, @Nullable Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** The settings of the hub. */
  public static PodSettings of(Settings settings) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    KubeTraits.OF_MANIFESTS.forEach(trait -> values.put(trait.name(), plain(trait, settings)));
    return new PodSettings(values);
  }

  private static <T> @Nullable Object plain(Trait<T> trait, Settings settings) {
    return trait.plain(settings.get(trait));
  }

  /** The usual values, apart from these by the names of traits. */
  public static PodSettings of(Map<String, ?> values) {
    var own = new LinkedHashMap<String, @Nullable Object>();
    values.forEach((name, value) -> own.put(name, checked(trait(name), value)));
    return new PodSettings(own);
  }

  /** Whether a profile can have another value for the trait of this name. */
  public static boolean knows(String name) {
    return BY_NAME.containsKey(name);
  }

  /** The value of a trait. */
  public <T> T get(Trait<T> trait) {
    return values.containsKey(trait.name())
        ? trait.valueOf(values.get(trait.name()))
        : trait.defaultValue();
  }

  /** A list, or the values of a dictionary in the order of its keys. */
  public List<?> entries(Trait<Object> trait) {
    return entries(get(trait));
  }

  /** The entries of a setting that may be a list or a dictionary. */
  public static List<?> entries(Object listOrDict) {
    return switch (listOrDict) {
      case List<?> list -> list;
      case Map<?, ?> map -> {
        var sorted = new TreeMap<String, @Nullable Object>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        yield new ArrayList<>(sorted.values());
      }
      default -> List.of();
    };
  }

  /**
   * The same with other values for some traits. A dictionary is merged into the one that is there,
   * at every depth; {@code null} in it removes what has the key.
   *
   * @param overrides by the names of traits that {@link #knows} knows
   * @throws IllegalArgumentException when a trait does not take its value
   */
  public PodSettings with(Map<String, ?> overrides) {
    var merged = new LinkedHashMap<String, @Nullable Object>(values);
    overrides.forEach((name, value) -> {
      merged.put(name, overridden(trait(name), value));
    });
    return new PodSettings(merged);
  }

  private <T> @Nullable Object overridden(Trait<T> trait, @Nullable Object value) {
    Object complete =
        value instanceof Map<?, ?> changes && trait.plain(get(trait)) instanceof Map<?, ?> base
            ? Trees.merged(base, changes)
            : value;
    return checked(trait, complete);
  }

  private static <T> @Nullable Object checked(Trait<T> trait, @Nullable Object value) {
    return trait.plain(trait.valueOf(value));
  }

  private static Trait<?> trait(String name) {
    Trait<?> trait = BY_NAME.get(name);
    if (trait == null) {
      throw new IllegalArgumentException("There is no KubeSpawner." + name);
    }
    return trait;
  }
}
