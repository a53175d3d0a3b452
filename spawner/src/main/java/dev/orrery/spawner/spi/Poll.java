package dev.orrery.spawner.spi;

import java.util.List;
import java.util.OptionalInt;

/** What became of a server. */
public sealed interface Poll {

  /** It is there; whether it answers is another question. */
  record Running() implements Poll {}

  /**
   * It is not there.
   *
   * @param exitCode how it ended, 128 and more for a signal; empty where nobody saw it
   * @param lastLines what it printed at the end, as far as that is kept; for administrators
   */
  record Stopped(OptionalInt exitCode, List<String> lastLines) implements Poll {

    public Stopped {
      lastLines = List.copyOf(lastLines);
    }
  }

  /**
   * It can't be told.
   *
   * @param reason a sentence for the log
   */
  record Unknown(String reason) implements Poll {}
}
