package dev.orrery.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An API server of a few pods that fails on demand, in ways a real one can't be made to. */
final class FakeApi implements AutoCloseable {

  /** Ends the watch that is open. */
  static final String END = "";

  /** Says no more in the watch that is open, and does not end it. */
  static final String SILENCE = "...";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
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
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    times.add(System.nanoTime());
    requests.add(uri);
    try (exchange) {
      String who = exchange.getRequestHeaders().getFirst("Authorization");
      if (!token.isEmpty() && !("Bearer " + token).equals(who)) {
        fail(exchange, 401);
      } else if (uri.contains("watch=1")) {
        watch(exchange);
      } else {
        list(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void list(HttpExchange exchange) throws IOException, InterruptedException {
    String next = lists.take();
    if (isStatus(next)) {
      fail(exchange, Integer.parseInt(next));
      return;
    }
    byte[] body = next.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private void watch(HttpExchange exchange) throws IOException, InterruptedException {
    // As the real one: the head of the answer comes with the first change.
    String line = changes.take();
    if (isStatus(line)) {
      fail(exchange, Integer.parseInt(line));
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (; !line.equals(END); line = changes.take()) {
      if (line.equals(SILENCE)) {
        new CountDownLatch(1).await();
      }
      out.write((line + "\n").getBytes(UTF_8));
      out.flush();
    }
  }

  private static boolean isStatus(String next) {
    return next.matches("[0-9]+");
  }

  private void fail(HttpExchange exchange, int status) throws IOException {
    byte[] body =
        "{\"kind\":\"Status\",\"message\":\"as asked\",\"reason\":\"Test\"}".getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().add("Retry-After", retryAfter);
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  static String pod(String name, String version) {
    return "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"%s\",\"uid\":\"%s\",\"resourceVersion\":\"%s\"}}"
        .formatted(name, "uid-" + name, version);
  }

  static String list(String version, String... pods) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}"
        .formatted(version, String.join(",", pods));
  }

  static String change(String type, String pod) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, pod);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
