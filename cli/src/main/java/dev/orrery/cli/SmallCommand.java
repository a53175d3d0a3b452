package dev.orrery.cli;

import java.util.List;

/** A command that does one thing and ends. */
interface SmallCommand {

  /**
   * Does it.
   *
   * @param arguments what follows the name of the command
   * @return the exit status
   * @throws CommandFailure when it can't be done; whoever called this tells so
   */
  int run(List<String> arguments) throws CommandFailure;
}
