package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.Passwords;
import dev.orrery.http.SmallFile;
import dev.orrery.kernel.JupyterPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** {@code orrery password}: asks for a password and writes its hash where the server reads it. */
final class PasswordCommand {

  int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.println(
          """
          Usage: orrery password

          Asks twice for a password, or reads one line where the standard input is no terminal, and keeps its hash in
          jupyter_server_config.json.\
          """);
      return 0;
    }
    String password;
    try {
      password = PasswordPrompt.ask("Password for the notebook server", "");
    } catch (IOException e) {
      System.err.println("orrery: " + e.getMessage());
      return 1;
    }
    Path file = JupyterPaths.ofThisUser().configDir().resolve("jupyter_server_config.json");
    try {
      write(file, Passwords.hash(password));
      System.out.println("Wrote hashed password to " + file);
      return 0;
    } catch (IOException e) {
      System.err.println("orrery: " + file + " could not be written: " + e.getMessage());
      return 1;
    }
  }

  private static void write(Path file, String hash) throws IOException {
    ObjectNode config = Json.object();
    if (Files.exists(file)) {
      try {
        if (Json.parse(Files.readAllBytes(file)) instanceof ObjectNode existing) {
          config = existing;
        }
      } catch (JacksonException e) {
        throw new IOException(
            "it is not JSON; repair or remove it first (" + e.getOriginalMessage() + ")", e);
      }
    }
    ObjectNode section =
        config.path("IdentityProvider") instanceof ObjectNode existing
            ? existing
            : config.putObject("IdentityProvider");
    section.put("hashed_password", hash);
    SmallFile.replace(file, Json.bytes(config));
  }
}
