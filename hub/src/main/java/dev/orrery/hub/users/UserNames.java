package dev.orrery.hub.users;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What people may be called. A name becomes part of addresses, of files and of headers. */
public final class UserNames {

  private static final int MOST = 255;

  private final Optional<Pattern> pattern;
  private final Map<String, String> replaced;

  /**
   * Makes the rules of a hub.
   *
   * @param pattern what names have to match as a whole; empty for no rule
   * @param replaced names that stand for others
   */
  public UserNames(String pattern, Map<String, String> replaced) {
    this.pattern = pattern.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(pattern));
    this.replaced = Map.copyOf(replaced);
  }

  /** The one spelling of a name: lower case, and replaced where that is set. */
  public String normalised(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return replaced.getOrDefault(lower, lower);
  }

  /** Whether somebody may be called so; asked of {@link #normalised} names. */
  public boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= MOST
        && name.equals(name.strip())
        && name.indexOf('/') < 0
        && !name.equals(".")
        && !name.equals("..")
        && name.codePoints().noneMatch(UserNames::isInvisible)
        && pattern.map(rule -> rule.matcher(name).matches()).orElse(true);
  }

  /** Characters that nobody sees, and halves of them. */
  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** A name for a message: cut, so that a long one does not fill logs. */
  public static String shown(String name) {
    return name.length() > 100 ? name.substring(0, 100) + "…" : name;
  }
}
