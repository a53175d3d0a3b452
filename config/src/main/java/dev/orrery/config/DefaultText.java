package dev.orrery.config;

/** How a default is written: as Python, or in words where it is computed or secret. */
final class DefaultText {

  private DefaultText() {}

  static String inWords(Trait<?> trait) {
    return trait.computed().map(words -> "(" + words + ")").orElseGet(() -> python(trait));
  }

  /** The declared default as a Python literal; for a secret its type's empty value. */
  static <T> String python(Trait<T> trait) {
    return PlainValues.python(trait.kind().plain(trait.defaultValue()));
  }
}
