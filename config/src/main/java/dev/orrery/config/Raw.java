package dev.orrery.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a source says about one setting, before its trait interprets it. */
sealed interface Raw {

  Origin origin();

  /**
   * The value that this gives a trait.
   *
   * @param home what a leading tilde of a path stands for
   */
  <T> Conversion<T> as(Trait<T> trait, String home);

  /** A value of a file. */
  record Plain(@Nullable Object value, Origin origin) implements Raw {

    @Override
    public <T> Conversion<T> as(Trait<T> trait, String home) {
      return trait.kind().fromValue(value);
    }
  }

  /** One or more texts of the command line or the environment. */
  record Texts(List<String> texts, Origin origin) implements Raw {

    @Override
    public <T> Conversion<T> as(Trait<T> trait, String home) {
      return trait.kind().fromTexts(texts, home);
    }
  }

  /** A value without a plain form, and what it is, e.g. "a callable". */
  record Unusable(String what, Origin origin) implements Raw {

    @Override
    public <T> Conversion<T> as(Trait<T> trait, String home) {
      return new Conversion.Bad<>("is " + what);
    }
  }

  /** Changes to a list or dictionary that is set elsewhere: {@code c.X.y.append("z")}. */
  record Changes(
      List<@Nullable Object> prepend,
      List<@Nullable Object> extend,
      List<Insert> inserts,
      Optional<Object> update,
      Origin origin)
      implements Raw {

    @Override
    public <T> Conversion<T> as(Trait<T> trait, String home) {
      return applyTo(trait.kind().plain(trait.defaultValue()))
          .map(trait.kind()::fromValue)
          .orElse(
              new Conversion.Bad<>(
                  "is changed in place although it is no list or dictionary; assign a value"));
    }

    /** Applies the changes; nothing when the value is neither list nor dictionary. */
    Optional<Object> applyTo(@Nullable Object initial) {
      if (initial instanceof List<?> list) {
        return Optional.of(changedList(list));
      }
      if (initial instanceof Map<?, ?> map) {
        Map<Object, Object> changed = new LinkedHashMap<>(map);
        if (update.isPresent() && update.get() instanceof Map<?, ?> more) {
          changed.putAll(more);
        }
        return Optional.of(changed);
      }
      return Optional.empty();
    }

    private List<@Nullable Object> changedList(List<?> initial) {
      List<@Nullable Object> changed = new ArrayList<>(initial);
      for (var insert : inserts) {
        changed.add(insert.place(changed.size()), insert.value());
      }
      changed.addAll(0, prepend);
      changed.addAll(extend);
      // A set, which is a list to us: c.X.y.add("z")
      if (update.isPresent() && update.get() instanceof List<?> more) {
        more.stream().filter(item -> !changed.contains(item)).forEach(changed::add);
      }
      return changed;
    }

    /** These changes after earlier ones; the order of traitlets. */
    Changes after(Changes earlier) {
      return new Changes(
          joined(prepend, earlier.prepend),
          joined(earlier.extend, extend),
          joined(earlier.inserts, inserts),
          update.isEmpty() ? earlier.update : update.map(more -> updated(earlier.update, more)),
          origin);
    }

    private static Object updated(Optional<Object> earlier, Object more) {
      if (more instanceof Map<?, ?> map && earlier.orElse(Map.of()) instanceof Map<?, ?> before) {
        Map<Object, Object> both = new LinkedHashMap<>(before);
        both.putAll(map);
        return both;
      }
      if (more instanceof List<?> list && earlier.orElse(List.of()) instanceof List<?> before) {
        List<@Nullable Object> both = new ArrayList<>(before);
        both.addAll(list);
        return both;
      }
      return more;
    }

    private static <T extends @Nullable Object> List<T> joined(List<T> one, List<T> other) {
      List<T> both = new ArrayList<>(one);
      both.addAll(other);
      return both;
    }
  }

  /** One {@code list.insert(index, value)}. */
  record Insert(long index, @Nullable Object value) {

    /** The index within bounds; a negative one counts from the end, as in Python. */
    int place(int size) {
      long fromStart = index < 0 ? Math.max(0, size + index) : index;
      return (int) Math.min(size, fromStart);
    }
  }

  /** This source's word after that of less important ones, as traitlets merges configurations. */
  default Raw over(Raw earlier) {
    if (!(this instanceof Changes changes)) {
      return this;
    }
    return switch (earlier) {
      case Changes before -> changes.after(before);
      case Plain before ->
          changes
              .applyTo(before.value())
              .<Raw>map(value -> new Plain(value, origin()))
              .orElse(new Unusable("a change to a value that is no list or dictionary", origin()));
      // The command line comes last and knows no changes; a value without a form stays one.
      case Texts before -> before;
      case Unusable before -> before;
    };
  }
}
