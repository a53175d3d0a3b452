package dev.orrery.proxy.forward;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.orrery.proxy.routes.Target;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

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

  private final Optional<Path> folder;
  private final Optional<Target> server;

  private ErrorPages(Optional<Path> folder, Optional<Target> server) {
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

  /** What {@code <server>/<status>?url=<path>} answers, else ours. */
  public static ErrorPages ofServer(Target server) {
    return new ErrorPages(Optional.empty(), Optional.of(server));
  }

  /**
   * Finds a page.
   *
   * @param url what the client asked for, as it stood in the request
   * @param connector makes the connection to a server of pages, on {@code loop}
   * @param then gets the page, on this thread or another one
   */
  void find(int status, String url, Connector connector, EventLoop loop, Consumer<Page> then) {
    if (server.isPresent()) {
      ask(server.get(), status, url, connector, loop, then);
    } else if (folder.isPresent()) {
      // Reading files blocks.
      Path from = folder.get();
      Thread.ofVirtual().name("error page").start(() -> then.accept(load(from, status)));
    } else {
      then.accept(ours(status));
    }
  }

  private static void ask(
      Target server,
      int status,
      String url,
      Connector connector,
      EventLoop loop,
      Consumer<Page> then) {
    PageRequest.send(
        connector,
        loop,
        server,
        status,
        url,
        new PageRequest.Result() {
          @Override
          public void found(Page page) {
            then.accept(page);
          }

          @Override
          public void failed(Throwable cause) {
            tell(cause);
            then.accept(ours(status));
          }
        });
  }

  private static Page load(Path folder, int status) {
    try {
      for (String name : new String[] {status + ".html", "error.html"}) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          return new Page("text/html", "", Files.readAllBytes(file));
        }
        LOG.log(DEBUG, "No error file " + file);
      }
    } catch (IOException | RuntimeException e) {
      tell(e);
    }
    return ours(status);
  }

  private static void tell(Throwable cause) {
    LOG.log(ERROR, "Failed to get custom error page: " + cause);
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
