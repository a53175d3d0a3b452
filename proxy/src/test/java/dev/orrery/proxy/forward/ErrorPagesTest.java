package dev.orrery.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in for a backend's answer. */
class ErrorPagesTest {

  private static final String ASK = "GET /some%20where?x=1&y HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path folder;

  private static String answer(ErrorPages pages) throws IOException {
    try (var proxy = new TestProxy(ForwardOptions.defaults(), pages);
        var client = new RawClient(proxy.port())) {
      String closing = ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
      return client.send(closing).all();
    }
  }

  @Test
  void pagesOfAFolderAreFoundByStatus() throws IOException {
    Files.writeString(folder.resolve("error.html"), "any");
    assertThat(answer(ErrorPages.ofFolder(folder)))
        .startsWith("HTTP/1.1 404 ")
        .containsIgnoringCase("content-type: text/html\r\n")
        .endsWith("\r\n\r\nany");
    Files.writeString(folder.resolve("404.html"), "this one");
    assertThat(answer(ErrorPages.ofFolder(folder))).endsWith("\r\n\r\nthis one");
  }

  @Test
  void aFolderWithoutPagesGivesOurs() throws IOException {
    assertThat(answer(ErrorPages.ofFolder(folder))).contains("Nothing here");
  }

  /** The form of the page that configurable-http-proxy has; someone may look for it. */
  @Test
  void ourPagesSayTheStatusInText() throws IOException {
    assertThat(answer(ErrorPages.builtIn()))
        .containsIgnoringCase("content-type: text/html\r\n")
        .contains("<title>404: Nothing here</title>", "<h1>404: Nothing here</h1>");
  }

  @Test
  void aServerIsAskedForThePageWithTheAddress() throws IOException {
    var asked = new AtomicReference<>("");
    try (var pages =
        new RawBackend(connection -> {
          asked.set(connection.head());
          connection.send(
              "HTTP/1.1 404 Not Found\r\nContent-Type: text/x-own\r\nX-Not: passed\r\n"
                  + "Content-Length: 3\r\nConnection: close\r\n\r\nown");
        })) {
      assertThat(answer(ErrorPages.ofServer(URI.create(pages.target() + "/hub/error"))))
          .startsWith("HTTP/1.1 404 ")
          .containsIgnoringCase("content-type: text/x-own\r\n")
          .doesNotContain("X-Not")
          .endsWith("\r\n\r\nown");
      assertThat(asked.get()).startsWith("GET /hub/error/404?url=%2Fsome%2520where%3Fx%3D1%26y ");
    }
  }

  @Test
  void aServerThatDoesNotAnswerGivesOurs() throws IOException {
    String gone;
    try (var pages = RawBackend.answering("")) {
      gone = pages.target();
    }
    assertThat(answer(ErrorPages.ofServer(URI.create(gone)))).contains("Nothing here");
  }
}
