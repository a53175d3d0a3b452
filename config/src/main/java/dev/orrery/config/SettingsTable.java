package dev.orrery.config;

/** Writes all settings as tables of Markdown, one for each class. */
final class SettingsTable {

  private SettingsTable() {}

  static String text(Declarations declarations) {
    var out = new StringBuilder();
    for (var section : Sections.of(declarations).entrySet()) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      out.append("## ").append(section.getKey()).append("\n\n");
      out.append("| setting | type | default | what it does |\n|---|---|---|---|\n");
      section
          .getValue()
          .forEach(trait ->
              out.append("| `")
                  .append(trait.name())
                  .append("` | ")
                  .append(trait.kind().label())
                  .append(" | ")
                  .append(cell(byDefault(trait)))
                  .append(" | ")
                  .append(cell(trait.help() + more(trait)))
                  .append(" |\n"));
    }
    return out.toString();
  }

  private static String byDefault(Trait<?> trait) {
    return trait.computed().orElseGet(() -> "`" + DefaultText.python(trait) + "`");
  }

  private static String more(Trait<?> trait) {
    String support =
        switch (trait.support()) {
          case Support.Full() -> "";
          case Support.Warns(var instead) -> " *Not supported:* " + instead + ".";
          case Support.Stops(var why) -> " *Stops the start:* " + why + ".";
        };
    return support
        + trait.deprecatedFor().map(name -> " Use `" + name + "`.").orElse("")
        + trait.environmentVariable().map(name -> " Also by `" + name + "`.").orElse("");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
