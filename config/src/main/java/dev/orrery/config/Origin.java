package dev.orrery.config;

/**
 * Where a value was found and how important its source is.
 *
 * @param where for people: {@code command line}, or a file with its line
 * @param rank 0 for the environment, then the files in their order, then the command line
 */
record Origin(String where, int rank) {

  static final String COMMAND_LINE = "command line";
  static final int COMMAND_LINE_RANK = Integer.MAX_VALUE;

  static Origin commandLine() {
    return new Origin(COMMAND_LINE, COMMAND_LINE_RANK);
  }

  static Origin environment(String variable) {
    return new Origin("environment variable " + variable, 0);
  }
}
