package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.RawPath;
import dev.orrery.http.StaticFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of themes: of prebuilt extensions, then of the application. In style sheets, files
 * beside them get full addresses. Source: jupyterlab_server 2.28, {@code themes_handler.py}.
 */
final class ThemeFiles {

  /** A style sheet that is larger goes out as it is. */
  private static final long MAX_SHEET = 4 << 20;

  private static final Pattern LOCAL =
      Pattern.compile("url\\('((?!/|#|[A-Za-z][A-Za-z0-9+.-]*:)[^']+)'\\)");

  private final LabExtensions extensions;
  private final Path own;
  private final String basePath;

  /**
   * Finds themes.
   *
   * @param own those of the application
   */
  ThemeFiles(LabExtensions extensions, Path own, String basePath) {
    this.extensions = extensions;
    this.own = own;
    this.basePath = basePath;
  }

  /** Answers with the file that the route's {@code file} names. */
  void send(Exchange exchange) throws IOException {
    String name = exchange.parameter("file");
    List<Path> folders = new ArrayList<>(extensions.themes());
    folders.add(own);
    Path file =
        StaticFiles.find(folders, name)
            .orElseThrow(() -> new HttpException(404, "Nothing is here: " + exchange.rawPath()));
    if (name.endsWith(".css") && Files.size(file) <= MAX_SHEET) {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      Matcher local = LOCAL.matcher(text);
      if (local.find()) {
        String folder = basePath + "lab/api/themes/" + folderOf(name);
        String full =
            local.replaceAll(
                one -> Matcher.quoteReplacement("url('" + folder + one.group(1) + "')"));
        exchange.set("Cache-Control", "no-cache");
        exchange.send(200, "text/css", full.getBytes(StandardCharsets.UTF_8));
        return;
      }
    }
    StaticFiles.send(
        exchange, file, MediaTypes.ofName(name).orElse("application/octet-stream"), false);
  }

  private static String folderOf(String name) {
    return RawPath.encodePath(name.substring(0, name.lastIndexOf('/') + 1));
  }
}
