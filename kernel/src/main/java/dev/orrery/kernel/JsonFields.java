package dev.orrery.kernel;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads strings out of a message's content without building a tree. */
final class JsonFields {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private JsonFields() {}

  /** The string value of a top-level field; empty string when there is none. */
  static String string(byte[] json, String field) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          JsonToken value = parser.nextToken();
          if (name.equals(field)) {
            return value == JsonToken.VALUE_STRING ? parser.getString() : "";
          }
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      // A kernel may send nonsense; it then has no such field.
    }
    return "";
  }

  /** All fields of an object that has nothing but strings; empty for any other JSON. */
  static Optional<Map<String, String>> onlyStrings(byte[] json) {
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
