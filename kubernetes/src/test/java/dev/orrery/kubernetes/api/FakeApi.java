package dev.orrery.kubernetes.api;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** An API server of a few pods that fails on demand, in ways a real one can't be made to. */
final class FakeApi implements AutoCloseable {

  /** Ends the watch that is open. */
  static final String END = "";

  /** Says no more in the watch that is open, and does not end it. */
  static final String SILENCE = "...";

  private final ApiDouble http;
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** When each of them came, by {@link System#nanoTime()}. */
  final List<Long> times = new CopyOnWriteArrayList<>();

  /** What the next list answers; a number is a status. */
  final BlockingQueue<String> lists = new LinkedBlockingQueue<>();

  /** Lines of the watch that is open; a number instead of the first is a status. */
  final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

  /** What it says with a failure of when to ask again, if anything. */
  volatile String retryAfter = "";

  /** Whose token counts; empty where none is needed. */
  volatile String token = "";

  FakeApi() throws IOException {
    http = new ApiDouble(this::answer);
  }

  String url() {
    return http.url();
  }

  /** Who asks it. */
  ApiServer server(Duration patience) {
    return ApiServer.open(new ApiAddress(url(), "", Optional.empty()), patience);
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String uri = exchange.getRequestURI().toString();
    times.add(System.nanoTime());
    requests.add(uri);
    String who = exchange.getRequestHeaders().getFirst("Authorization");
    if (!token.isEmpty() && !("Bearer " + token).equals(who)) {
      fail(exchange, 401);
    } else if (uri.contains("watch=1")) {
      watch(exchange);
    } else {
      list(exchange);
    }
  }

  private void list(HttpExchange exchange) throws IOException, InterruptedException {
    String next = lists.take();
    if (isStatus(next)) {
      fail(exchange, Integer.parseInt(next));
    } else {
      ApiDouble.send(exchange, 200, next);
    }
  }

  private void watch(HttpExchange exchange) throws IOException, InterruptedException {
    // As the real one: the head of the answer comes with the first change.
    String line = changes.take();
    if (isStatus(line)) {
      fail(exchange, Integer.parseInt(line));
      return;
    }
    OutputStream out = ApiDouble.stream(exchange);
    for (; !line.equals(END); line = changes.take()) {
      if (line.equals(SILENCE)) {
        new CountDownLatch(1).await();
      }
      ApiDouble.line(out, line);
    }
  }

  private static boolean isStatus(String next) {
    return next.matches("[0-9]+");
  }

  private void fail(HttpExchange exchange, int status) throws IOException {
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().add("Retry-After", retryAfter);
    }
    ApiDouble.refuse(exchange, status, "as asked");
  }

  static String pod(String name, String version) {
    return "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"%s\",\"uid\":\"%s\",\"resourceVersion\":\"%s\"}}"
        .formatted(name, "uid-" + name, version);
  }

  @Override
  public void close() {
    http.close();
  }
}
