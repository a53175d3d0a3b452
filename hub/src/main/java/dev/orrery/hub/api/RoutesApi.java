package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.routes.RoutesException;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.settings.HubSettings;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The front door: where it leads, whether that is right, and which one it is. */
final class RoutesApi {

  private static final System.Logger LOG = System.getLogger(RoutesApi.class.getName());

  private final Routes door;
  private final ServerLifecycle servers;
  private final HubSettings.Api settings;

  RoutesApi(Routes door, ServerLifecycle servers, HubSettings.Api settings) {
    this.door = door;
    this.servers = servers;
    this.settings = settings;
  }

  void declare(Operations operations) {
    Needs needs = Needs.everywhere(StandardScope.PROXY);
    operations.add("GET", "/proxy", "Read where the proxy leads", needs, this::list);
    operations.add(
        "POST", "/proxy", "Compare where the proxy leads with where it should", needs, this::check);
    operations.add("PATCH", "/proxy", "Go on with another proxy", needs, this::move);
  }

  private void list(Exchange exchange, Visitor visitor) {
    Pages page = Pages.of(exchange, settings.pageDefault(), settings.pageMost());
    var ours = new TreeMap<String, Routes.Route>();
    asked(door::all)
        .forEach((path, route) -> {
          if (route.isOurs()) {
            ours.put(path, route);
          }
        });
    ObjectNode shown = Json.object();
    ours.entrySet().stream()
        .skip(page.offset())
        .limit(page.limit())
        .forEach(entry -> shown.set(entry.getKey(), model(entry)));
    page.send(exchange, shown, ours.size());
  }

  private static ObjectNode model(Map.Entry<String, Routes.Route> entry) {
    ObjectNode model = Json.object();
    model.put("routespec", entry.getKey()).put("target", entry.getValue().target());
    ObjectNode data = entry.getValue().data();
    data.remove("jupyterhub");
    model.set("data", data);
    return model;
  }

  private void check(Exchange exchange, Visitor visitor) {
    asked(() -> {
      servers.checkRoutes();
      return true;
    });
    exchange.set("Content-Type", "application/json");
    exchange.sendEmpty(200);
  }

  private void move(Exchange exchange, Visitor visitor) throws IOException {
    JsonNode body = exchange.json().orElseThrow(() -> new HttpException(400, "need JSON body"));
    if (!(body instanceof ObjectNode fields)) {
      throw new HttpException(400, "Request body must be JSON dict");
    }
    Optional<URI> api = Bodies.optionalText(fields, "api_url").map(RoutesApi::address);
    Optional<String> token = Bodies.optionalText(fields, "auth_token");
    door.move(api, token);
    LOG.log(
        System.Logger.Level.INFO,
        visitor.name() + " named another proxy" + api.map(to -> " at " + to).orElse(""));
    check(exchange, visitor);
  }

  private static URI address(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new HttpException(
        400,
        "api_url must be the address of a proxy's API, such as http://127.0.0.1:8001, not '"
            + Bodies.shown(text)
            + "'");
  }

  private interface Question<T> {
    T ask();
  }

  private static <T> T asked(Question<T> question) {
    try {
      return question.ask();
    } catch (RoutesException e) {
      throw new HttpException(503, String.valueOf(e.getMessage()));
    }
  }
}
