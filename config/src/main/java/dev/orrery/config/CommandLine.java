package dev.orrery.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads arguments as traitlets does: {@code --Class.trait=value}, aliases, flags, and what is none
 * of these. Every option that takes a value takes it after an equals sign or as the next argument.
 */
final class CommandLine {

  static final String STRICT = "strict-config";

  private static final Pattern OPTION =
      Pattern.compile("--?([A-Za-z][^=]*)(?:=(.*))?", Pattern.DOTALL);
  private static final Pattern TRAIT_PATH = Pattern.compile("[A-Z]\\w*(\\.\\w+)+");
  private static final Pattern NEGATIVE_NUMBER = Pattern.compile("-\\d+|-\\d*\\.\\d+");

  /** What the arguments said. */
  record Parsed(Layer layer, List<String> arguments, boolean strict) {}

  private final Declarations declarations;
  private final Report report;
  private final List<String> given;
  private final Map<Layer.Name, List<String>> texts = new LinkedHashMap<>();
  private final List<Declarations.Flag> flags = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();
  private boolean strict;
  private int at;

  private CommandLine(Declarations declarations, List<String> given, Report report) {
    this.declarations = declarations;
    this.given = given;
    this.report = report;
  }

  static Parsed parse(Declarations declarations, List<String> arguments, Report report) {
    return new CommandLine(declarations, arguments, report).parsed();
  }

  private Parsed parsed() {
    while (at < given.size()) {
      String argument = given.get(at);
      at++;
      if (argument.equals("--")) {
        rest.addAll(given.subList(at, given.size()));
        break;
      }
      if (isOption(argument)) {
        option(argument);
      } else {
        rest.add(argument);
      }
    }
    var layer = new Layer();
    texts.forEach((name, values) ->
        layer.put(
            name.section(),
            name.trait(),
            new Raw.Texts(List.copyOf(values), Origin.commandLine())));
    // As in traitlets, a flag wins over an option wherever it stands.
    for (var flag : flags) {
      flag.values()
          .forEach((trait, value) -> layer.put(trait.className(), trait.name(), raw(trait, value)));
    }
    return new Parsed(layer, List.copyOf(rest), strict);
  }

  private static <T> Raw raw(Trait<T> trait, Object value) {
    // The flag was declared with a value of its trait's own type.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return new Raw.Plain(trait.kind().plain(typed), Origin.commandLine());
  }

  private static boolean isOption(String argument) {
    return argument.startsWith("-") && argument.length() > 1 && !isValue(argument);
  }

  /** What argparse takes for a value although it begins with a dash. */
  private static boolean isValue(String argument) {
    return !argument.startsWith("-")
        || argument.length() == 1
        || NEGATIVE_NUMBER.matcher(argument).matches()
        || argument.indexOf(' ') >= 0 && argument.indexOf('=') < 0;
  }

  private void option(String argument) {
    var matcher = OPTION.matcher(argument);
    if (!matcher.matches()) {
      unknown(argument);
      return;
    }
    String name = matcher.group(1);
    Optional<String> value = Optional.ofNullable(matcher.group(2));
    boolean oneDash = !argument.startsWith("--");
    if (TRAIT_PATH.matcher(name).matches()) {
      trait(name, value, argument);
    } else if (oneDash != (name.length() == 1)) {
      attached(argument, name, value);
    } else if (name.equals(STRICT) && value.isEmpty()) {
      strict = true;
    } else {
      shorthand(argument, name, value);
    }
  }

  /** {@code -fvalue}, where f is an alias of one letter. */
  private void attached(String argument, String name, Optional<String> value) {
    var alias = declarations.aliases().get(name.substring(0, 1));
    if (argument.startsWith("--") || alias == null) {
      unknown(argument);
    } else {
      String text = name.substring(1) + value.map(more -> "=" + more).orElse("");
      add(new Layer.Name(alias.className(), alias.name()), text);
    }
  }

  private void shorthand(String argument, String name, Optional<String> value) {
    var alias = declarations.aliases().get(name);
    var flag = declarations.flags().get(name);
    if (flag != null && (value.isEmpty() || alias == null)) {
      if (value.isPresent()) {
        report.problem(
            argument.substring(0, argument.indexOf('=')),
            Origin.COMMAND_LINE,
            "is a flag and takes no value; leave out what follows the name");
      } else {
        flags.add(flag);
      }
    } else if (alias != null) {
      var target = new Layer.Name(alias.className(), alias.name());
      take(argument, value).ifPresent(text -> add(target, text));
    } else {
      unknown(argument);
    }
  }

  private void trait(String path, Optional<String> value, String argument) {
    String[] parts = path.split("\\.");
    int sections = 1;
    while (sections < parts.length - 1 && Layer.isSection(parts[sections])) {
      sections++;
    }
    String section = String.join(".", List.of(parts).subList(0, sections));
    var name = new Layer.Name(section, parts[sections]);
    var taken = take(argument, value);
    if (taken.isEmpty()) {
      return;
    }
    if (parts.length == sections + 1) {
      add(name, taken.get());
      return;
    }
    // --Class.dictionary.key=value
    String key = String.join(".", List.of(parts).subList(sections + 1, parts.length));
    var trait = declarations.find(name.className(), name.trait());
    if (trait.isPresent() && !(plainKind(trait.get().kind()) instanceof Containers.Dict)) {
      report.problem(
          path,
          Origin.COMMAND_LINE,
          trait.get() + " is no dictionary and has no key " + key + "; give --" + name + "=…");
      return;
    }
    add(name, key + "=" + taken.get());
  }

  private static Kind<?> plainKind(Kind<?> kind) {
    return kind instanceof Kinds.OrNone<?>(var inner) ? inner : kind;
  }

  private Optional<String> take(String argument, Optional<String> value) {
    if (value.isPresent()) {
      return value;
    }
    if (at < given.size() && isValue(given.get(at))) {
      at++;
      return Optional.of(given.get(at - 1));
    }
    report.problem(argument, Origin.COMMAND_LINE, "needs a value; give " + argument + "=VALUE");
    return Optional.empty();
  }

  private void add(Layer.Name name, String text) {
    texts.computeIfAbsent(name, key -> new ArrayList<>()).add(text);
  }

  private void unknown(String argument) {
    int equals = argument.indexOf('=');
    // What follows the equals sign may be a secret with a mistyped name.
    String shown = equals < 0 ? argument : argument.substring(0, equals);
    Set<String> known = new LinkedHashSet<>();
    declarations.flags().keySet().forEach(name -> known.add(dashed(name)));
    declarations.aliases().keySet().forEach(name -> known.add(dashed(name)));
    known.add(dashed(STRICT));
    if (equals >= 0 && declarations.ignoresUnknownOptions()) {
      report.warn(
          shown
              + " on the command line is no known option and has no effect"
              + NearestName.hint(known, shown));
      return;
    }
    report.problem(
        shown,
        Origin.COMMAND_LINE,
        "is no known option"
            + NearestName.hint(known, shown)
            + (NearestName.among(known, shown).isPresent()
                ? ""
                : "; --help-all lists all of them"));
  }

  static String dashed(String name) {
    return (name.length() == 1 ? "-" : "--") + name;
  }
}
