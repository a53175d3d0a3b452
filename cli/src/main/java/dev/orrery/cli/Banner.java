package dev.orrery.cli;

import dev.orrery.http.Listen;
import dev.orrery.server.NotebookServer;
import dev.orrery.server.settings.ServerSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a server says when it is up: lines that people read and that clients parse for the address.
 */
final class Banner {

  private static final System.Logger LOG = System.getLogger(Banner.class.getName());

  private final ServerSettings settings;
  private final NotebookServer server;
  private final RuntimeFiles files;

  Banner(ServerSettings settings, NotebookServer server, RuntimeFiles files) {
    this.settings = settings;
    this.server = server;
    this.files = files;
  }

  void show() {
    Addresses addresses = files.addresses();
    LOG.log(
        System.Logger.Level.INFO,
        "Serving notebooks from local directory: " + settings.contents().root());
    LOG.log(System.Logger.Level.INFO, Version.TEXT + " is running at:");
    LOG.log(System.Logger.Level.INFO, scrubbed(addresses.landing()));
    addresses
        .local()
        .ifPresent(local -> LOG.log(System.Logger.Level.INFO, "    " + scrubbed(local)));
    LOG.log(
        System.Logger.Level.INFO,
        "Use Control-C to stop this server and shut down all kernels (twice to skip confirmation).");
    if (settings.hub().isEmpty()
        && settings.access().token().isEmpty()
        && settings.access().hashedPassword().isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "All authentication is disabled. Anyone who can connect to this server will be able to run code.");
    }
    if (settings.front().listen() instanceof Listen.Unix unix) {
      LOG.log(
          System.Logger.Level.INFO,
          "Browsers can't open a unix socket, but ssh can bring it to them: ssh -L 8888:"
              + unix.path()
              + " -N "
              + System.getProperty("user.name")
              + "@this-host, then open http://localhost:8888"
              + settings.front().landing());
      return;
    }
    boolean opened = settings.start().openBrowser() && openBrowser();
    if (!opened && !settings.access().token().isEmpty()) {
      StringBuilder text =
          new StringBuilder("\n\n    To access the server, open this file in a browser:\n");
      text.append("        ").append(files.openFile().toUri()).append('\n');
      text.append("    Or copy and paste one of these URLs:\n");
      text.append("        ").append(addresses.landing()).append('\n');
      addresses.local().ifPresent(local -> text.append("        ").append(local).append('\n'));
      System.err.print(text);
      System.err.flush();
    }
    LOG.log(System.Logger.Level.DEBUG, "Listening on port " + server.port());
  }

  /**
   * A token the user chose may be used elsewhere; one we made is for this start only and is what
   * has to be shown.
   */
  private String scrubbed(String address) {
    return settings.access().tokenGenerated() || settings.access().token().isEmpty()
        ? address
        : address.replaceFirst("\\?token=.*", "?token=...");
  }

  private boolean openBrowser() {
    String target =
        settings.start().useRedirectFile()
            ? files.openFile().toUri().toString()
            : files.addresses().landing();
    for (List<String> command : commands(target)) {
      try {
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
        return true;
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.DEBUG,
            "No browser by '" + command.getFirst() + "': " + e.getMessage());
      }
    }
    LOG.log(System.Logger.Level.WARNING, "No web browser found. Open the address below by hand.");
    return false;
  }

  private List<List<String>> commands(String target) {
    List<List<String>> commands = new ArrayList<>();
    String browser =
        settings.start().browser().isEmpty()
            ? System.getenv().getOrDefault("BROWSER", "")
            : settings.start().browser();
    if (!browser.isEmpty()) {
      List<String> words = new ArrayList<>();
      for (String word : browser.strip().split("\\s+")) {
        words.add(word.replace("%s", target));
      }
      if (!browser.contains("%s")) {
        words.add(target);
      }
      commands.add(words);
    }
    Map<String, String> env = System.getenv();
    if (System.getProperty("os.name").startsWith("Mac")) {
      commands.add(List.of("open", target));
    } else if (env.containsKey("DISPLAY") || env.containsKey("WAYLAND_DISPLAY")) {
      commands.add(List.of("xdg-open", target));
    }
    return commands;
  }
}
