package dev.orrery.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as plain values of Java, and back: {@code String}, {@code Boolean}, {@code Long}, {@code
 * Double}, {@code List} and {@code Map}. What is null is left out.
 */
public final class PlainJson {

  private PlainJson() {}

  /**
   * The text of a JSON object.
   *
   * @throws IllegalArgumentException when there is something else among the values
   */
  public static String text(Map<String, ?> values) {
    return Json.text(object(values));
  }

  /** What the text of a JSON object says; nothing where there is none. */
  public static Map<String, Object> map(Optional<String> json) {
    return json.isEmpty() ? Map.of() : map(Json.parse(json.get()));
  }

  /** What a JSON object says. */
  public static Map<String, Object> map(JsonNode object) {
    var map = new LinkedHashMap<String, Object>();
    object
        .properties()
        .forEach(entry -> {
          Object value = value(entry.getValue());
          if (value != null) {
            map.put(entry.getKey(), value);
          }
        });
    return map;
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isObject()) {
      return map(node);
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.valueStream()
          .forEach(item -> {
            Object value = value(item);
            if (value != null) {
              list.add(value);
            }
          });
      return list;
    }
    if (node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    return node.isNumber() ? (Object) node.asDouble() : node.asString();
  }

  /**
   * The JSON object.
   *
   * @throws IllegalArgumentException when there is something else among the values
   */
  public static ObjectNode object(Map<String, ?> values) {
    ObjectNode object = Json.object();
    values.forEach((key, value) -> object.set(key, node(value)));
    return object;
  }

  private static JsonNode node(Object value) {
    return switch (value) {
      case String text -> JsonNodeFactory.instance.stringNode(text);
      case Boolean bool -> JsonNodeFactory.instance.booleanNode(bool);
      case Integer number -> JsonNodeFactory.instance.numberNode(number);
      case Long number -> JsonNodeFactory.instance.numberNode(number);
      case Double number -> JsonNodeFactory.instance.numberNode(number);
      case List<?> list -> {
        ArrayNode array = Json.array();
        list.forEach(item -> array.add(node(item)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = Json.object();
        map.forEach((key, item) -> object.set(String.valueOf(key), node(item)));
        yield object;
      }
      default -> throw new IllegalArgumentException("No plain value: " + value.getClass());
    };
  }
}
