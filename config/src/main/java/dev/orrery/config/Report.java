package dev.orrery.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one start, so that all of it is told together. */
final class Report {

  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void problem(String setting, String where, String sentence) {
    var problem = new Problem(setting, where, sentence);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  void warn(String sentence) {
    if (!warnings.contains(sentence)) {
      warnings.add(sentence);
    }
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
