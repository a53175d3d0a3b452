package dev.orrery.cli;

import dev.orrery.http.Json;
import dev.orrery.http.Listen;
import dev.orrery.http.SmallFile;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.server.NotebookServer;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.web.Html;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a running server leaves for others to find it: {@code jpserver-<pid>.json} for programs,
 * {@code jpserver-<pid>-open.html} for a browser, both for the owner's eyes alone; removed at the
 * end.
 */
final class RuntimeFiles implements AutoCloseable {

  private final Path info;
  private final Path open;
  private final Addresses addresses;

  private RuntimeFiles(Path info, Path open, Addresses addresses) {
    this.info = info;
    this.open = open;
    this.addresses = addresses;
  }

  static RuntimeFiles write(ServerSettings settings, NotebookServer server, JupyterPaths paths)
      throws IOException {
    Addresses addresses = Addresses.of(settings, server.port());
    long pid = ProcessHandle.current().pid();
    String sock =
        settings.front().listen() instanceof Listen.Unix unix ? unix.path().toString() : "";
    ObjectNode info =
        Json.object()
            .put("base_url", settings.front().basePath())
            .put("hostname", addresses.hostname())
            .put("password", !settings.access().hashedPassword().isEmpty())
            .put("pid", pid)
            .put("port", server.port() < 0 ? 0 : server.port())
            .put("root_dir", settings.contents().root().toString())
            .put("secure", false)
            .put("sock", sock)
            .put("token", settings.access().token())
            .put("url", addresses.base())
            .put("version", ServerSettings.SERVER_VERSION)
            .put("orrery", Version.OURS);
    Path infoFile = paths.runtimeDir().resolve("jpserver-" + pid + ".json");
    Path openFile = paths.runtimeDir().resolve("jpserver-" + pid + "-open.html");
    SmallFile.replace(infoFile, Json.bytes(info));
    SmallFile.replace(openFile, redirect(addresses.landing()).getBytes(StandardCharsets.UTF_8));
    return new RuntimeFiles(infoFile, openFile, addresses);
  }

  private static String redirect(String address) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta http-equiv="refresh" content="1;url=%s">
      <title>Opening the notebook server</title>
    </head>
    <body>
      <p>This page leads to the notebook server. If nothing happens, <a href="%s">open it by hand</a>.</p>
    </body>
    </html>
    """
        .formatted(Html.escape(address), Html.escape(address));
  }

  Path openFile() {
    return open;
  }

  Addresses addresses() {
    return addresses;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(info);
    Files.deleteIfExists(open);
  }
}
