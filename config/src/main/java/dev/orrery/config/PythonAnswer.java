package dev.orrery.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the lines that {@code evaluate.py} writes. In them every object has one key that says what
 * it is: {@code d} a dictionary, {@code b} bytes, {@code f} a number without a JSON form, {@code l}
 * changes to a list or dictionary, {@code u} what a value without a plain form is.
 */
final class PythonAnswer {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(500)
                  .maxNumberLength(5_000)
                  .maxStringLength(16 * 1024 * 1024)
                  .build())
          .build();

  private PythonAnswer() {}

  /** The one member of a line: {@code start}, {@code values} or {@code error}. */
  static Optional<Map.Entry<String, Object>> line(String line) {
    if (!line.startsWith("{\"")) {
      return Optional.empty();
    }
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), line)) {
      parser.nextToken();
      return read(parser) instanceof Map<?, ?> map && map.size() == 1
          ? map.entrySet().stream()
              .findFirst()
              .map(entry -> Map.entry(String.valueOf(entry.getKey()), value(entry.getValue())))
          : Optional.empty();
    } catch (JacksonException e) {
      // A line of somebody else, e.g. of a start-up file of this Python; ours are counted.
      return Optional.empty();
    }
  }

  private static Object value(@Nullable Object value) {
    return value == null ? "" : value;
  }

  private static @Nullable Object read(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = String.valueOf(parser.currentName());
          parser.nextToken();
          map.put(key, read(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser));
        }
        yield items;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT -> PlainValues.whole(new BigInteger(parser.getString()));
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> parser.getString();
    };
  }

  /** What one file set. */
  static Layer layer(Object values, int rank, String file) {
    var layer = new Layer();
    for (Object entry : items(values)) {
      List<?> parts = items(entry);
      var origin = new Origin(place(parts.get(3), file), rank);
      layer.put(
          String.valueOf(parts.get(0)), String.valueOf(parts.get(1)), raw(parts.get(2), origin));
    }
    return layer;
  }

  /** {@code file:line} as far as known. */
  static String place(@Nullable Object place, String file) {
    List<?> parts = items(place);
    if (parts.size() != 2) {
      return file;
    }
    return parts.get(1) == null ? parts.get(0) + "" : parts.get(0) + ":" + parts.get(1);
  }

  private static Raw raw(@Nullable Object encoded, Origin origin) {
    if (encoded instanceof Map<?, ?> map) {
      if (map.containsKey("u")) {
        return new Raw.Unusable(String.valueOf(map.get("u")), origin);
      }
      if (map.get("l") instanceof Map<?, ?> changes) {
        return changes(changes, origin);
      }
    }
    return new Raw.Plain(decode(encoded), origin);
  }

  private static Raw changes(Map<?, ?> changes, Origin origin) {
    List<Raw.Insert> inserts = new ArrayList<>();
    for (Object insert : items(changes.get("inserts"))) {
      List<?> parts = items(insert);
      inserts.add(
          new Raw.Insert(
              parts.get(0) instanceof Long index ? index : Long.MAX_VALUE, decode(parts.get(1))));
    }
    return new Raw.Changes(
        decodeAll(items(changes.get("prepend"))),
        decodeAll(items(changes.get("extend"))),
        inserts,
        Optional.ofNullable(decode(changes.get("update"))),
        origin);
  }

  private static @Nullable Object decode(@Nullable Object encoded) {
    if (encoded instanceof List<?> items) {
      return decodeAll(items);
    }
    if (!(encoded instanceof Map<?, ?> map)) {
      return encoded;
    }
    if (map.get("d") instanceof Map<?, ?> dictionary) {
      Map<String, @Nullable Object> decoded = new LinkedHashMap<>();
      dictionary.forEach((key, value) -> decoded.put(String.valueOf(key), decode(value)));
      return decoded;
    }
    if (map.get("b") instanceof String base64) {
      return Base64.getDecoder().decode(base64);
    }
    return switch (String.valueOf(map.get("f"))) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  private static List<@Nullable Object> decodeAll(List<?> items) {
    List<@Nullable Object> decoded = new ArrayList<>();
    items.forEach(item -> decoded.add(decode(item)));
    return decoded;
  }

  private static List<?> items(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
