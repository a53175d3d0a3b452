package dev.orrery.kernel.message;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads the few fields of a header without building a tree: this runs once per message. */
final class HeaderReader {

  /** Deeper JSON than this is no notebook output but an attack on whoever reads it next. */
  private static final int MAX_DEPTH = 10_000;

  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private HeaderReader() {}

  /**
   * Reads one JSON object.
   *
   * @throws MalformedMessageException when {@code json} is not exactly one JSON object
   */
  static Header read(byte[] json, String part) throws MalformedMessageException {
    if (json.length == 2 && json[0] == '{' && json[1] == '}') {
      return Header.EMPTY;
    }
    String msgId = "";
    String session = "";
    String username = "";
    String msgType = "";
    String version = "";
    String subshellId = "";
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedMessageException("The " + part + " is not a JSON object.");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value != JsonToken.VALUE_STRING) {
          parser.skipChildren();
          continue;
        }
        switch (name) {
          case "msg_id" -> msgId = parser.getString();
          case "session" -> session = parser.getString();
          case "username" -> username = parser.getString();
          case "msg_type" -> msgType = parser.getString();
          case "version" -> version = parser.getString();
          case "subshell_id" -> subshellId = parser.getString();
          default -> {}
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedMessageException("Something follows the JSON of the " + part + ".");
      }
    } catch (JacksonException e) {
      throw new MalformedMessageException(
          "The " + part + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
    return new Header(msgId, session, username, msgType, version, subshellId);
  }
}
