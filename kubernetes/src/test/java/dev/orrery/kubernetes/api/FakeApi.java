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
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An API server of a few pods that fails on demand, in ways a real one can't be made to. */
final class FakeApi implements AutoCloseable {

  /** Ends the watch that is open. */
  static final String END = "";

  private final HttpServer server;
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** What the next list answers; a number is a status. */
  final BlockingQueue<String> lists = new LinkedBlockingQueue<>();

  /** Lines of the watch that is open. */
  final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

  FakeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    requests.add(uri);
    try (exchange) {
      if (uri.contains("watch=1")) {
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
    boolean fails = next.matches("[0-9]+");
    byte[] body =
        (fails ? "{\"kind\":\"Status\",\"message\":\"as asked\",\"reason\":\"Test\"}" : next)
            .getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(fails ? Integer.parseInt(next) : 200, body.length);
    exchange.getResponseBody().write(body);
  }

  private void watch(HttpExchange exchange) throws IOException, InterruptedException {
    // As the real one: the head of the answer comes with the first change.
    String line = changes.take();
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (; !line.equals(END); line = changes.take()) {
      out.write((line + "\n").getBytes(UTF_8));
      out.flush();
    }
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
  }
}
