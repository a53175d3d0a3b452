package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads the settings of one command. */
public final class SettingsReader {

  private static final Duration PYTHON_LIMIT = Duration.ofSeconds(30);

  private final Declarations declarations;
  private final Duration pythonLimit;

  /** A reader for one command; it keeps no state between reads. */
  public SettingsReader(Declarations declarations) {
    this(declarations, PYTHON_LIMIT);
  }

  SettingsReader(Declarations declarations, Duration pythonLimit) {
    this.declarations = requireNonNull(declarations, "declarations");
    this.pythonLimit = pythonLimit;
  }

  /**
   * Reads every source and reports all problems together. From the least to the most important:
   * declared defaults, environment variables that traits name, files, {@code --config}, command
   * line. Waits at most half a minute, and only when there are Python files.
   */
  public Outcome read(Sources sources) {
    var report = new Report();
    var commandLine = CommandLine.parse(declarations, sources.arguments(), report);
    boolean strict = sources.strict() || commandLine.strict();
    var names = new NameCheck(declarations, strict, report);
    var checked =
        new CommandLine.Parsed(
            names.checked(commandLine.layer(), true), commandLine.arguments(), strict);
    var files = ConfigFiles.find(declarations, sources, configFile(checked.layer()), report);
    var merged = merge(files, sources, names, report);
    var settings =
        new Resolver(declarations, sources.environment(), report).resolve(merged, checked);
    return report.problems().isEmpty()
        ? new Outcome.Ready(settings, report.warnings())
        : new Outcome.Refused(report.problems(), report.warnings());
  }

  private Layer merge(
      List<ConfigFiles.Found> files, Sources sources, NameCheck names, Report report) {
    var python = PythonFiles.read(files, declarations.standIns(), sources, pythonLimit, report);
    var merged = new Layer();
    var sameName = new Collisions(report);
    for (int i = 0; i < files.size(); i++) {
      var file = files.get(i);
      int rank = i + 1;
      var layer =
          switch (file.form()) {
            case PYTHON -> python.getOrDefault(i, new Layer());
            case JSON -> JsonFile.read(file.path(), rank, report);
            case YAML, YML -> YamlFile.read(file.path(), rank, report);
          };
      sameName.compare(file.group(), layer);
      merged.merge(names.checked(layer, false));
    }
    return merged;
  }

  /** The last file that the command line names; a file cannot name another one. */
  private Optional<String> configFile(Layer commandLine) {
    return declarations
        .configFile()
        .flatMap(file ->
            declarations.classes().lineage(file.trait().className()).stream()
                .flatMap(name -> commandLine.get(name, file.trait().name()).stream())
                .reduce((general, specific) -> specific))
        .flatMap(raw ->
            raw instanceof Raw.Texts(var texts, _)
                ? Optional.of(texts.getLast())
                : Optional.empty())
        .filter(text -> !text.isEmpty());
  }
}
