package dev.orrery.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the value of every trait in what the sources said, and judges it. */
final class Resolver {

  static final String SECRET = "<secret>";

  private final Declarations declarations;
  private final Map<String, String> environment;
  private final Report report;
  private final Map<Trait<?>, Raw> raws = new LinkedHashMap<>();
  private final Map<Trait<?>, Settings.Entry> entries = new HashMap<>();

  /** Classes that another one is used in place of. */
  private final Set<String> unused = new HashSet<>();

  Resolver(Declarations declarations, Map<String, String> environment, Report report) {
    this.declarations = declarations;
    this.environment = environment;
    this.report = report;
  }

  /** The settings; to be used only when the report has no problem. */
  Settings resolve(Layer files, CommandLine.Parsed commandLine) {
    for (var choice : declarations.plugged()) {
      find(choice.trait(), files, commandLine.layer())
          .flatMap(raw -> named(choice, raw))
          .ifPresent(used -> leaveOut(choice.root(), used));
    }
    for (var trait : declarations.traits()) {
      find(trait, files, commandLine.layer()).ifPresent(raw -> raws.put(trait, raw));
    }
    for (var trait : declarations.traits()) {
      trait.deprecatedFor().ifPresent(target -> flow(trait, target));
    }
    for (var trait : declarations.traits()) {
      var raw = raws.get(trait);
      if (raw != null) {
        settle(trait, raw);
      }
    }
    return new Settings(declarations, entries, commandLine.arguments());
  }

  private Optional<String> named(Declarations.Plugged choice, Raw raw) {
    return raw.as(choice.trait(), environment.getOrDefault("HOME", ""))
            instanceof Conversion.Good<String>(var value)
        ? choice.className().apply(value)
        : Optional.empty();
  }

  private void leaveOut(String root, String used) {
    ClassTree classes = declarations.classes();
    for (String name : classes.all()) {
      if (classes.ancestors(name).contains(root)
          && !name.equals(used)
          && !classes.ancestors(used).contains(name)) {
        unused.add(name);
      }
    }
  }

  private Optional<Raw> find(Trait<?> trait, Layer files, Layer commandLine) {
    var found = inLayer(trait, files);
    var argument = inLayer(trait, commandLine);
    if (argument.isPresent()) {
      return argument;
    }
    return found.or(() ->
        trait
            .environmentVariable()
            .filter(environment::containsKey)
            .map(variable -> fromEnvironment(trait, variable)));
  }

  private Raw fromEnvironment(Trait<?> trait, String variable) {
    String text = environment.getOrDefault(variable, "");
    var origin = Origin.environment(variable);
    boolean isText =
        trait.kind() instanceof Kinds.Text || trait.kind() instanceof Kinds.OrNone<?>(Kinds.Text _);
    // Text is taken as it stands: quotes and a tilde may be part of a token.
    return isText ? new Raw.Plain(text, origin) : new Raw.Texts(List.of(text), origin);
  }

  /** What the sections that reach a trait say about it, the most specific one last. */
  private Optional<Raw> inLayer(Trait<?> trait, Layer layer) {
    List<String> lineage = declarations.classes().lineage(trait.className());
    List<Layer.Name> names = new ArrayList<>();
    for (var section : layer.sections().keySet()) {
      var name = new Layer.Name(section, trait.name());
      if (!unused.contains(name.className())
          && lineage.contains(name.className())
          && layer.get(section, trait.name()).isPresent()) {
        names.add(name);
      }
    }
    if (names.size() > 1) {
      names.sort(
          Comparator.comparingInt(Layer.Name::depth)
              .thenComparingInt(name -> lineage.indexOf(name.className())));
    }
    @Nullable Raw result = null;
    for (var name : names) {
      var raw = layer.get(name.section(), name.trait()).orElseThrow();
      result = result == null ? raw : raw.over(result);
    }
    return Optional.ofNullable(result);
  }

  private void flow(Trait<?> old, String newName) {
    var raw = raws.get(old);
    var replacement = declarations.byQualifiedName().get(newName);
    if (raw == null || replacement == null) {
      return;
    }
    report.warn(raw.origin().where() + ": " + old + " is deprecated; use " + newName + " instead");
    var present = raws.get(replacement);
    if (present == null || present.origin().rank() < raw.origin().rank()) {
      raws.put(replacement, raw);
    }
  }

  private <T> void settle(Trait<T> trait, Raw raw) {
    if (raw instanceof Raw.Unusable(var what, _)) {
      unusable(trait, raw, what);
      return;
    }
    var conversion = raw.as(trait, environment.getOrDefault("HOME", ""));
    if (conversion instanceof Conversion.Good<T>(var value)) {
      judge(trait, raw, value);
      // The new name reports what flowed to it.
    } else if (conversion instanceof Conversion.Bad<T>(var rule)
        && trait.deprecatedFor().isEmpty()) {
      problem(
          trait,
          raw,
          "has the value "
              + shown(trait, raw)
              + " and "
              + rule
              + "; correct it there or leave it out to get the default "
              + DefaultText.inWords(trait));
    }
  }

  private <T> void judge(Trait<T> trait, Raw raw, T value) {
    var complaint = trait.complaint(value);
    if (complaint.isPresent() && trait.deprecatedFor().isEmpty()) {
      problem(trait, raw, "has the value " + shown(trait, raw) + ": " + complaint.get());
      return;
    }
    boolean isDefault =
        PlainValues.equal(trait.kind().plain(value), trait.kind().plain(trait.defaultValue()));
    if (!isDefault && !(trait.support() instanceof Support.Full)) {
      notHonoured(trait, raw);
    }
    entries.put(trait, new Settings.Entry(value, raw.origin().where()));
  }

  private void unusable(Trait<?> trait, Raw raw, String what) {
    if (trait.support() instanceof Support.Full) {
      problem(
          trait,
          raw,
          "is "
              + what
              + " where only a value is supported; set a value of the type "
              + trait.kind().label()
              + " or remove it");
    } else {
      notHonoured(trait, raw);
    }
  }

  private void notHonoured(Trait<?> trait, Raw raw) {
    switch (trait.support()) {
      case Support.Full() -> {}
      case Support.Warns(var instead) -> report.warn(notSupported(trait, raw, instead));
      case Support.Stops(var why) -> problem(trait, raw, stops(why));
    }
  }

  private static String notSupported(Trait<?> trait, Raw raw, String instead) {
    return raw.origin().where() + ": " + trait + " is not supported yet; " + instead;
  }

  private static String stops(String why) {
    return "cannot be honoured and must not be ignored: " + why + "; remove it to start without it";
  }

  private void problem(Trait<?> trait, Raw raw, String sentence) {
    report.problem(trait.qualifiedName(), raw.origin().where(), sentence);
  }

  private static String shown(Trait<?> trait, Raw raw) {
    if (trait.isSecret()) {
      return SECRET;
    }
    return switch (raw) {
      case Raw.Plain plain -> PlainValues.shown(plain.value());
      case Raw.Texts(var texts, _) when texts.size() == 1 -> PlainValues.shown(texts.getFirst());
      case Raw.Texts(var texts, _) -> PlainValues.shown(texts);
      case Raw.Changes _ -> "that results from its changes";
      case Raw.Unusable(var what, _) -> what;
    };
  }
}
