import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * People and servers of a hub: what they ask for here is what its cache remembers as worth compiling. Ends when so many
 * requests were answered, or when the time is up. Arguments: address of the hub, token of an administrator, their name,
 * number, seconds.
 */
public final class HubLoad {

  private static final int PEOPLE = 200;
  private static final int CLIENTS = 8;
  private static final int STARTS = 600;

  private final String hub;
  private final String token;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HubLoad(String hub, String token) {
    this.hub = hub;
    this.token = token;
  }

  public static void main(String[] arguments) throws Exception {
    var load = new HubLoad(arguments[0], arguments[1]);
    String admin = arguments[2];
    int wanted = Integer.parseInt(arguments[3]);
    long end = System.nanoTime() + Long.parseLong(arguments[4]) * 1_000_000_000L;
    load.people();
    load.browser(admin);
    load.server(admin);
    var done = new AtomicInteger();
    together(() -> {
      for (int turn = done.incrementAndGet(); turn <= wanted && System.nanoTime() < end; turn = done.incrementAndGet()) {
        load.turn(turn, admin);
      }
    });
    var started = new AtomicInteger();
    together(() -> {
      for (int turn = started.getAndIncrement(); turn < STARTS; turn = started.getAndIncrement()) {
        load.server("u" + turn % PEOPLE);
      }
    });
    System.out.println(done + " requests");
  }

  private interface Part {
    void run() throws IOException, InterruptedException;
  }

  /** Does it several times at once. */
  private static void together(Part part) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(() -> {
          part.run();
          return null;
        });
      }
      for (Future<Void> one : threads.invokeAll(clients)) {
        one.get();
      }
    }
  }

  /** One request of those that come all day. */
  private void turn(int turn, String admin) throws IOException, InterruptedException {
    if (turn % 50 == 0) {
      ask("GET", "/hub/api/users?limit=" + PEOPLE, "", 200);
    } else if (turn % 3 == 0) {
      String now = Instant.now().toString();
      ask(
          "POST",
          "/hub/api/users/" + admin + "/activity",
          "{\"servers\": {\"\": {\"last_activity\": \"" + now + "\"}}, \"last_activity\": \"" + now + "\"}",
          200);
    } else {
      ask("GET", "/hub/api/user", "", 200);
    }
  }

  private void people() throws IOException, InterruptedException {
    String names = IntStream.range(0, PEOPLE).mapToObj(i -> "\"u" + i + "\"").collect(Collectors.joining(", "));
    ask("POST", "/hub/api/users", "{\"usernames\": [" + names + "]}", 201);
    ask("POST", "/hub/api/groups/all", "{}", 201);
    ask("POST", "/hub/api/groups/all/users", "{\"users\": [" + names + "]}", 200);
    for (String path : List.of("/", "/info", "/groups", "/services", "/proxy", "/users/u1", "/users/nobody")) {
      ask("GET", "/hub/api" + path, "", 0);
    }
    ask("POST", "/hub/api/users/u1/tokens", "{\"note\": \"train\"}", 201);
    ask("GET", "/hub/api/users/u1/tokens", "", 200);
  }

  /** What a browser does between the login and the home page. */
  private void browser(String name) throws IOException, InterruptedException {
    HttpClient browser =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    String form = page(browser, HttpRequest.newBuilder(URI.create(hub + "/hub/login")).build());
    String field = "name=\"_xsrf\" value=\"";
    int start = form.indexOf(field) + field.length();
    String body = "username=" + name + "&password=x&_xsrf=" + form.substring(start, form.indexOf('"', start));
    page(
        browser,
        HttpRequest.newBuilder(URI.create(hub + "/hub/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build());
    for (String path : List.of("/hub/home", "/hub/nowhere", "/hub/api/user")) {
      page(browser, HttpRequest.newBuilder(URI.create(hub + path)).header("Referer", hub + "/hub/home").build());
    }
  }

  private static String page(HttpClient browser, HttpRequest request) throws IOException, InterruptedException {
    return browser.send(request, BodyHandlers.ofString()).body();
  }

  /** One server from its start to its end. */
  private void server(String name) throws IOException, InterruptedException {
    ask("POST", "/hub/api/users/" + name + "/server", "", 201);
    ask("GET", "/hub/api/users/" + name + "/server/progress", "", 200);
    ask("DELETE", "/hub/api/users/" + name + "/server", "", 204);
  }

  private void ask(String method, String path, String body, int expected) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(hub + path))
            .header("Authorization", "token " + token)
            .header("Content-Type", "application/json")
            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    if (expected != 0 && answer.statusCode() != expected) {
      throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }
}
