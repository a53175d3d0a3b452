package dev.orrery.cli;

import dev.orrery.config.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a small command can be given. Options have the names they have in Jupyter: a short one, and
 * the trait it stands for, as in {@code --user} and {@code --InstallKernelSpec.user=True}.
 */
final class Options {

  private static final Map<String, Boolean> TRUTH =
      Map.of("true", true, "1", true, "false", false, "0", false);

  private record Option(String name, boolean isFlag) {}

  private final Map<String, Option> known = new HashMap<>();

  /** Those that every command of Jupyter has; there is no log here that they could change. */
  Options() {
    flag("--debug", "--Application.log_level");
    value("--log-level", "--Application.log_level");
  }

  Options flag(String name, String... aliases) {
    return add(new Option(name, true), aliases);
  }

  Options value(String name, String... aliases) {
    return add(new Option(name, false), aliases);
  }

  private Options add(Option option, String... aliases) {
    known.put(option.name(), option);
    for (String alias : aliases) {
      known.put(alias, option);
    }
    return this;
  }

  /**
   * What was given.
   *
   * @param words what is no option, in the order of the command line
   */
  record Given(List<String> words, Map<String, String> values) {

    boolean has(String flag) {
      return values.containsKey(flag);
    }

    Optional<String> value(String name) {
      return Optional.ofNullable(values.get(name));
    }

    /** Refuses more words than a command can use. */
    Given atMost(int count) throws CommandFailure {
      if (words.size() > count) {
        throw CommandFailure.misused("'" + words.get(count) + "' is one argument too many");
      }
      return this;
    }
  }

  /** Reads a command line. */
  Given read(List<String> arguments) throws CommandFailure {
    var words = new ArrayList<String>();
    var values = new HashMap<String, String>();
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (!argument.startsWith("-") || argument.equals("-")) {
        words.add(argument);
        continue;
      }
      if (argument.equals("--")) {
        rest.forEachRemaining(words::add);
        break;
      }
      String[] parts = argument.split("=", 2);
      Option option = option(parts[0]);
      if (option.isFlag()) {
        if (parts.length == 1 || truth(parts[0], parts[1])) {
          values.put(option.name(), "");
        } else {
          values.remove(option.name());
        }
      } else if (parts.length == 2) {
        values.put(option.name(), parts[1]);
      } else if (rest.hasNext()) {
        values.put(option.name(), rest.next());
      } else {
        throw CommandFailure.misused(parts[0] + " needs a value: " + parts[0] + "=...");
      }
    }
    return new Given(List.copyOf(words), Map.copyOf(values));
  }

  private Option option(String name) throws CommandFailure {
    Option option = known.get(name);
    if (option == null) {
      throw CommandFailure.misused(
          "there is no option "
              + name
              + NearestName.hint(known.keySet(), name)
              + " (--help tells them)");
    }
    return option;
  }

  private static boolean truth(String name, String text) throws CommandFailure {
    Boolean value = TRUTH.get(text.toLowerCase(Locale.ROOT));
    if (value == null) {
      throw CommandFailure.misused(name + " is true or false, not '" + text + "'");
    }
    return value;
  }
}
