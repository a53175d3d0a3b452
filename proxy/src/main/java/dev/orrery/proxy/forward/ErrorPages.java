package dev.orrery.proxy.forward;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client sees instead of a backend's answer: a page of ours, one of a folder ({@code
 * --error-path}), or what another server says ({@code --error-target}).
 */
public final class ErrorPages {

  /**
   * One page.
   *
   * @param type its media type; empty for none
   * @param encoding its content encoding; empty for none
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
  record Page(String type, String encoding, byte[] body) {}

  private static final System.Logger LOG = System.getLogger(ErrorPages.class.getName());
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_PAGE = 4 << 20;

  private final Optional<Path> folder;
  private final Optional<URI> server;

  private ErrorPages(Optional<Path> folder, Optional<URI> server) {
    this.folder = folder;
    this.server = server;
  }

  /** Our own pages. */
  public static ErrorPages builtIn() {
    return new ErrorPages(Optional.empty(), Optional.empty());
  }

  /** {@code <status>.html} of a folder, else its {@code error.html}, else ours. */
  public static ErrorPages ofFolder(Path folder) {
    return new ErrorPages(Optional.of(folder), Optional.empty());
  }

  /**
   * What {@code <server>/<status>?url=<path>} answers, else ours.
   *
   * @param server an http or https address
   */
  public static ErrorPages ofServer(URI server) {
    String text = server.toString();
    return new ErrorPages(
        Optional.empty(), Optional.of(text.endsWith("/") ? server : URI.create(text + "/")));
  }

  /**
   * Finds a page.
   *
   * @param url what the client asked for, as it stood in the request
   * @param then gets the page, on this thread or another one
   */
  void find(int status, String url, Consumer<Page> then) {
    if (folder.isEmpty() && server.isEmpty()) {
      then.accept(ours(status));
      return;
    }
    // Reading files and asking servers blocks.
    Thread.ofVirtual().name("error page").start(() -> then.accept(load(status, url)));
  }

  private Page load(int status, String url) {
    try {
      if (server.isPresent()) {
        return ask(server.get(), status, url);
      }
      for (String name : new String[] {status + ".html", "error.html"}) {
        Path file = folder.orElseThrow().resolve(name);
        if (Files.isRegularFile(file)) {
          return new Page("text/html", "", Files.readAllBytes(file));
        }
        LOG.log(DEBUG, "No error file " + file);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(ERROR, "Failed to get custom error page: " + e);
    }
    return ours(status);
  }

  private static Page ask(URI server, int status, String url) throws IOException {
    String query = "url=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
    String base = server.toString();
    var connection =
        (HttpURLConnection) URI.create(base + status + "?" + query).toURL().openConnection();
    connection.setConnectTimeout((int) LIMIT.toMillis());
    connection.setReadTimeout((int) LIMIT.toMillis());
    connection.setInstanceFollowRedirects(false);
    try (InputStream in = body(connection)) {
      byte[] page = in.readNBytes(MAX_PAGE);
      return new Page(
          orEmpty(connection.getContentType()), orEmpty(connection.getContentEncoding()), page);
    } finally {
      connection.disconnect();
    }
  }

  private static InputStream body(HttpURLConnection connection) throws IOException {
    InputStream in =
        connection.getResponseCode() < 400
            ? connection.getInputStream()
            : connection.getErrorStream();
    return in == null ? InputStream.nullInputStream() : in;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Page ours(int status) {
    String title;
    String sentence;
    switch (status) {
      case 404 -> {
        title = "Nothing here";
        sentence =
            "No service has this address. A server that was stopped has to be started again.";
      }
      case 503 -> {
        title = "Not answering";
        sentence =
            "The service behind this address does not answer. It may be starting or restarting:"
                + " try again in a moment.";
      }
      default -> {
        title = "Something went wrong";
        sentence = "The request could not be passed on.";
      }
    }
    String page =
        """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>%1$d: %2$s</title>
          <style>
            body { margin: 20vh auto 0; max-width: 34rem; padding: 0 1.5rem; color: #222; background: #fff;
              font: 1rem/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; font-weight: 600; }
            @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } }
          </style>
        </head>
        <body>
          <h1>%1$d: %2$s</h1>
          <p>%3$s</p>
        </body>
        </html>
        """
            .formatted(status, title, sentence);
    return new Page("text/html", "", page.getBytes(StandardCharsets.UTF_8));
  }
}
