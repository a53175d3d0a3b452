package dev.orrery.server;

import dev.orrery.http.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The side of a hub that a server sees, on a free port: four endpoints, and faults that a real hub
 * can't be made to have. It checks what a hub checks of PKCE and of the client.
 */
public final class FakeHub implements AutoCloseable {

  public static final String SERVER_TOKEN = "token-of-the-server";
  static final String CLIENT = "jupyterhub-user-anna";

  /** What an endpoint does instead of its work. */
  sealed interface Fault {
    /** Another answer: bytes as they are. */
    record Says(String answer) implements Fault {}

    /** No answer at all until the hub ends. */
    record Silent() implements Fault {}
  }

  private record Code(String token, String challenge) {}

  private final ServerSocket listener;
  private final Map<String, String> users = new ConcurrentHashMap<>();
  private final Map<String, Code> codes = new ConcurrentHashMap<>();
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Queue<String> activity = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lastCode = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Listens at once. */
  public FakeHub() throws IOException {
    this(0);
  }

  private FakeHub(int port) throws IOException {
    listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** What a hub passes to the server of anna. */
  Map<String, String> variables() {
    Map<String, String> env = new LinkedHashMap<>();
    String api = "http://127.0.0.1:" + port() + "/hub/api";
    env.put("JUPYTERHUB_API_TOKEN", SERVER_TOKEN);
    env.put("JUPYTERHUB_CLIENT_ID", CLIENT);
    env.put("JUPYTERHUB_HOST", "");
    env.put("JUPYTERHUB_OAUTH_CALLBACK_URL", "/user/anna/oauth_callback");
    env.put(
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
        "[\"access:servers!server=anna/\", \"access:servers!user=anna\"]");
    env.put("JUPYTERHUB_USER", "anna");
    env.put("JUPYTERHUB_SERVER_NAME", "");
    env.put("JUPYTERHUB_API_URL", api);
    env.put("JUPYTERHUB_ACTIVITY_URL", api + "/users/anna/activity");
    env.put("JUPYTERHUB_BASE_URL", "/");
    env.put("JUPYTERHUB_SERVICE_PREFIX", "/user/anna/");
    env.put("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:0/user/anna/");
    return env;
  }

  /** Makes a token known. */
  void addUser(String token, String name, String... scopes) {
    var model = Json.object().put("kind", "user").put("name", name).put("admin", false);
    var list = model.putArray("scopes");
    for (String scope : scopes) {
      list.add(scope);
    }
    users.put(token, Json.text(model));
  }

  /** The same with a model of any shape. */
  void addModel(String token, String model) {
    users.put(token, model);
  }

  void revoke(String token) {
    users.remove(token);
  }

  void breakDown(String endpoint, Fault fault) {
    faults.put(endpoint, fault);
  }

  void repair() {
    faults.clear();
  }

  /** How often an endpoint was asked: {@code /}, {@code /user}, {@code /oauth2/token}. */
  int asked(String endpoint) {
    return asked.computeIfAbsent(endpoint, _ -> new AtomicInteger()).get();
  }

  /** The reports of activity so far. */
  public List<String> activity() {
    return List.copyOf(activity);
  }

  /**
   * Does with a server's redirect what the hub's pages do when {@code token}'s owner agrees.
   *
   * @return where the browser is sent then
   */
  String agree(String location, String token) {
    Map<String, String> query = form(URI.create(location).getRawQuery());
    if (!location.startsWith("/hub/api/oauth2/authorize?")
        || !CLIENT.equals(query.get("client_id"))
        || !"code".equals(query.get("response_type"))
        || !"S256".equals(query.get("code_challenge_method"))
        || !query.getOrDefault("redirect_uri", "").matches("/user/anna/(gpu/)?oauth_callback")) {
      throw new AssertionError("A hub would not take " + location);
    }
    String code = "code-" + lastCode.incrementAndGet();
    codes.put(code, new Code(token, query.getOrDefault("code_challenge", "")));
    return query.get("redirect_uri") + "?code=" + code + "&state=" + query.get("state");
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String[] request = line(in).split(" ");
      int length = 0;
      String token = "";
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        String[] parts = header.split(": ", 2);
        switch (parts[0]) {
          case "Content-Length" -> length = Integer.parseInt(parts[1]);
          case "Authorization" -> token = parts[1].replaceFirst("^token ", "");
          default -> {}
        }
      }
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      OutputStream out = socket.getOutputStream();
      String endpoint = request[1].replaceFirst("^/hub/api", "");
      asked.computeIfAbsent(endpoint, _ -> new AtomicInteger()).incrementAndGet();
      switch (faults.get(endpoint)) {
        case Fault.Says(String answer) -> out.write(answer.getBytes(StandardCharsets.UTF_8));
        case Fault.Silent _ -> ended.await();
        case null -> out.write(answer(endpoint, token, body).getBytes(StandardCharsets.UTF_8));
      }
      out.flush();
    } catch (IOException e) {
      // The server gave up.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String answer(String endpoint, String token, String body) {
    return switch (endpoint) {
      case "/" -> http(200, "{\"version\": \"6.1.1\"}");
      case "/user" ->
          users.containsKey(token)
              ? http(200, users.get(token))
              : http(403, "{\"status\": 403, \"message\": null}");
      case "/oauth2/token" -> exchange(form(body));
      case "/users/anna/activity" -> {
        if (!token.equals(SERVER_TOKEN)) {
          yield http(403, "{}");
        }
        activity.add(body);
        yield http(200, "{}");
      }
      default -> http(404, "{}");
    };
  }

  private String exchange(Map<String, String> form) {
    boolean client =
        CLIENT.equals(form.get("client_id")) && SERVER_TOKEN.equals(form.get("client_secret"));
    if (!client) {
      return http(401, "{\"error\": \"invalid_client\"}");
    }
    Code code = codes.remove(form.getOrDefault("code", ""));
    if (code == null || !code.challenge.equals(challenge(form.getOrDefault("code_verifier", "")))) {
      return http(400, "{\"error\": \"invalid_grant\"}");
    }
    return http(200, "{\"access_token\": \"" + code.token + "\", \"token_type\": \"Bearer\"}");
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String http(int status, String body) {
    return "HTTP/1.1 "
        + status
        + " X\r\nContent-Type: application/json\r\nX-JupyterHub-Version: 6.1.1\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static Map<String, String> form(String text) {
    var fields = new LinkedHashMap<String, String>();
    for (String pair : text.split("&")) {
      String[] parts = pair.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return fields;
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
