package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.answering;
import static dev.orrery.proxy.wire.Waiting.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.routes.Target;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in for a backend's answer. */
class ErrorPagesTest {

  private static final String ASK = "GET /some%20where?x=1&y HTTP/1.1\r\nHost: h\r\n\r\n";

  @TempDir Path folder;

  private static String answer(ErrorPages pages) throws IOException {
    try (var proxy = RunningProxy.with().pages(pages).start();
        var client = new RawClient(proxy.port())) {
      String closing = ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
      return client.send(closing).toEnd();
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
    try (var pages =
        new RawBackend(connection -> {
          connection.head();
          connection.send(
              "HTTP/1.1 404 Not Found\r\nContent-Type: text/x-own\r\nX-Not: passed\r\n"
                  + "Content-Length: 3\r\nConnection: close\r\n\r\nown");
        })) {
      assertThat(answer(ErrorPages.ofServer(Target.parse(pages.target() + "/hub/error"))))
          .startsWith("HTTP/1.1 404 ")
          .containsIgnoringCase("content-type: text/x-own\r\n")
          .doesNotContain("X-Not")
          .endsWith("\r\n\r\nown");
      assertThat(pages.requests().getFirst().head())
          .startsWith("GET /hub/error/404?url=%2Fsome%2520where%3Fx%3D1%26y ");
    }
  }

  @Test
  void aServerMayListenOnAUnixSocketAndSendChunks() throws IOException {
    Path socket = folder.resolve("pages.sock");
    try (var pages = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      pages.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofVirtual().start(() -> answerOnce(pages));
      String target = "http+unix://" + socket.toString().replace("/", "%2F");
      assertThat(answer(ErrorPages.ofServer(Target.parse(target))))
          .startsWith("HTTP/1.1 404 ")
          .endsWith("\r\n\r\nGET /404?url=%2Fsome%2520where%3Fx%3D1%26y HTTP/1.1");
    }
  }

  /** Says the first line of the request, in a chunk. */
  private static void answerOnce(ServerSocketChannel server) {
    try (SocketChannel connection = server.accept()) {
      var reader = new BufferedReader(Channels.newReader(connection, ISO_8859_1));
      String line = reader.readLine();
      String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n0\r\n\r\n";
      String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
      connection.write(ISO_8859_1.encode(head + chunk));
    } catch (IOException e) {
      // The test sees at its own end that no page came.
    }
  }

  @Test
  void aServerThatHangsUpOrSaysTooMuchGivesOurs() throws IOException {
    String endless = "HTTP/1.1 200 OK\r\nContent-Length: " + (1 << 30) + "\r\n\r\n";
    for (String words : new String[] {"", "HTTP/1.1 200 OK\r\nContent-", "nonsense", endless}) {
      try (var pages =
          new RawBackend(connection -> {
            connection.head();
            connection.send(words);
          })) {
        assertThat(answer(ErrorPages.ofServer(Target.parse(pages.target()))))
            .as(words)
            .contains("Nothing here");
      }
    }
  }

  /** The client waits no longer than the proxy does. */
  @Test
  void aServerThatSaysNothingGivesOurs() throws Exception {
    var over = new CountDownLatch(1);
    try (var pages =
        new RawBackend(connection -> {
          connection.head();
          connection.toEnd();
          over.countDown();
        })) {
      assertThat(answer(ErrorPages.ofServer(Target.parse(pages.target()))))
          .contains("Nothing here");
      await(over);
    }
  }

  @Test
  void aServerThatDoesNotAnswerGivesOurs() throws IOException {
    String gone;
    try (var pages = new RawBackend(answering(""))) {
      gone = pages.target();
    }
    assertThat(answer(ErrorPages.ofServer(Target.parse(gone)))).contains("Nothing here");
  }
}
