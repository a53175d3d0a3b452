package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where settings come from. Nothing else is read: no system property, no environment of this
 * process, no directory that is not named here.
 *
 * @param arguments the command line without the command's own name
 * @param environment the environment variables, also handed to the child interpreter
 * @param configPath the directories searched for configuration files, <b>lowest priority first</b>
 *     (the reverse of what {@code jupyter --paths} prints)
 * @param python the interpreter for {@code .py} files; when empty, one named python3 is looked up
 *     on the {@code PATH} of {@code environment}
 * @param workingDirectory what relative paths given by {@code --config} start from, and where
 *     Python files are evaluated
 * @param strict whether an unknown name in a file or on the command line stops the start; the
 *     argument {@code --strict-config} has the same effect
 */
public record Sources(
    List<String> arguments,
    Map<String, String> environment,
    List<Path> configPath,
    Optional<Path> python,
    Path workingDirectory,
    boolean strict) {

  public Sources {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    configPath = List.copyOf(configPath);
    requireNonNull(python, "python");
    requireNonNull(workingDirectory, "workingDirectory");
  }
}
