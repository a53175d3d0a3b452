package dev.orrery.spawner.local;

import static java.util.stream.Collectors.joining;

import dev.orrery.spawner.spi.SpawnFailure;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Puts the words together that start a server; the machine's programs do what Java can't. */
final class CommandLine {

  private static final System.Logger LOG = System.getLogger(CommandLine.class.getName());
  private static final int PATIENCE_SECONDS = 10;

  private final List<String> shellCommand;
  private final Optional<Path> setsid = Programs.ofSystem("setsid");
  private final Optional<Path> env = Programs.ofSystem("env").filter(CommandLine::setsSignals);

  /**
   * What to start.
   *
   * @param directory where to start it; the words may lead elsewhere
   */
  record Words(List<String> words, Path directory) {}

  CommandLine(List<String> shellCommand) {
    this.shellCommand = List.copyOf(shellCommand);
  }

  /**
   * The whole command. All but the last of its programs make way for the next one, so that the
   * server has the process id of the first. No shell is among them unless one is configured.
   */
  Words of(List<String> command, RunAs as, Map<String, String> environment) throws SpawnFailure {
    if (setsid.isEmpty()) {
      throw SpawnFailure.failed(
          "setsid", "Servers can't be started on this machine: the program setsid is missing.");
    }
    List<String> words = new ArrayList<>(shellCommand.isEmpty() ? command : shellCommand);
    if (command.isEmpty()) {
      throw SpawnFailure.failed("command", "There is no command to start a server with.");
    }
    if (!shellCommand.isEmpty()) {
      words.add(command.stream().map(CommandLine::quoted).collect(joining(" ")));
    }
    words.set(0, program(words.getFirst(), environment));
    Path directory = as.directory();
    var all = new ArrayList<String>();
    // A session of its own: what ends the hub's terminal or group does not reach the server.
    all.add(setsid.get().toString());
    all.addAll(as.launcher());
    if (env.isPresent() && words.getFirst().indexOf('=') < 0) {
      // Signals that the hub ignores, or Java blocks, would not end the server either. And the
      // server's folder may be one that only its user can enter.
      all.addAll(List.of(env.get().toString(), "--default-signal", "-C", directory.toString()));
      directory = Path.of("/");
    }
    all.addAll(words);
    return new Words(all, directory);
  }

  /** What a shell takes for exactly this word. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\"'\"'") + "'";
  }

  private static String program(String name, Map<String, String> environment) throws SpawnFailure {
    if (name.indexOf('/') >= 0) {
      return name;
    }
    String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    return Programs.on(path, name)
        .map(Path::toString)
        .orElseThrow(() ->
            SpawnFailure.failed(
                "command",
                "There is no program '"
                    + name
                    + "' to start a server with. An administrator"
                    + " can install it, or name another one by Spawner.cmd."));
  }

  private static boolean setsSignals(Path env) {
    try {
      Process process =
          new ProcessBuilder(env.toString(), "--default-signal", "-C", "/", env.toString())
              .redirectInput(Redirect.from(new File("/dev/null")))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      try {
        return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "There is no usable env program", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
