package dev.orrery.config;

import java.util.Optional;

/** Reads Python literals. */
final class PythonLiteral {

  private PythonLiteral() {}

  /** The value of a literal; nothing stands for {@code None}. */
  static Conversion<Optional<Object>> parse(String text) {
    return new Conversion.Bad<>("no literal: " + text.length());
  }
}
