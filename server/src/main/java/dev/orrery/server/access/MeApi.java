package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/me}: who the visitor is and what they may do. */
public final class MeApi {

  private final Access access;
  private final IdentityProvider identities;

  /** Answers with what {@code identities} says. */
  public MeApi(Access access, IdentityProvider identities) {
    this.access = access;
    this.identities = identities;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api/me", access.api(this::me));
    routes.add(Routes.Kind.API, "PATCH", "/api/me", access.api(this::changeMe));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/me", access::preflight);
  }

  private void me(Exchange exchange) {
    Identity identity = visitor(exchange).identity();
    ObjectNode permissions = Json.object();
    Optional<String> asked = exchange.query("permissions").filter(text -> !text.isEmpty());
    if (asked.isPresent()) {
      addPermissions(asked.get(), permissions);
    }
    var updatable = permissions.putArray("updatable_fields");
    identities.updatableFields().forEach(updatable::add);
    ObjectNode answer = Json.object();
    answer.set("identity", identity.toJson());
    answer.set("permissions", permissions);
    exchange.sendJson(200, answer);
  }

  /** Everyone who is in may do everything: the question is repeated as the answer. */
  private static void addPermissions(String asked, ObjectNode permissions) {
    JsonNode wanted;
    try {
      wanted = Json.parse(asked);
    } catch (JacksonException e) {
      throw new HttpException(
          400,
          "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
              + shown(asked)
              + "'");
    }
    if (!wanted.isObject()) {
      throw new HttpException(
          400,
          "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
              + shown(asked)
              + "'");
    }
    for (var entry : wanted.properties()) {
      if (!entry.getValue().isArray()
          || entry.getValue().valueStream().anyMatch(action -> !action.isString())) {
        throw new HttpException(
            400,
            "permissions should be a JSON dict of {\"resource\":[\"action\",]}, got '"
                + shown(asked)
                + "'");
      }
      permissions.set(entry.getKey(), entry.getValue());
    }
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private void changeMe(Exchange exchange) throws IOException {
    Identity changed =
        visitor(exchange).identity().with(exchange.jsonObject(), identities.updatableFields());
    identities.update(exchange, changed);
    exchange.sendJson(
        200, Json.object().put("status", "success").set("identity", changed.toJson()));
  }

  private static Visitor visitor(Exchange exchange) {
    return exchange.attribute(Visitor.class).orElseThrow(() -> new HttpException(403, "Forbidden"));
  }
}
