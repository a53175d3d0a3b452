package dev.orrery.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What all stand-ins for an API server have in common: HTTP, and how it says no. */
public final class ApiDouble implements AutoCloseable {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int WAITING = 200;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What it answers. It may block; it is interrupted when the stand-in is closed. */
  public interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /** Listens on a port of its own. */
  public ApiDouble(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), WAITING);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            // So that a test which counts what is open counts no connections that wait for more.
            exchange.getResponseHeaders().add("Connection", "close");
            answer.to(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers with this. */
  public static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Answers as the real one does what it does not do. */
  public static void refuse(HttpExchange exchange, int status, String message) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    JsonNode body =
        MAPPER
            .createObjectNode()
            .put("kind", "Status")
            .put("status", "Failure")
            .put("code", status)
            .put("message", message);
    send(exchange, status, body.toString());
  }

  /** Begins an answer that has no end yet. */
  public static OutputStream stream(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    return exchange.getResponseBody();
  }

  /** Sends a line of such an answer. */
  public static void line(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
    out.flush();
  }

  /** One change, as a watch tells it. */
  public static String change(String type, String object) {
    return "{\"type\":\"%s\",\"object\":%s}".formatted(type, object);
  }

  /** All there are at a version. */
  public static String list(String version, String... objects) {
    return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}"
        .formatted(version, String.join(",", objects));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
