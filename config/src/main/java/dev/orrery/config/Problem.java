package dev.orrery.config;

import static java.util.Objects.requireNonNull;

/**
 * One reason why a start is refused.
 *
 * @param setting the qualified name of the setting, or the name of the file or argument when no
 *     setting is concerned
 * @param where {@code command line}, {@code environment variable NAME}, or the file with the line
 *     and column as far as they are known
 * @param sentence the value, the rule it breaks and the way out; never the value of a secret
 */
public record Problem(String setting, String where, String sentence) {

  public Problem {
    requireNonNull(setting, "setting");
    requireNonNull(where, "where");
    requireNonNull(sentence, "sentence");
  }

  @Override
  public String toString() {
    return where + ": " + setting + ": " + sentence;
  }
}
