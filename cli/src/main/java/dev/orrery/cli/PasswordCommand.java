package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.Passwords;
import dev.orrery.http.SmallFile;
import dev.orrery.kernel.JupyterPaths;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** {@code orrery password}: asks for a password and writes its hash where the server reads it. */
final class PasswordCommand {

  @SuppressWarnings("SystemConsoleNull") // NullAway and the documentation allow for null.
  int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.println(
          "Usage: orrery password\n\nAsks twice for a password and keeps its hash in jupyter_server_config.json.");
      return 0;
    }
    Console console = System.console();
    if (console == null) {
      System.err.println("orrery: a password is asked for on a terminal, and there is none.");
      return 1;
    }
    char[] first = console.readPassword("Enter password:  ");
    char[] second = console.readPassword("Verify password: ");
    if (first == null || first.length == 0) {
      System.err.println("orrery: no password was given; nothing is changed.");
      return 1;
    }
    if (!Arrays.equals(first, second)) {
      System.err.println("orrery: the two passwords differ; nothing is changed.");
      return 1;
    }
    Path file = JupyterPaths.ofThisUser().configDir().resolve("jupyter_server_config.json");
    try {
      write(file, Passwords.hash(new String(first)));
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
