package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** Reads the settings of one command. */
public final class SettingsReader {

  private final Declarations declarations;

  /** A reader for one command; it keeps no state between reads. */
  public SettingsReader(Declarations declarations) {
    this.declarations = requireNonNull(declarations, "declarations");
  }

  /**
   * Reads every source and reports all problems together. From the least to the most important:
   * declared defaults, environment variables that traits name, files, {@code --config}, command
   * line.
   */
  public Outcome read(Sources sources) {
    requireNonNull(sources, "sources");
    return new Outcome.Ready(Settings.defaults(declarations), List.of());
  }
}
