package dev.orrery.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The type of a trait: how values and texts become it, and how it is written. */
sealed interface Kind<T>
    permits Kinds.Bool,
        Kinds.Int,
        Kinds.LongInt,
        Kinds.ByteSize,
        Kinds.Real,
        Kinds.Text,
        Kinds.Bytes,
        Containers.Texts,
        Containers.Anything,
        Containers.Dict,
        Containers.AnyOf,
        Kinds.Choice,
        Kinds.OrNone {

  /** The name in help, as traitlets calls it. */
  String label();

  /** Converts a value from a file; {@code null} is Python's {@code None}. */
  Conversion<T> fromValue(@Nullable Object value);

  /** Converts one text, or for containers any number of them, as given on the command line. */
  Conversion<T> fromTexts(List<String> texts, String home);

  /** The plain value that {@link #fromValue} takes back. */
  @Nullable Object plain(T value);

  /** Whether an argument may be repeated to add items. */
  default boolean container() {
    return false;
  }
}
