package dev.orrery.kubernetes.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.TokenFilter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the changes that a watch tells, without what is half of each and wanted by nobody: who set
 * which field.
 */
final class Changes {

  /** To look whether more follows would be to wait for the next change. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final String MANAGED_FIELDS = "managedFields";

  private static final TokenFilter WANTED =
      new TokenFilter() {
        @Override
        public @Nullable TokenFilter includeProperty(String name) {
          return name.equals(MANAGED_FIELDS) ? null : this;
        }
      };

  private final JsonParser parser;

  private Changes(JsonParser parser) {
    this.parser = parser;
  }

  /** Of a stream of JSON objects; who calls closes it. */
  static Changes of(InputStream stream) {
    return new Changes(
        new FilteringParserDelegate(
            MAPPER.createParser(stream), WANTED, TokenFilter.Inclusion.INCLUDE_ALL_AND_PATH, true));
  }

  /**
   * The next one, once it is there; nothing when the stream has ended after a whole one.
   *
   * @throws IOException when the connection broke
   * @throws ApiFailure when what came is no change
   */
  Optional<JsonNode> next() throws IOException, ApiFailure {
    try {
      return parser.nextToken() == null ? Optional.empty() : Optional.of(MAPPER.readTree(parser));
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw new ApiFailure(ApiFailure.NO_ANSWER, "The API server sent half a change");
    }
  }
}
