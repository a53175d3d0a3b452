package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.Passwords;
import dev.orrery.http.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code orrery password}: asks for a password and writes its hash where the server reads it. */
final class PasswordCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery password

      Asks twice for a password, or reads one line where the standard input is no terminal, and keeps its hash in
      jupyter_server_config.json.
      """;

  private final Surroundings here;

  PasswordCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    return Help.or(arguments, USAGE, here, this::set);
  }

  private int set(List<String> arguments) throws CommandFailure {
    new Options().flag("-y").read(arguments).atMost(0);
    Path file = here.paths().configDir().resolve("jupyter_server_config.json");
    try {
      write(file, Passwords.hash(PasswordPrompt.ask("Password for the notebook server", "")));
      here.out().println("Wrote hashed password to " + file);
      return 0;
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
  }

  private static void write(Path file, String hash) throws IOException, CommandFailure {
    ObjectNode config = JsonFiles.object(file);
    ObjectNode section =
        config.path("IdentityProvider") instanceof ObjectNode existing
            ? existing
            : config.putObject("IdentityProvider");
    section.put("hashed_password", hash);
    SmallFile.replace(file, Json.bytes(config));
  }
}
