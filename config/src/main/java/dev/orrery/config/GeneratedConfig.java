package dev.orrery.config;

/** Writes a configuration file in which every setting stands as a comment. */
final class GeneratedConfig {

  private static final int WIDTH = 76;
  private static final String RULER = "#" + "-".repeat(78) + "\n";

  private GeneratedConfig() {}

  static String text(Declarations declarations) {
    var out = new StringBuilder();
    out.append("# Settings of ").append(declarations.application()).append(".\n#\n");
    out.append(
        "# Each line that begins with \"# c.\" shows a default: to set a value, remove the\n");
    out.append("# \"# \" and change what follows the equals sign.\n\n");
    out.append("c = get_config()  # noqa\n");
    for (var section : Sections.of(declarations).entrySet()) {
      out.append('\n').append(RULER);
      out.append("# ").append(section.getKey());
      var parents = declarations.classes().ancestors(section.getKey());
      if (!parents.isEmpty()) {
        out.append(" (descends from ").append(String.join(", ", parents)).append(')');
      }
      out.append('\n').append(RULER);
      section.getValue().forEach(trait -> append(out, trait));
    }
    return out.toString();
  }

  private static void append(StringBuilder out, Trait<?> trait) {
    out.append('\n');
    String mark = "## ";
    for (String line : TextBlock.wrapped(trait.help(), WIDTH)) {
      out.append((mark + line).stripTrailing()).append('\n');
      mark = "#  ";
    }
    out.append("#  Type: ").append(trait.kind().label()).append('\n');
    for (String fact : TextBlock.facts(trait)) {
      for (String line : TextBlock.wrapped(fact, WIDTH)) {
        out.append("#  ").append(line).append('\n');
      }
    }
    out.append("# c.").append(trait).append(" = ").append(DefaultText.python(trait)).append('\n');
  }
}
