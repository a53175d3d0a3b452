package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.JupyterPaths;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A person with a home and a Python environment of their own who types small commands. */
final class Typed {

  private final Path root;
  private final Map<String, String> env = new HashMap<>();

  Typed(Path root) {
    this.root = root;
    env.put("VIRTUAL_ENV", prefix().toString());
    // With an environment that is not a real one, the user's own folders come first.
    env.put("JUPYTER_PREFER_ENV_PATH", "0");
    env.put("PYTHONNOUSERSITE", "1");
  }

  record Outcome(int status, String out, String err) {}

  Path home() {
    return root.resolve("home");
  }

  Path prefix() {
    return root.resolve("prefix");
  }

  Path distribution() {
    return root.resolve("orrery");
  }

  Typed with(String variable, String value) {
    env.put(variable, value);
    return this;
  }

  Outcome run(Function<Surroundings, SmallCommand> command, String... arguments) {
    return answering("", command, arguments);
  }

  Outcome answering(
      String input, Function<Surroundings, SmallCommand> command, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var here =
        new Surroundings(
            env,
            JupyterPaths.of(env, home(), System.getProperty("user.name", "")),
            distribution(),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    int status;
    try {
      status = command.apply(here).run(List.of(arguments));
    } catch (CommandFailure e) {
      here.err().println(e.sentence());
      status = e.status();
    }
    return new Outcome(status, out.toString(UTF_8), err.toString(UTF_8));
  }
}
