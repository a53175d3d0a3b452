package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.Trait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the readers of the components read from, and where they leave what is wrong: all problems of
 * a start are told at once. What has a problem is read as if it were right, and not used.
 */
final class Given {

  private final Settings settings;
  private final Map<String, String> env;
  private final Path workingDirectory;
  private final List<Problem> problems = new ArrayList<>();

  Given(Settings settings, Map<String, String> env, Path workingDirectory) {
    this.settings = settings;
    this.env = env;
    this.workingDirectory = workingDirectory;
  }

  <T> T get(Trait<T> trait) {
    return settings.get(trait);
  }

  boolean isSet(Trait<?> trait) {
    return settings.isSet(trait);
  }

  /** What is set, or {@code otherwise} where nothing is. */
  <T> T getOr(Trait<T> trait, T otherwise) {
    return settings.isSet(trait) ? settings.get(trait) : otherwise;
  }

  /** Which of two that are set counts: a command's own, save where only the other is typed. */
  <T> Trait<T> stronger(Trait<T> own, Trait<T> general) {
    boolean typedOver = settings.isTyped(general) && !settings.isTyped(own);
    return settings.isSet(own) && !typedOver ? own : general;
  }

  List<String> arguments() {
    return settings.arguments();
  }

  Map<String, String> env() {
    return env;
  }

  Path workingDirectory() {
    return workingDirectory;
  }

  void problem(Trait<?> trait, String sentence) {
    problems.add(new Problem(trait.qualifiedName(), settings.origin(trait), sentence));
  }

  void problem(Problem problem) {
    problems.add(problem);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** A path as a person writes it: from the working folder, with {@code ~} for the home. */
  Path path(String written) {
    return workingDirectory.resolve(expandHome(written));
  }

  /** The path a setting names, or {@code otherwise} where it is empty. */
  Path pathOr(Trait<String> trait, Path otherwise) {
    String set = settings.get(trait);
    return set.isEmpty() ? otherwise : path(set);
  }

  List<Path> paths(Trait<List<String>> trait) {
    List<Path> found = new ArrayList<>();
    for (String written : settings.get(trait)) {
      found.add(path(written));
    }
    return found;
  }

  /** The path with {@code ~} replaced. */
  String expandHome(String path) {
    return path.equals("~") || path.startsWith("~/")
        ? env.getOrDefault("HOME", "") + path.substring(1)
        : path;
  }

  Duration seconds(Trait<Double> trait) {
    return Duration.ofMillis(Math.round(settings.get(trait) * 1_000));
  }

  Duration wholeSeconds(Trait<Integer> trait) {
    return Duration.ofSeconds(settings.get(trait));
  }
}
