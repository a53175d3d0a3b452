package dev.orrery.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the names that a source uses with those that are declared: moves what has moved and
 * tells about what nobody knows. Classes of other programs are passed over in silence, because
 * Jupyter programs share their files.
 */
final class NameCheck {

  private final Declarations declarations;
  private final boolean strict;
  private final Report report;

  NameCheck(Declarations declarations, boolean strict, Report report) {
    this.declarations = declarations;
    this.strict = strict;
    this.report = report;
  }

  /** The layer under the names that count now. */
  Layer checked(Layer layer, boolean commandLine) {
    var checked = new Layer();
    List<Runnable> moves = new ArrayList<>();
    layer.forEach((name, raw) -> {
      if (!isWithinKnown(name)) {
        return;
      }
      if (declarations.find(name.className(), name.trait()).isPresent()) {
        checked.put(name.section(), name.trait(), raw);
        return;
      }
      var target = movedTo(name);
      if (target.isPresent()) {
        moves.add(() -> move(checked, name, target.get(), raw));
      } else {
        unknown(name, raw, commandLine);
      }
    });
    // After all others: in one source the name of today wins over that of yesterday.
    moves.forEach(Runnable::run);
    return checked;
  }

  /** Whether a section within a section stands in classes that this command has. */
  private boolean isWithinKnown(Layer.Name name) {
    var path = List.of(name.section().split("\\."));
    return path.subList(0, path.size() - 1).stream().allMatch(declarations.classes()::knows);
  }

  private Optional<String> movedTo(Layer.Name name) {
    return Optional.ofNullable(declarations.moved().get(name.className()))
        .filter(target -> declarations.find(target, name.trait()).isPresent());
  }

  private void move(Layer checked, Layer.Name name, String target, Raw raw) {
    report.warn(
        raw.origin().where()
            + ": "
            + name
            + " has moved to "
            + target
            + "."
            + name.trait()
            + "; rename it there");
    if (checked.get(target, name.trait()).isEmpty()) {
      checked.put(target, name.trait(), raw);
    }
  }

  private void unknown(Layer.Name name, Raw raw, boolean commandLine) {
    String section = name.className();
    String target = declarations.moved().getOrDefault(section, section);
    if (declarations.classes().knows(target) || declarations.moved().containsKey(section)) {
      tell(name, raw, "is not known" + NearestName.hint(traitsOf(target), name.trait()));
      return;
    }
    var classes = declarations.classes().all();
    // One letter for short names: HubApp is no LabApp.
    int limit = Math.min(2, section.length() / 4);
    var near = NearestName.among(classes, section, limit);
    if (near.isPresent()) {
      tell(name, raw, "is in a class that is not known; did you mean " + near.get() + "?");
    } else if (commandLine) {
      tell(
          name,
          raw,
          "is in a class that is not known"
              + NearestName.hint(classes, section)
              + (NearestName.among(classes, section).isPresent() ? "" : "; --help-all lists all"));
    }
  }

  private List<String> traitsOf(String className) {
    return declarations.traits().stream()
        .filter(trait -> declarations.classes().lineage(trait.className()).contains(className))
        .map(Trait::name)
        .distinct()
        .toList();
  }

  private void tell(Layer.Name name, Raw raw, String sentence) {
    if (strict) {
      report.problem(name.toString(), raw.origin().where(), sentence);
    } else {
      report.warn(raw.origin().where() + ": " + name + " has no effect: it " + sentence);
    }
  }
}
