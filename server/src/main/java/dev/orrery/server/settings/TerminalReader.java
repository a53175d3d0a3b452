package dev.orrery.server.settings;

import dev.orrery.server.hub.HubSettings;
import dev.orrery.server.terminals.TerminalSettings;
import java.io.Console;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what runs in terminals. */
final class TerminalReader {

  private static final int MAX_TERMINALS = 200;

  private TerminalReader() {}

  static TerminalSettings read(Given given, Path root) {
    return new TerminalSettings(
        given.get(ServerTraits.TERMINALS_ENABLED),
        shell(given),
        environment(given, root),
        root,
        given.wholeSeconds(KernelTraits.TERMINAL_CULL_TIMEOUT),
        given.wholeSeconds(KernelTraits.TERMINAL_CULL_INTERVAL),
        MAX_TERMINALS);
  }

  private static List<String> shell(Given given) {
    List<String> shell = new ArrayList<>();
    Object command = given.get(ServerTraits.TERMINADO_SETTINGS).get("shell_command");
    if (command instanceof List<?> words) {
      for (Object word : words) {
        shell.add(String.valueOf(word));
      }
    } else if (command instanceof String word && !word.isEmpty()) {
      shell.add(word);
    }
    if (shell.isEmpty()) {
      String own = given.env().get("SHELL");
      shell.add(own == null || own.isEmpty() ? "sh" : own);
      if (!isTerminal()) {
        shell.add("-l");
      }
    }
    return shell;
  }

  private static Map<String, String> environment(Given given, Path root) {
    Map<String, String> env = new HashMap<>(given.env());
    env.putIfAbsent("TERM", "xterm-256color");
    if (env.get("TERM").equals("dumb")) {
      env.put("TERM", "xterm-256color");
    }
    env.put("JUPYTER_SERVER_ROOT", root.toString());
    // What opened this server opens nothing for whoever sits at its terminals' output.
    env.remove("JUPYTER_TOKEN");
    env.remove(HubSettings.XSRF_SECRET);
    return env;
  }

  @SuppressWarnings("SystemConsoleNull") // NullAway and the documentation allow for null.
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
