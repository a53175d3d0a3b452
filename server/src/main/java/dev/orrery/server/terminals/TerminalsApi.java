package dev.orrery.server.terminals;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.http.WebSocketOptions;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.Timestamps;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/terminals} and the WebSockets of terminals. */
public final class TerminalsApi {

  private final Terminals terminals;
  private final Access access;
  private final WebSocketOptions socketOptions;

  /** Serves {@code terminals}. */
  public TerminalsApi(Terminals terminals, Access access, WebSocketOptions socketOptions) {
    this.terminals = terminals;
    this.access = access;
    this.socketOptions = socketOptions;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api/terminals", access.api(this::list));
    routes.add(Routes.Kind.API, "POST", "/api/terminals", access.api(this::create));
    routes.add(
        Routes.Kind.API,
        "GET",
        "/api/terminals/{name}",
        access.api(e -> e.sendJson(200, model(terminal(e)))));
    routes.add(Routes.Kind.API, "DELETE", "/api/terminals/{name}", access.api(this::delete));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/terminals", access::preflight);
    routes.add(Routes.Kind.API, "OPTIONS", "/api/terminals/{name}", access::preflight);
    routes.add(Routes.Kind.API, "GET", "/terminals/websocket/{name}", access.socket(this::connect));
  }

  private void list(Exchange exchange) {
    ArrayNode list = Json.array();
    terminals.list().forEach(terminal -> list.add(model(terminal)));
    exchange.sendJson(200, list);
  }

  private static ObjectNode model(Terminal terminal) {
    return Json.object()
        .put("name", terminal.name())
        .put("last_activity", Timestamps.of(terminal.lastActivity()));
  }

  private void create(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    Optional<String> name = Json.field(body, "name");
    if (name.filter(given -> !given.matches("\\w{1,64}")).isPresent()) {
      throw new HttpException(
          400, "A terminal's name is a word of at most 64 letters, digits and underscores");
    }
    // 200 and not 201: the official client checks for it.
    exchange.sendJson(200, model(terminals.start(name, Json.field(body, "cwd"))));
  }

  private Terminal terminal(Exchange exchange) {
    String name = exchange.parameter("name");
    return terminals
        .find(name)
        .orElseThrow(() -> new HttpException(404, "Terminal not found: " + name));
  }

  private void delete(Exchange exchange) {
    terminals.end(terminal(exchange));
    exchange.sendEmpty(204);
  }

  private void connect(Exchange exchange) {
    Terminal terminal = terminal(exchange);
    exchange.upgrade(socketOptions, Optional.empty(), new TerminalSocket(terminal));
  }
}
