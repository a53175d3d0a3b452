package dev.orrery.kernel.process;

/** The signals we send. */
public enum Signal {
  HUP(1),
  INT(2),
  KILL(9),
  USR1(Posix.MAC ? 30 : 10),
  TERM(15);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
