package dev.orrery.config;

/** What came of turning a configured value into the type of its trait. */
sealed interface Conversion<T> {

  record Good<T>(T value) implements Conversion<T> {}

  /** The rule that was broken, to be read after "…, but", e.g. "must be a whole number". */
  record Bad<T>(String rule) implements Conversion<T> {}
}
