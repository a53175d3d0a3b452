package dev.orrery.kernel.message;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads strings out of a part of a message without building a tree. */
public final class JsonFields {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private JsonFields() {}

  private interface Value<T> {
    Optional<T> read(JsonToken token, JsonParser parser);
  }

  /**
   * The string value of a field.
   *
   * @param json UTF-8; what is no JSON object has no fields
   * @param path the field's name, or the names of the objects it is in and its own
   * @return the empty string when there is none
   */
  public static String string(byte[] json, String... path) {
    return at(
            json,
            (token, parser) ->
                token == JsonToken.VALUE_STRING
                    ? Optional.of(parser.getString())
                    : Optional.empty(),
            path)
        .orElse("");
  }

  /** The value of a field that is a whole number; empty for anything else. */
  public static Optional<Integer> number(byte[] json, String field) {
    return at(
        json,
        (token, parser) ->
            token == JsonToken.VALUE_NUMBER_INT
                ? Optional.of(parser.getIntValue())
                : Optional.empty(),
        field);
  }

  /** Whether a field is {@code true}. */
  public static boolean isTrue(byte[] json, String field) {
    return at(json, (token, _) -> Optional.of(token == JsonToken.VALUE_TRUE), field).orElse(false);
  }

  private static <T> Optional<T> at(byte[] json, Value<T> reader, String... path) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      int depth = 0;
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals(path[depth]);
        JsonToken value = parser.nextToken();
        if (!wanted) {
          parser.skipChildren();
        } else if (depth == path.length - 1) {
          return reader.read(value, parser);
        } else if (value == JsonToken.START_OBJECT) {
          depth++;
        } else {
          return Optional.empty();
        }
      }
    } catch (JacksonException e) {
      // A kernel may send nonsense; it then has no such field.
    }
    return Optional.empty();
  }

  /** All fields of an object that has nothing but strings; empty for any other JSON. */
  public static Optional<Map<String, String>> onlyStrings(byte[] json) {
    var fields = new TreeMap<String, String>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          return Optional.empty();
        }
        fields.put(name, parser.getString());
      }
      return Optional.of(fields);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
