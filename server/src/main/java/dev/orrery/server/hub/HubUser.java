package dev.orrery.server.hub;

import dev.orrery.server.access.Identity;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whom a token belongs to, as the hub says.
 *
 * @param kind {@code user} or {@code service}
 * @param scopes what the token may do, expanded by the hub
 */
record HubUser(String kind, Identity identity, Set<String> scopes) {

  private static final int MAX_FIELD = 1_000;

  HubUser {
    scopes = Set.copyOf(scopes);
  }

  String name() {
    return identity.username();
  }

  /** The user model of the hub's API; empty when it is none. */
  static Optional<HubUser> fromJson(JsonNode model) {
    String name = model.path("name").asString("");
    if (name.isEmpty() || !model.path("scopes").isArray()) {
      return Optional.empty();
    }
    Set<String> scopes =
        model
            .path("scopes")
            .valueStream()
            .filter(JsonNode::isString)
            .map(JsonNode::asString)
            .collect(Collectors.toSet());
    JsonNode info = model.path("user_info");
    String fullName = text(info, "name").orElse(name);
    var identity =
        new Identity(
            name,
            fullName,
            text(info, "display_name").orElse(fullName),
            orNull(info, "initials"),
            orNull(info, "avatar_url"),
            orNull(info, "color"));
    return Optional.of(new HubUser(model.path("kind").asString("user"), identity, scopes));
  }

  private static Optional<String> text(JsonNode info, String field) {
    return Optional.of(info.path(field))
        .filter(JsonNode::isString)
        .map(JsonNode::asString)
        .filter(value -> !value.isEmpty() && value.length() <= MAX_FIELD);
  }

  private static @Nullable String orNull(JsonNode info, String field) {
    return text(info, field).orElse(null);
  }
}
