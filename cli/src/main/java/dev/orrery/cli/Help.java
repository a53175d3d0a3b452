package dev.orrery.cli;

import dev.orrery.config.NearestName;
import java.util.List;

/** What commands say of themselves. */
final class Help {

  private Help() {}

  /** Runs a command unless help is asked for. */
  static int or(List<String> arguments, String usage, Surroundings here, SmallCommand command)
      throws CommandFailure {
    if (isAsked(arguments)) {
      here.out().print(usage);
      return 0;
    }
    return command.run(arguments);
  }

  static boolean isAsked(List<String> arguments) {
    return arguments.contains("--help")
        || arguments.contains("-h")
        || arguments.contains("--help-all");
  }

  /** Answers a first word that is none of a command's subcommands. */
  static int subcommand(
      Surroundings here, String command, String word, String usage, List<String> known)
      throws CommandFailure {
    if (isAsked(List.of(word)) || word.equals("help")) {
      here.out().print(usage);
      return 0;
    }
    if (word.isEmpty()) {
      here.err().print(usage);
      throw CommandFailure.failed(
          "one of " + String.join(", ", known) + " has to follow '" + command + "'");
    }
    throw CommandFailure.failed(
        "there is no '%s %s'%s (%s)"
            .formatted(command, word, NearestName.hint(known, word), String.join(", ", known)));
  }
}
