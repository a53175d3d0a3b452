package dev.orrery.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON that Jupyter's clients speak: documents as deep and as long as notebooks get, numbers
 * kept as they were written ({@code 1.10} stays {@code 1.10}), Python's {@code NaN} and {@code
 * Infinity} accepted as Python accepts them, control characters escaped as Python escapes them.
 */
public final class Json {

  /**
   * Deeper than any real document, shallower than our stack: depth is what a hostile document can
   * spend.
   */
  private static final int MAX_DEPTH = 2_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNumberLength(10_000)
                          .maxNameLength(1_000_000)
                          .build())
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH + 100).build())
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                  .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** JSON5, in which people write settings. */
  private static final JsonMapper RELAXED =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                  .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                  .enable(JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
                  .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .enable(JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS)
                  .enable(JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
                  .enable(JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS)
                  .enable(JsonReadFeature.ALLOW_HEXADECIMAL_NUMBERS)
                  .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** A new, empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** The text in a field; empty when there is none, or nothing in it. */
  public static Optional<String> field(JsonNode object, String name) {
    return Optional.of(object.path(name).asString("")).filter(value -> !value.isEmpty());
  }

  /** A new, empty array. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Reads one document.
   *
   * @throws JacksonException when the bytes are not exactly one JSON document in UTF-8, or nest too
   *     deeply
   */
  public static JsonNode parse(byte[] document) throws JacksonException {
    return MAPPER.readTree(document);
  }

  /**
   * Reads one document.
   *
   * @throws JacksonException when the text is not exactly one JSON document, or nests too deeply
   */
  public static JsonNode parse(String document) throws JacksonException {
    return MAPPER.readTree(document);
  }

  /**
   * Reads one document without holding its text.
   *
   * @param document not closed
   * @throws JacksonException when the bytes are not exactly one JSON document in UTF-8, or nest too
   *     deeply
   */
  public static JsonNode parse(InputStream document) throws JacksonException {
    return MAPPER.readTree(document);
  }

  /**
   * Reads one document in JSON5: comments, single quotes, bare names, trailing commas.
   *
   * @throws JacksonException when the text is not one such document
   */
  public static JsonNode parseRelaxed(String document) throws JacksonException {
    return RELAXED.readTree(document);
  }

  /** The document in UTF-8, without needless space. */
  public static byte[] bytes(JsonNode document) {
    return MAPPER.writeValueAsBytes(document);
  }

  /** The document as text, without needless space. */
  public static String text(JsonNode document) {
    return MAPPER.writeValueAsString(document);
  }

  /** Writes the document in UTF-8; {@code out} is left open. */
  public static void write(JsonNode document, OutputStream out) {
    try (var generator = MAPPER.createGenerator(new KeepOpen(out))) {
      MAPPER.writeTree(generator, document);
    }
  }

  /** The generator closes what it writes to; the response is closed by its owner. */
  private static final class KeepOpen extends FilterOutputStream {
    KeepOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
