package dev.orrery.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class NearestName {

  private NearestName() {}

  /** The candidate with the smallest edit distance, if it is small for a name of this length. */
  public static Optional<String> among(Collection<String> candidates, String name) {
    return among(candidates, name, Math.max(1, name.length() / 3));
  }

  /** The candidate with the smallest edit distance of at most {@code limit}. */
  static Optional<String> among(Collection<String> candidates, String name, int limit) {
    String best = "";
    int smallest = limit + 1;
    for (var candidate : candidates) {
      int distance = distance(candidate.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (distance < smallest) {
        smallest = distance;
        best = candidate;
      }
    }
    return smallest <= limit ? Optional.of(best) : Optional.empty();
  }

  /** {@code "; did you mean X?"}, or nothing. */
  public static String hint(Collection<String> candidates, String name) {
    return among(candidates, name).map(nearest -> "; did you mean " + nearest + "?").orElse("");
  }

  /**
   * Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
   */
  static int distance(String one, String other) {
    int[] beforeLast = new int[other.length() + 1];
    int[] last = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[other.length() + 1];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replace = last[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[other.length()];
  }
}
