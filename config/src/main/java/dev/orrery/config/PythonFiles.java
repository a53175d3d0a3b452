package dev.orrery.config;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Evaluates the {@code .py} files of one start in one {@code python3} child. Its script is {@code
 * evaluate.py}; it comes in by standard input, so that neither a file nor an argument carries it.
 */
final class PythonFiles {

  private final List<ConfigFiles.Found> files;
  private final String standIns;
  private final Sources sources;
  private final Duration limit;
  private final Report report;

  /** What came for each file, by its index. */
  private final Map<Integer, Layer> layers = new HashMap<>();

  private PythonFiles(
      List<ConfigFiles.Found> files,
      Map<String, String> standIns,
      Sources sources,
      Duration limit,
      Report report) {
    this.files = files;
    this.standIns =
        standIns.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(","));
    this.sources = sources;
    this.limit = limit;
    this.report = report;
  }

  /**
   * Evaluates the Python files among {@code files}.
   *
   * @param standIns packages to stand in for where they are missing, with their versions
   * @return what each set, by its index in {@code files}; the rank is that index plus one
   */
  static Map<Integer, Layer> read(
      List<ConfigFiles.Found> files,
      Map<String, String> standIns,
      Sources sources,
      Duration limit,
      Report report) {
    var python = new PythonFiles(files, standIns, sources, limit, report);
    var indexes = python.indexes();
    if (!indexes.isEmpty()) {
      python.evaluate(indexes);
    }
    return python.layers;
  }

  private List<Integer> indexes() {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).form() == ConfigFiles.Form.PYTHON) {
        indexes.add(i);
      }
    }
    return indexes;
  }

  private void evaluate(List<Integer> indexes) {
    var interpreter = sources.python().or(this::interpreterOnPath);
    if (interpreter.isEmpty()) {
      problem(
          indexes.getFirst(),
          "needs python3, and there is none on the PATH; install python3, or say the same in a .json"
              + " file of that name and remove this one");
      return;
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of(interpreter.get().toString(), "-X", "utf8", "-", standIns));
    for (int index : indexes) {
      command.add(files.get(index).path().toString());
      command.add(files.get(index).directory().toString());
    }
    BoundedChild.Result result;
    try {
      result =
          BoundedChild.run(
              command, script(), sources.environment(), sources.workingDirectory(), limit);
    } catch (IOException e) {
      problem(
          indexes.getFirst(),
          "needs python3, and "
              + interpreter.get()
              + " cannot be started ("
              + e.getMessage()
              + "); repair it, or say the same in a .json file of that name and remove this one");
      return;
    }
    understand(result, indexes);
  }

  private void understand(BoundedChild.Result result, List<Integer> indexes) {
    int open = indexes.getFirst();
    int done = 0;
    for (String line : result.output().split("\n")) {
      // A last line may be cut off where the child was ended.
      if (!line.endsWith("}")) {
        continue;
      }
      var member = PythonAnswer.line(line);
      if (member.isEmpty()) {
        continue;
      }
      Object content = member.get().getValue();
      switch (member.get().getKey()) {
        case "start" -> open = indexes.get(Math.toIntExact((Long) content));
        case "values" -> {
          done++;
          layers.put(
              open, PythonAnswer.layer(content, open + 1, files.get(open).path().toString()));
        }
        case "error" -> {
          done++;
          failed(open, content);
        }
        default -> {}
      }
    }
    if (done < indexes.size()) {
      problem(open, unfinished(result));
    } else if (!result.errorTail().isEmpty()) {
      report.warn("configuration files printed: " + result.errorTail());
    }
  }

  private String unfinished(BoundedChild.Result result) {
    String said = result.errorTail().isEmpty() ? "" : "; it printed: " + result.errorTail();
    return switch (result.end()) {
      case OUT_OF_TIME ->
          "was not evaluated within "
              + limit.toSeconds()
              + " seconds and was ended; remove what waits or loops"
              + said;
      case TOO_MUCH_OUTPUT -> "sets more than 16 MiB of values and was ended; set less" + said;
      case FINISHED ->
          "ended python3 with status "
              + result.status()
              + " before it was evaluated; remove what ends the program"
              + said;
    };
  }

  private void failed(int index, Object error) {
    if (!(error instanceof Map<?, ?> map)) {
      return;
    }
    String file = files.get(index).path().toString();
    report.problem(
        FileText.name(files.get(index).path()),
        PythonAnswer.place(map.get("place"), file),
        "failed with " + map.get("message") + "; correct it there");
  }

  private void problem(int index, String sentence) {
    var path = files.get(index).path();
    report.problem(FileText.name(path), path.toString(), sentence);
  }

  private Optional<Path> interpreterOnPath() {
    for (String directory :
        sources.environment().getOrDefault("PATH", "").split(File.pathSeparator)) {
      if (!directory.isEmpty()) {
        var candidate = Path.of(directory, "python3");
        if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] script() {
    try (var in = PythonFiles.class.getResourceAsStream("evaluate.py")) {
      if (in == null) {
        throw new IllegalStateException("evaluate.py is missing beside PythonFiles; rebuild");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
