package dev.orrery.conformance.soak;

import dev.orrery.conformance.RunningProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who says through the route API where requests go: the only one, so it knows all routes. */
final class Hub implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String api;
  private final Ledger ledger;
  private final Map<String, String> table = new TreeMap<>();

  /**
   * Begins with an empty table.
   *
   * @param api the address of the route API
   */
  Hub(String api, Ledger ledger) {
    this.api = api;
    this.ledger = ledger;
  }

  /** Adds a route, or makes it lead elsewhere. */
  void lead(Route route, Backend backend) throws IOException {
    change(
        route,
        Route.Leads.to(backend),
        201,
        request(route).POST(BodyPublishers.ofString("{\"target\":\"" + backend.target() + "\"}")));
    table.put(route.path(), backend.target());
  }

  void remove(Route route) throws IOException {
    change(route, Route.Leads.NOWHERE, 204, request(route).DELETE());
    table.remove(route.path());
  }

  /** Does one thing to one of the routes, or compares the proxy's table with its own. */
  void act(List<Route> routes, List<Backend> backends, Random dice) throws IOException {
    Route route = routes.get(dice.nextInt(routes.size()));
    boolean there = !route.leads().none();
    int what = dice.nextInt(10);
    if (what == 0) {
      compare();
    } else if (there && what < 2) {
      remove(route);
    } else {
      lead(route, backends.get(dice.nextInt(backends.size())));
    }
  }

  private void compare() throws IOException {
    JsonNode answer = JSON.readTree(send(HttpRequest.newBuilder(URI.create(api)).GET()).body());
    var theirs = new TreeMap<String, String>();
    answer
        .properties()
        .forEach(route -> theirs.put(route.getKey(), route.getValue().path("target").asString()));
    if (!theirs.equals(table)) {
      ledger.fault("The proxy's routes are " + theirs + " and should be " + table);
    }
  }

  private HttpRequest.Builder request(Route route) {
    return HttpRequest.newBuilder(URI.create(api + route.path()));
  }

  private void change(Route route, Route.Leads next, int status, HttpRequest.Builder request)
      throws IOException {
    route.changing(next);
    int answered = send(request).statusCode();
    if (answered != status) {
      ledger.fault("The route API answered " + answered + " for " + route.path());
    }
    route.changed(next);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(
          request.timeout(Wire.HANG).header("Authorization", "token " + RunningProxy.TOKEN).build(),
          BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
