package dev.orrery.kernel.process;

/** The signals we send. Their numbers are the same on Linux and macOS. */
public enum Signal {
  HUP(1),
  INT(2),
  KILL(9),
  TERM(15);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
