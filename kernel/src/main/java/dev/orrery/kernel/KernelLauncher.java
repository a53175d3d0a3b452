package dev.orrery.kernel;

import dev.orrery.kernel.process.Programs;
import dev.orrery.kernel.process.SpawnSpec;
import dev.orrery.kernel.process.SpawnedProcess;
import dev.orrery.kernel.process.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a kernelspec into a running process: jupyter_client's substitutions and environment. */
final class KernelLauncher {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z0-9_]+)\\}");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:(\\$)|([_A-Za-z][_A-Za-z0-9]*)|\\{([_A-Za-z][_A-Za-z0-9]*)\\})");
  private static final Pattern PYTHON = Pattern.compile("python(\\d+(\\.\\d+)?)?");

  private final KernelHost host;

  KernelLauncher(KernelHost host) {
    this.host = host;
  }

  /** Starts a kernel's process; the message of what is thrown is a sentence for people. */
  SpawnedProcess launch(KernelSpec spec, StartRequest request, Path connectionFile, Stdio output)
      throws IOException {
    if (spec.argv().isEmpty()) {
      throw new IOException("Its kernel.json has an empty argv.");
    }
    Map<String, String> env = environment(spec, request);
    return SpawnedProcess.spawn(
        new SpawnSpec(command(spec, env, connectionFile), env, request.cwd(), output));
  }

  List<String> command(KernelSpec spec, Map<String, String> env, Path connectionFile) {
    var values = new HashMap<String, String>();
    values.put("connection_file", connectionFile.toString());
    values.put("resource_dir", spec.resourceDir().toString());
    var command = new ArrayList<String>();
    for (String argument : spec.argv()) {
      if (argument.contains("{prefix}") && !values.containsKey("prefix")) {
        values.put("prefix", prefix(env));
      }
      command.add(
          PLACEHOLDER
              .matcher(argument)
              .replaceAll(match ->
                  Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group()))));
    }
    String program = command.getFirst();
    if (PYTHON.matcher(program).matches()) {
      neighbour(spec.resourceDir(), program)
          .or(() -> host.interpreters().find(program))
          .ifPresent(path -> command.set(0, path.toString()));
    }
    return command;
  }

  /** A spec in {@code <prefix>/share/jupyter/kernels} belongs to the Python of that prefix. */
  private static Optional<Path> neighbour(Path resourceDir, String program) {
    Path kernels = resourceDir.toAbsolutePath().getParent();
    if (kernels == null || !kernels.endsWith("share/jupyter/kernels")) {
      return Optional.empty();
    }
    Path python = kernels.resolve("../../../bin").normalize().resolve(program);
    return Files.isExecutable(python) ? Optional.of(python) : Optional.empty();
  }

  Map<String, String> environment(KernelSpec spec, StartRequest request) {
    var env = new HashMap<>(host.env());
    env.putAll(request.env());
    env.remove("PYTHONEXECUTABLE");
    // With it a kernel ends when its parent does; ours are to outlive us.
    env.remove("JPY_PARENT_PID");
    var own = new HashMap<String, String>();
    spec.env().forEach((name, value) -> own.put(name, substitute(value, env)));
    env.putAll(own);
    return env;
  }

  /** Python's {@code string.Template.safe_substitute}: what is not known stays as it is. */
  static String substitute(String template, Map<String, String> values) {
    return VARIABLE
        .matcher(template)
        .replaceAll(match -> {
          if (match.group(1) != null) {
            return Matcher.quoteReplacement("$");
          }
          String name = match.group(2) == null ? match.group(3) : match.group(2);
          return Matcher.quoteReplacement(values.getOrDefault(name, match.group()));
        });
  }

  private String prefix(Map<String, String> env) {
    Optional<Path> python =
        host.interpreters().find("python3").or(() -> Programs.onPath("python3", env));
    return python.map(PythonPrefix::of).flatMap(found -> found).map(Path::toString).orElse("/usr");
  }
}
