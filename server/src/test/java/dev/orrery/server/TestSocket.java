package dev.orrery.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A page's end of a WebSocket with text messages. */
final class TestSocket implements AutoCloseable, WebSocket.Listener {

  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private volatile boolean deaf;
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  /** Connects with the token, or with {@code headers} in pairs if there are any. */
  TestSocket(TestNotebookServer server, String path, String... headers) throws IOException {
    var builder = server.client.newWebSocketBuilder();
    if (headers.length == 0) {
      builder.header("Authorization", "token " + TestNotebookServer.TOKEN);
    }
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    URI uri = URI.create(server.origin().replace("http:", "ws:") + path);
    try {
      socket = builder.buildAsync(uri, this).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException refused) {
        throw refused;
      }
      throw e;
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      messages.add(partial.toString());
      partial.setLength(0);
    }
    if (!deaf) {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.complete("error " + error);
  }

  TestSocket send(String text) {
    socket.sendText(text, true).join();
    return this;
  }

  /** Reads no more. */
  void turnDeaf() {
    deaf = true;
  }

  /** Goes without a word. */
  void abort() {
    socket.abort();
  }

  /** The next message. */
  String receive() throws InterruptedException {
    String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("No message came; closed: " + closed.getNow("no"));
    }
    return message;
  }

  /** All messages up to the first that fits. */
  List<String> receiveUntil(Predicate<String> wanted) throws InterruptedException {
    var all = new ArrayList<String>();
    do {
      all.add(receive());
    } while (!wanted.test(all.getLast()));
    return all;
  }

  /** Code and reason of the close; waits for it. */
  String awaitClose() throws Exception {
    return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    // Where the server was first, this fails, which is fine.
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").handle((_, _) -> true).join();
    socket.abort();
  }
}
