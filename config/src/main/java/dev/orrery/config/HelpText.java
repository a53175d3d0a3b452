package dev.orrery.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the help for people in front of a terminal. */
final class HelpText {

  private static final int WIDTH = 76;

  private HelpText() {}

  static String options(Declarations declarations) {
    return start(declarations) + "\nTo see every setting, use --help-all.\n";
  }

  static String everything(Declarations declarations) {
    var out = new StringBuilder(start(declarations));
    heading(out, "Settings");
    paragraph(
        out,
        "Each can be given as --Class.name=value, or in a configuration file. Lists and dictionaries"
            + " are given item by item: --Class.list=a --Class.list=b, --Class.dict key=value.",
        "");
    for (var section : Sections.of(declarations).entrySet()) {
      heading(out, section.getKey());
      section.getValue().forEach(trait -> trait(out, "--" + trait, trait));
    }
    return out.toString();
  }

  private static String start(Declarations declarations) {
    var out = new StringBuilder();
    if (!declarations.description().isEmpty()) {
      paragraph(out, declarations.description(), "");
    }
    if (!declarations.flags().isEmpty() || !declarations.aliases().isEmpty()) {
      heading(out, "Options");
      declarations.flags().values().forEach(flag -> flag(out, flag));
      byTrait(declarations).forEach((trait, names) -> alias(out, trait, names));
    }
    return out.toString();
  }

  private static Map<Trait<?>, List<String>> byTrait(Declarations declarations) {
    Map<Trait<?>, List<String>> names = new LinkedHashMap<>();
    declarations
        .aliases()
        .forEach((name, trait) -> names.computeIfAbsent(trait, key -> new ArrayList<>()).add(name));
    return names;
  }

  private static void flag(StringBuilder out, Declarations.Flag flag) {
    out.append(CommandLine.dashed(flag.name())).append('\n');
    paragraph(out, flag.help(), "    ");
    List<String> settings = new ArrayList<>();
    flag.values().forEach((trait, value) -> settings.add(setting(trait, value)));
    paragraph(out, "Equivalent to: " + String.join(" ", settings), "    ");
  }

  private static <T> String setting(Trait<T> trait, Object value) {
    // The flag was declared with a value of its trait's own type.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    Object plain = trait.kind().plain(typed);
    return "--" + trait + "=" + (plain instanceof String text ? text : PlainValues.python(plain));
  }

  private static void alias(StringBuilder out, Trait<?> trait, List<String> names) {
    var dashed = names.stream().map(CommandLine::dashed).toList();
    trait(out, String.join(", ", dashed), trait);
    out.append("    Equivalent to: --").append(trait).append('\n');
  }

  private static void trait(StringBuilder out, String name, Trait<?> trait) {
    out.append(name).append("=<").append(trait.kind().label()).append(">\n");
    paragraph(out, trait.help(), "    ");
    TextBlock.facts(trait).forEach(fact -> paragraph(out, fact, "    "));
  }

  private static void heading(StringBuilder out, String text) {
    out.append('\n').append(text).append('\n').append("=".repeat(text.length())).append('\n');
  }

  private static void paragraph(StringBuilder out, String text, String indent) {
    for (String line : TextBlock.wrapped(text, WIDTH)) {
      out.append((indent + line).stripTrailing()).append('\n');
    }
  }
}
