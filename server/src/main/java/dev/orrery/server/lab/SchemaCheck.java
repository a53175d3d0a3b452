package dev.orrery.server.lab;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks a value against the part of JSON Schema draft 7 that settings schemas use: types,
 * properties, items, enums, bounds, patterns, combinations and local references. Keywords it does
 * not know constrain nothing, as the standard rules; a general validator costs seven tenths of a
 * second to load.
 */
final class SchemaCheck {

  /** References can run in circles. */
  private static final int MAX_DEPTH = 64;

  private final JsonNode root;

  private SchemaCheck(JsonNode root) {
    this.root = root;
  }

  /** What is wrong with {@code value}, in a sentence; empty when it fits. */
  static Optional<String> problem(ObjectNode schema, JsonNode value) {
    return new SchemaCheck(schema).check(schema, value, "instance", 0);
  }

  private Optional<String> check(JsonNode schema, JsonNode value, String at, int depth) {
    if (depth > MAX_DEPTH) {
      return Optional.of(at + " is checked by a schema that refers to itself");
    }
    if (schema.isBoolean()) {
      return schema.asBoolean() ? Optional.empty() : Optional.of(at + " is not allowed");
    }
    if (schema.path("$ref").isString()) {
      return check(resolve(schema.path("$ref").asString()), value, at, depth + 1);
    }
    return type(schema, value, at)
        .or(() -> values(schema, value, at))
        .or(() -> bounds(schema, value, at))
        .or(() -> properties(schema, value, at, depth))
        .or(() -> items(schema, value, at, depth))
        .or(() -> combinations(schema, value, at, depth));
  }

  private JsonNode resolve(String reference) {
    // Pointers into the same document are the only kind in use; anything else constrains nothing.
    return reference.startsWith("#")
        ? root.at(reference.substring(1))
        : JsonNodeFactory.instance.missingNode();
  }

  private static Optional<String> type(JsonNode schema, JsonNode value, String at) {
    JsonNode type = schema.path("type");
    if (type.isMissingNode()) {
      return Optional.empty();
    }
    boolean fits =
        type.isArray()
            ? type.valueStream().anyMatch(one -> isOf(one.asString(""), value))
            : isOf(type.asString(""), value);
    String wanted =
        type.isArray()
            ? String.join(" or ", type.valueStream().map(one -> one.asString("")).toList())
            : type.asString("");
    return fits
        ? Optional.empty()
        : Optional.of(at + " is " + shown(value) + ", not of type " + wanted);
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      case "integer" -> value.isNumber() && isWhole(value.decimalValue());
      default -> true;
    };
  }

  private static boolean isWhole(BigDecimal number) {
    return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static Optional<String> values(JsonNode schema, JsonNode value, String at) {
    JsonNode allowed = schema.path("enum");
    if (allowed.isArray() && allowed.valueStream().noneMatch(value::equals)) {
      return Optional.of(at + " is " + shown(value) + ", not one of " + shown(allowed));
    }
    JsonNode constant = schema.path("const");
    return constant.isMissingNode() || constant.equals(value)
        ? Optional.empty()
        : Optional.of(at + " is " + shown(value) + ", not " + shown(constant));
  }

  private static Optional<String> bounds(JsonNode schema, JsonNode value, String at) {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      if (schema.path("minimum").isNumber()
          && number.compareTo(schema.path("minimum").decimalValue()) < 0) {
        return Optional.of(
            at + " is " + number + ", less than the least value " + schema.path("minimum"));
      }
      if (schema.path("maximum").isNumber()
          && number.compareTo(schema.path("maximum").decimalValue()) > 0) {
        return Optional.of(
            at + " is " + number + ", more than the largest value " + schema.path("maximum"));
      }
    }
    if (value.isString()) {
      String text = value.asString();
      int length = text.codePointCount(0, text.length());
      if (length < schema.path("minLength").asInt(0)
          || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
        return Optional.of(at + " has " + length + " characters, which is not within its bounds");
      }
      if (schema.path("pattern").isString() && !matches(schema.path("pattern").asString(), text)) {
        return Optional.of(
            at + " is " + shown(value) + ", which does not match " + schema.path("pattern"));
      }
    }
    return Optional.empty();
  }

  private static boolean matches(String pattern, String text) {
    try {
      return Pattern.compile(pattern).matcher(text).find();
    } catch (PatternSyntaxException e) {
      // ECMAScript has constructs Java lacks; refusing the user's value for that would be worse.
      return true;
    }
  }

  private Optional<String> properties(JsonNode schema, JsonNode value, String at, int depth) {
    if (!(value instanceof ObjectNode object)) {
      return Optional.empty();
    }
    for (JsonNode required : schema.path("required")) {
      if (!object.has(required.asString(""))) {
        return Optional.of(at + " lacks '" + required.asString("") + "'");
      }
    }
    JsonNode declared = schema.path("properties");
    JsonNode patterns = schema.path("patternProperties");
    JsonNode others = schema.path("additionalProperties");
    for (var entry : object.properties()) {
      String inside = at + "['" + entry.getKey() + "']";
      boolean known = declared.has(entry.getKey());
      if (known) {
        Optional<String> problem =
            check(declared.get(entry.getKey()), entry.getValue(), inside, depth + 1);
        if (problem.isPresent()) {
          return problem;
        }
      }
      for (var pattern : patterns.properties()) {
        if (matches(pattern.getKey(), entry.getKey())) {
          known = true;
          Optional<String> problem = check(pattern.getValue(), entry.getValue(), inside, depth + 1);
          if (problem.isPresent()) {
            return problem;
          }
        }
      }
      if (!known && !others.isMissingNode()) {
        Optional<String> problem = check(others, entry.getValue(), inside, depth + 1);
        if (problem.isPresent()) {
          return problem;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> items(JsonNode schema, JsonNode value, String at, int depth) {
    if (!value.isArray()) {
      return Optional.empty();
    }
    if (value.size() < schema.path("minItems").asInt(0)
        || value.size() > schema.path("maxItems").asInt(Integer.MAX_VALUE)) {
      return Optional.of(at + " has " + value.size() + " items, which is not within its bounds");
    }
    if (schema.path("uniqueItems").asBoolean(false)
        && Set.copyOf(value.valueStream().toList()).size() < value.size()) {
      return Optional.of(at + " has the same item twice");
    }
    JsonNode items = schema.path("items");
    for (int i = 0; i < value.size(); i++) {
      JsonNode one = items.isArray() ? items.path(i) : items;
      if (!one.isMissingNode()) {
        Optional<String> problem = check(one, value.get(i), at + "[" + i + "]", depth + 1);
        if (problem.isPresent()) {
          return problem;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> combinations(JsonNode schema, JsonNode value, String at, int depth) {
    for (JsonNode all : schema.path("allOf")) {
      Optional<String> problem = check(all, value, at, depth + 1);
      if (problem.isPresent()) {
        return problem;
      }
    }
    for (String key : List.of("anyOf", "oneOf")) {
      JsonNode choices = schema.path(key);
      if (choices.isArray()) {
        long fitting =
            choices.valueStream().filter(one -> check(one, value, at, depth + 1).isEmpty()).count();
        if (fitting == 0 || key.equals("oneOf") && fitting > 1) {
          return Optional.of(
              at + " is " + shown(value) + ", which fits " + fitting + " of the choices it has");
        }
      }
    }
    JsonNode not = schema.path("not");
    return not.isMissingNode() || check(not, value, at, depth + 1).isPresent()
        ? Optional.empty()
        : Optional.of(at + " is " + shown(value) + ", which is excluded");
  }
}
