package dev.orrery.hub.routes;

import dev.orrery.http.Json;
import dev.orrery.hub.routes.OutgoingHttp.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The table of a proxy that speaks the route API of configurable-http-proxy. */
public final class ProxyApi implements Routes {

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 3;

  private final OutgoingHttp client = new OutgoingHttp(CONNECT);
  private final ProxyPlace place;

  /** Speaks to the API of the proxy at {@code place}. */
  public ProxyApi(ProxyPlace place) {
    this.place = place;
  }

  @Override
  public void move(Optional<URI> api, Optional<String> token) {
    place.move(api, token);
  }

  @Override
  public Map<String, Route> all() {
    var routes = new LinkedHashMap<String, Route>();
    JsonNode table = parse(send("GET", "", "", 200).body());
    table
        .properties()
        .forEach(entry -> {
          if (entry.getValue() instanceof ObjectNode data) {
            String target = data.path("target").asString("");
            data.remove("target");
            routes.put(slashed(entry.getKey()), new Route(target, data));
          }
        });
    return routes;
  }

  private static String slashed(String path) {
    return path.endsWith("/") ? path : path + "/";
  }

  private JsonNode parse(String body) {
    try {
      return Json.parse(body);
    } catch (JacksonException e) {
      throw new RoutesException(
          "The proxy's API at " + place.now().api() + " answers with something else", e);
    }
  }

  @Override
  public void put(String path, Route route) {
    ObjectNode body = route.data();
    body.put("target", route.target());
    body.put(Route.OURS, true);
    send("POST", bare(path), Json.text(body), 201);
  }

  @Override
  public void remove(String path) {
    send("DELETE", bare(path), "", 204, 404);
  }

  /** The API's paths have no slash at their end. */
  private static String bare(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Whether the proxy answers. */
  public boolean isUp() {
    try {
      return ask(place.now(), "GET", "", "").status() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer ask(ProxyPlace.Place now, String method, String path, String body)
      throws IOException, InterruptedException {
    return client.ask(
        method,
        URI.create(now.api() + "/api/routes" + path),
        Map.of("Authorization", "token " + now.token()),
        body,
        ANSWER);
  }

  private Answer send(String method, String path, String body, int... expected) {
    for (int attempt = 1; ; attempt++) {
      ProxyPlace.Place now = place.now();
      try {
        Answer answer = ask(now, method, path, body);
        for (int status : expected) {
          if (answer.status() == status) {
            return answer;
          }
        }
        if (answer.status() < 500 || attempt == ATTEMPTS) {
          throw new RoutesException(
              "The proxy's API at "
                  + now.api()
                  + " answered "
                  + answer.status()
                  + (answer.status() == 403
                      ? ": its token (CONFIGPROXY_AUTH_TOKEN) is another one"
                      : ""));
        }
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new RoutesException(
              "The proxy's API at " + now.api() + " does not answer: " + e, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RoutesException("Interrupted while talking to the proxy", e);
      }
      pause(attempt);
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(Duration.ofMillis(200L * attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RoutesException("Interrupted while talking to the proxy", e);
    }
  }
}
