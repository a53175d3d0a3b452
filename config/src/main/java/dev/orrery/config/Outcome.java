package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What came of reading settings: they are ready, or the start is refused with every reason. */
public sealed interface Outcome {

  /** Sentences for the log, in the order in which they came up; never with a secret. */
  List<String> warnings();

  /** Every setting has a value that passed its checks. */
  record Ready(Settings settings, List<String> warnings) implements Outcome {

    public Ready {
      requireNonNull(settings, "settings");
      warnings = List.copyOf(warnings);
    }
  }

  /** At least one problem stops the start; the list is complete and not empty. */
  record Refused(List<Problem> problems, List<String> warnings) implements Outcome {

    public Refused {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("a refusal names at least one problem");
      }
    }
  }
}
