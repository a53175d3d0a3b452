package dev.orrery.hub.api;

import static java.util.Objects.requireNonNull;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What clients send, checked by kind. */
final class Bodies {

  private Bodies() {}

  /**
   * A body that is an object, as which nothing counts too.
   *
   * @throws HttpException 400 for another kind
   */
  static ObjectNode object(Optional<JsonNode> body) {
    JsonNode given = body.orElseGet(Json::object);
    if (given instanceof ObjectNode object) {
      return object;
    }
    throw new HttpException(400, "Body must be a JSON dict or empty");
  }

  /**
   * Texts in a field.
   *
   * @throws HttpException 400 when it is not a list of texts
   */
  static List<String> texts(ObjectNode body, String field) {
    JsonNode list = body.path(field);
    if (!list.isArray() || list.valueStream().anyMatch(item -> !item.isString())) {
      throw new HttpException(400, field + " must be a list of strings");
    }
    var texts = new ArrayList<String>();
    list.valueStream().forEach(item -> texts.add(item.asString()));
    return texts;
  }

  /**
   * Texts in a field that may be left out, or null.
   *
   * @throws HttpException 400 when it is something else
   */
  static Optional<List<String>> optionalTexts(ObjectNode body, String field) {
    JsonNode value = body.path(field);
    return value.isMissingNode() || value.isNull()
        ? Optional.empty()
        : Optional.of(texts(body, field));
  }

  /**
   * A text in a field that may be left out, or null.
   *
   * @throws HttpException 400 when it is something else, or empty
   */
  static Optional<String> optionalText(ObjectNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString() || value.asString().isEmpty()) {
      throw new HttpException(400, field + " must be a string that is not empty");
    }
    return Optional.of(value.asString());
  }

  /** Refuses fields that mean nothing here. */
  static void refuseOthers(ObjectNode body, Set<String> fields) {
    for (String field : body.propertyNames()) {
      if (!fields.contains(field)) {
        throw new HttpException(
            400,
            "Unexpected field: '"
                + shown(field)
                + "'; the fields are "
                + String.join(", ", fields.stream().sorted().toList()));
      }
    }
  }

  /** Refuses what is no field of this model, or of another kind. */
  static void check(ObjectNode body, Map<String, String> kinds) {
    refuseOthers(body, kinds.keySet());
    for (var field : body.properties()) {
      String kind = requireNonNull(kinds.get(field.getKey()));
      JsonNode value = field.getValue();
      boolean fits =
          switch (kind) {
            case "str" -> value.isString();
            case "bool" -> value.isBoolean();
            case "list" -> value.isArray();
            case "dict" -> value.isObject() || value.isNull();
            default -> throw new IllegalArgumentException(kind);
          };
      if (!fits) {
        throw new HttpException(400, "user." + field.getKey() + " must be a " + kind);
      }
    }
  }

  /** Text of a client for a message. */
  static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
