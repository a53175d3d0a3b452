package dev.orrery.proxy.api;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of routes; numbers in it are kept as they were written. */
final class RouteJson {

  /** Far more than any hub sends, far less than a stack takes. */
  private static final int MAX_DEPTH = 200;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private RouteJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * Reads one document.
   *
   * @throws JacksonException when it is not exactly one, or nests too deeply
   */
  static JsonNode parse(byte[] document) throws JacksonException {
    JsonNode read = MAPPER.readTree(document);
    if (read.isMissingNode()) {
      throw new StreamReadException("There is nothing in it");
    }
    return read;
  }

  static byte[] bytes(JsonNode document) {
    return MAPPER.writeValueAsBytes(document);
  }
}
