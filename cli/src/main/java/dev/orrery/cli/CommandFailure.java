package dev.orrery.cli;

/** Why a command did nothing, or not all: a sentence for who called it, and the exit status. */
final class CommandFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** What was asked for could not be done. */
  static final int FAILED = 1;

  /** What was asked for is nothing this command knows. */
  static final int MISUSED = 2;

  private final int status;

  private CommandFailure(int status, String sentence) {
    super(sentence, null, false, false);
    this.status = status;
  }

  static CommandFailure failed(String sentence) {
    return new CommandFailure(FAILED, sentence);
  }

  static CommandFailure misused(String sentence) {
    return new CommandFailure(MISUSED, sentence);
  }

  int status() {
    return status;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
