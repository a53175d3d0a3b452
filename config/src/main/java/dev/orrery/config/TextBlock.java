package dev.orrery.config;

import java.util.ArrayList;
import java.util.List;

/** Wraps the paragraphs of a help text. */
final class TextBlock {

  private TextBlock() {}

  /**
   * Lines of at most {@code width} characters where words allow; paragraphs part at empty lines.
   */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : text.strip().split("\\n\\s*\\n")) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      wrapParagraph(paragraph, width, lines);
    }
    return lines;
  }

  private static void wrapParagraph(String paragraph, int width, List<String> lines) {
    var line = new StringBuilder();
    for (String word : paragraph.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
  }

  /** What is to be said about a trait beyond its help and default, one fact per line. */
  static List<String> facts(Trait<?> trait) {
    List<String> facts = new ArrayList<>();
    if (innermost(trait.kind()) instanceof Kinds.Choice(var allowed)) {
      facts.add("Choices: " + String.join(", ", allowed));
    }
    facts.add("Default: " + DefaultText.inWords(trait));
    trait.environmentVariable().ifPresent(name -> facts.add("Environment variable: " + name));
    trait.deprecatedFor().ifPresent(name -> facts.add("Deprecated: use " + name));
    switch (trait.support()) {
      case Support.Full() -> {}
      case Support.Warns(var instead) -> facts.add("Not supported yet: " + instead);
      case Support.Stops(var why) -> facts.add("Stops the start when set: " + why);
    }
    return facts;
  }

  private static Kind<?> innermost(Kind<?> kind) {
    return kind instanceof Kinds.OrNone<?>(var inner) ? inner : kind;
  }
}
