package dev.orrery.hub.store;

import dev.orrery.http.Json;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Lists that are kept in one column, as JSON. */
final class JsonText {

  private JsonText() {}

  static String ofList(Collection<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return Json.text(array);
  }

  /** The texts in a column; none where there is nothing. */
  static List<String> list(@Nullable String json) {
    return json == null || json.isEmpty()
        ? List.of()
        : Json.parse(json).valueStream().map(JsonNode::asString).toList();
  }
}
