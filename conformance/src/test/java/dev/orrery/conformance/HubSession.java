package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A person's browser at a hub or a single server: cookies, forms, redirects and WebSockets. */
final class HubSession implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern SCOPE = Pattern.compile("name=\"scopes\"[^>]*?value=\"([^\"]*)\"");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String origin;
  private final String user;
  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(LIMIT)
          .build();

  private HubSession(String origin, String user) {
    this.origin = origin;
    this.user = user;
  }

  /** Logs in by the form of the login page. */
  static HubSession logIn(String origin, String user) {
    var session = new HubSession(origin, user);
    session.get("/hub/login");
    HttpResponse<String> answer =
        session.send(
            "POST",
            "/hub/login?next=%2Fhub%2Fhome",
            "application/x-www-form-urlencoded",
            form("username", user)
                + "&"
                + form("password", "any")
                + "&"
                + form("_xsrf", session.xsrf("/hub/")));
    if (answer.statusCode() != 200 || !answer.uri().getPath().equals("/hub/home")) {
      throw new AssertionError(
          "Login ended at "
              + answer.uri()
              + " with "
              + answer.statusCode()
              + ":\n"
              + answer.body());
    }
    return session;
  }

  /** Somebody who has not logged in. */
  static HubSession visitor(String origin) {
    return new HubSession(origin, "");
  }

  /** Makes an account by a link of the hub. */
  static HubSession accept(String origin, String link, String user, String password) {
    var session = new HubSession(origin, user);
    String path = link.substring(origin.length());
    session.get(path);
    HttpResponse<String> answer =
        session.send(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            form("username", user)
                + "&"
                + form("password", password)
                + "&"
                + form("again", password)
                + "&"
                + form("_xsrf", session.xsrf("/hub/")));
    if (answer.statusCode() != 200 || !answer.uri().getPath().equals("/hub/home")) {
      throw new AssertionError(
          "The account was not made: " + answer.statusCode() + "\n" + answer.body());
    }
    return session;
  }

  /**
   * Fills in the form of a page and sends it to the same address.
   *
   * @param fields names and values, in turns
   */
  HttpResponse<String> fill(String path, String... fields) {
    get(path);
    var body = new StringBuilder(form("_xsrf", xsrfFor(path)));
    for (int i = 0; i < fields.length; i += 2) {
      body.append('&').append(form(fields[i], fields[i + 1]));
    }
    return send("POST", path, "application/x-www-form-urlencoded", body.toString());
  }

  private static String form(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Where the server of this user is. */
  String base() {
    return "/user/" + user + "/";
  }

  HttpResponse<String> get(String path) {
    return send("GET", path, "", "");
  }

  /** Asks a REST interface, of the hub or of the user's server, as its pages do. */
  HttpResponse<String> ask(String method, String path, String body) {
    return send(method, path, "application/json", body);
  }

  /** The same, when only a success will do. */
  JsonNode json(String method, String path, String body) {
    HttpResponse<String> answer = ask(method, path, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(
          method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
  }

  private HttpResponse<String> send(String method, String path, String type, String body) {
    var request = HttpRequest.newBuilder(URI.create(origin + path)).timeout(LIMIT);
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
      request.header("X-XSRFToken", xsrfFor(path));
    }
    request.method(
        method,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Of the cookies that a browser would send along, the one of the longest path. */
  private String xsrfFor(String path) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("_xsrf") && path.startsWith(cookie.getPath()))
        .max(Comparator.comparingInt(cookie -> cookie.getPath().length()))
        .map(cookie -> cookie.getValue())
        .orElse("");
  }

  /** What a browser sends along to a path, in one header. */
  String cookies(String path) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> path.startsWith(cookie.getPath()))
        .map(cookie -> cookie.getName() + "=" + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  /** The value against forged requests that the cookie of this very path holds. */
  String xsrf(String path) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("_xsrf") && cookie.getPath().equals(path))
        .map(cookie -> cookie.getValue())
        .findFirst()
        .orElse("");
  }

  /**
   * Goes to a page of somebody else's server and agrees to what the hub then asks: whether that
   * server may know who one is.
   */
  HttpResponse<String> getAgreeing(String path) {
    HttpResponse<String> asked = get(path);
    if (asked.statusCode() != 200 || !asked.uri().getPath().equals("/hub/api/oauth2/authorize")) {
      return asked;
    }
    var fields = new StringBuilder(form("_xsrf", xsrf("/hub/")));
    Matcher scope = SCOPE.matcher(asked.body());
    while (scope.find()) {
      fields.append('&').append(form("scopes", scope.group(1)));
    }
    return send(
        "POST",
        asked.uri().getPath() + "?" + asked.uri().getRawQuery(),
        "application/x-www-form-urlencoded",
        fields.toString());
  }

  /** What a program gets that has a token and no cookie. */
  HttpResponse<String> askWithToken(String path, String token) {
    try (var program = HttpClient.newHttpClient()) {
      return program.send(
          HttpRequest.newBuilder(URI.create(origin + path))
              .timeout(LIMIT)
              .header("Authorization", "token " + token)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Opens the WebSocket of a kernel. */
  Kernel kernel(String id) {
    return kernel(base(), id);
  }

  /** Opens the WebSocket of a kernel of the server at {@code base}. */
  Kernel kernel(String base, String id) {
    String session = UUID.randomUUID().toString();
    String address =
        origin.replace("http:", "ws:")
            + base
            + "api/kernels/"
            + id
            + "/channels?session_id="
            + session
            + "&"
            + form("_xsrf", xsrf(base));
    var incoming = new Incoming();
    WebSocket socket =
        http.newWebSocketBuilder()
            .connectTimeout(LIMIT)
            .header("Origin", origin)
            .buildAsync(URI.create(address), incoming)
            .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .join();
    return new Kernel(session, socket, incoming);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** The channels of a kernel over one WebSocket. */
  record Kernel(String session, WebSocket socket, Incoming incoming) implements AutoCloseable {

    /** Runs a cell and gives what it printed. */
    String execute(String code) {
      String id = UUID.randomUUID().toString();
      var request = JSON.createObjectNode();
      request
          .putObject("header")
          .put("msg_id", id)
          .put("msg_type", "execute_request")
          .put("username", "")
          .put("session", session)
          .put("date", "2026-01-01T00:00:00Z")
          .put("version", "5.4");
      request.putObject("parent_header");
      request.putObject("metadata");
      request.putObject("content").put("code", code).put("silent", false).put("allow_stdin", false);
      request.put("channel", "shell").putArray("buffers");
      socket.sendText(JSON.writeValueAsString(request), true).join();
      var printed = new StringBuilder();
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (true) {
        JsonNode message = next(deadline - System.nanoTime(), printed);
        if (!message.path("parent_header").path("msg_id").asString().equals(id)) {
          continue;
        }
        JsonNode content = message.path("content");
        switch (message.path("msg_type").asString()) {
          case "stream" -> printed.append(content.path("text").asString());
          case "error" -> throw new AssertionError("The cell failed: " + content);
          case "status" -> {
            if (content.path("execution_state").asString().equals("idle")) {
              return printed.toString();
            }
          }
          default -> {}
        }
      }
    }

    private JsonNode next(long nanos, StringBuilder printed) {
      try {
        JsonNode message = incoming.messages.poll(nanos, TimeUnit.NANOSECONDS);
        if (message == null) {
          throw new AssertionError("The cell did not end in time; it printed: " + printed);
        }
        return message;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted", e);
      }
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  /** Messages as they come. */
  static final class Incoming implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        messages.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      webSocket.request(1);
      return CompletableFuture.completedStage(last);
    }
  }
}
