package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Somebody with cookies in front of a notebook server: logs in by password, runs code, reads files.
 */
final class NotebookVisitor {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String origin;
  private final CookieManager cookies = new CookieManager();
  private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

  NotebookVisitor(String origin) {
    this.origin = origin;
  }

  /** Tries a password; tells whether it opens the server. */
  boolean logIn(String password) {
    ask("GET", "/login", "", "");
    HttpResponse<String> answer =
        ask(
            "POST",
            "/login",
            "application/x-www-form-urlencoded",
            "password="
                + URLEncoder.encode(password, StandardCharsets.UTF_8)
                + "&_xsrf="
                + URLEncoder.encode(xsrf(), StandardCharsets.UTF_8));
    boolean in = ask("GET", "/api/contents", "", "").statusCode() == 200;
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(in ? 302 : 401);
    return in;
  }

  private String xsrf() {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("_xsrf"))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError("The login page set no _xsrf"));
  }

  private HttpResponse<String> ask(String method, String path, String type, String body) {
    var request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(LIMIT)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    if (type.equals("application/json")) {
      request.header("X-XSRFToken", xsrf());
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The text of a file. */
  String file(String name) {
    HttpResponse<String> answer = ask("GET", "/api/contents/" + name, "", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Texts.json(answer.body()).path("content").asString();
  }

  /** Runs code in a new kernel, and answers what it prints. */
  String run(String code) {
    HttpResponse<String> made = ask("POST", "/api/kernels", "application/json", "{}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    String kernel = Texts.json(made.body()).path("id").asString();
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    WebSocket socket =
        http.newWebSocketBuilder()
            .header("Cookie", cookieHeader())
            .buildAsync(
                URI.create(
                    origin.replaceFirst("^http", "ws") + "/api/kernels/" + kernel + "/channels"),
                new Collecting(messages))
            .join();
    try {
      socket
          .sendText(
              """
              {"channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
               "header": {"msg_id": "one", "msg_type": "execute_request", "session": "s",
                "username": "u", "version": "5.3", "date": "2026-01-01T00:00:00Z"},
               "content": {"code": %s, "silent": false, "store_history": false,
                "user_expressions": {}, "allow_stdin": false, "stop_on_error": true}}
              """
                  .formatted(JsonNodeFactory.instance.stringNode(code)),
              true)
          .join();
      return printed(messages);
    } finally {
      socket.abort();
    }
  }

  private String cookieHeader() {
    return cookies.getCookieStore().getCookies().stream()
        .map(cookie -> cookie.getName() + "=" + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  private static String printed(BlockingQueue<String> messages) {
    var text = new StringBuilder();
    while (true) {
      JsonNode message = Texts.json(next(messages));
      if (!message.path("parent_header").path("msg_id").asString("").equals("one")) {
        continue;
      }
      JsonNode content = message.path("content");
      switch (message.path("msg_type").asString(message.at("/header/msg_type").asString(""))) {
        case "stream" -> text.append(content.path("text").asString());
        case "error" -> throw new AssertionError(content.toString());
        case "status" -> {
          if (content.path("execution_state").asString().equals("idle")) {
            return text.toString();
          }
        }
        default -> {}
      }
    }
  }

  private static String next(BlockingQueue<String> messages) {
    try {
      String message = messages.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(message).as("the kernel says more").isNotNull();
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Puts whole messages together. */
  private static final class Collecting implements WebSocket.Listener {

    private final BlockingQueue<String> messages;
    private final StringBuilder part = new StringBuilder();

    Collecting(BlockingQueue<String> messages) {
      this.messages = messages;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        messages.add(part.toString());
        part.setLength(0);
      }
      return WebSocket.Listener.super.onText(socket, data, last);
    }
  }
}
